import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from scicot.pure.methods.registry import make_config
from scicot.services.evaluation.question_view import view_question
from scicot.services.evaluation.tags import add_tag, toggle_tag
from scicot.words.records import Actor, NoAnswer, Origin, Split, StoredQuestion
from tests.builders import store_questions, store_rationale
from tests.pages.driver import open_page
from tests.pages.tables import read_tables
from tests.pages.tables import texts as table_texts
from tests.predictions import leave_unread, store_run, store_trained


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> list[StoredQuestion]:
    return list(store_questions(session, tmp_path / "files", test=6)[Split.TEST])


@pytest.fixture
def runs(session: Session, questions: list[StoredQuestion]) -> tuple[int, int]:
    a = store_run(session, questions, right=[0, 1, 2], method="sci_cot")
    b = store_run(session, questions, right=[0, 3], method="one_stage", unreadable=[4])
    return a, b


def texts(app: AppTest) -> str:
    return "\n".join(str(one.value) for one in [*app.text, *app.markdown, *app.caption, *app.code])


def cells(app: AppTest) -> list[tuple[str, str]]:
    """Return the count and title of each field of the 2x2."""
    protos: list[Any] = [getattr(element, "proto", None) for element in app.main]
    (matrix,) = [
        json.loads(proto.json)
        for proto in protos
        if getattr(proto, "component_name", "") == "matrix"
    ]
    return [(cell["count"], cell["title"]) for cell in matrix["cells"]]


def press(app: AppTest, start: str) -> AppTest:
    (button,) = [one for one in app.button if one.label.startswith(start)]
    return button.click().run()


def test_the_page_says_who_is_better_and_shows_the_four_cells(runs: tuple[int, int]) -> None:
    app = open_page("evaluate/compare", a=str(runs[0]), b=str(runs[1]))
    assert not app.exception
    assert "cannot be told apart" in texts(app)
    assert cells(app) == [
        ("1", "Both right"),
        ("2", f"Only run {runs[0]}"),
        ("1", f"Only run {runs[1]}"),
        ("2", "Neither"),
    ]


def test_the_page_says_why_answers_could_not_be_read(
    session: Session, questions: list[StoredQuestion], runs: tuple[int, int]
) -> None:
    leave_unread(session, runs[0], questions, [NoAnswer.LABEL_AGAINST_TEXT, NoAnswer.CUT_OFF])
    app = open_page("evaluate/compare", a=str(runs[0]), b=str(runs[1]))
    assert "no answer 2 of 6 (1 label against text, 1 cut off)" in texts(app)
    assert "with 1 seed each and 6 questions" in texts(app)


def test_a_cell_opens_its_questions_with_both_rationales_and_the_teachers(
    session: Session, questions: list[StoredQuestion], runs: tuple[int, int]
) -> None:
    store_rationale(session, questions[3], "The teacher explains the leaf.")
    store_rationale(session, questions[3], "A person does.", origin=Origin.HUMAN, source="book")
    app = open_page("evaluate/compare", a=str(runs[0]), b=str(runs[1]), cell="only_b")
    shown = texts(app)
    assert questions[3].stem in shown
    assert shown.count("Because the fact says so.") == 2
    assert "The teacher explains the leaf." in shown
    assert "A person does." in shown


def test_next_moves_on_and_the_link_names_the_question(
    questions: list[StoredQuestion], runs: tuple[int, int]
) -> None:
    app = open_page("evaluate/compare", a=str(runs[0]), b=str(runs[1]))
    assert [one.proto.shortcut for one in app.button if one.label == "Next"] == ["j"]
    press(app, "Next")
    assert app.query_params["question"] == str(questions[2].id)
    assert questions[2].stem in texts(app)


def test_a_link_restores_runs_cell_and_question(
    questions: list[StoredQuestion], runs: tuple[int, int]
) -> None:
    wanted = questions[5]
    app = open_page(
        "evaluate/compare", a=str(runs[0]), b=str(runs[1]), cell="neither", question=str(wanted.id)
    )
    assert wanted.stem in texts(app)
    assert "2** of 2" in texts(app)


def test_a_link_with_nonsense_falls_back_to_what_there_is(runs: tuple[int, int]) -> None:
    app = open_page("evaluate/compare", a="99", b="x", cell="no such", question="-3")
    assert not app.exception
    assert {app.query_params["a"], app.query_params["b"]} == {str(one) for one in runs}


def test_a_link_may_name_a_run_by_its_name(
    session: Session, questions: list[StoredQuestion]
) -> None:
    ours = store_run(session, questions, right=[0], name="ours")
    peer = store_run(session, questions, right=[0, 1], name="the peer's")
    app = open_page("evaluate/compare", a="ours", b="the peer's")
    assert (app.query_params["a"], app.query_params["b"]) == (str(ours), str(peer))


def test_a_run_that_a_link_names_and_is_not_there_is_said(runs: tuple[int, int]) -> None:
    app = open_page("evaluate/compare", a=str(runs[0]), b="999")
    assert app.warning[0].value.startswith("The link's b “999” is not among these;")


def test_one_run_alone_is_not_compared(session: Session, questions: list[StoredQuestion]) -> None:
    store_run(session, questions, right=[0])
    app = open_page("evaluate/compare")
    assert "A comparison needs two" in app.info[0].value


def test_a_slice_in_the_link_filters_the_questions(
    questions: list[StoredQuestion], runs: tuple[int, int]
) -> None:
    app = open_page(
        "evaluate/compare", a=str(runs[0]), b=str(runs[1]), slice="key_position:2", cell="neither"
    )
    assert not app.exception
    assert "Only Position of the key\\: 2 (2 questions)" in app.info[0].value
    assert questions[5].stem in texts(app)
    press(app, "All questions")
    assert "slice" not in app.query_params


@pytest.mark.parametrize("view", ["slices", "positions", "tags", "pairs"])
def test_each_view_opens(runs: tuple[int, int], view: str) -> None:
    app = open_page("evaluate/compare", a=str(runs[0]), b=str(runs[1]), view=view)
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("by", ["flag_a", "answer_b", "stem_length", "tag_a"])
def test_slices_are_parted_by_what_the_link_says(runs: tuple[int, int], by: str) -> None:
    app = open_page("evaluate/compare", a=str(runs[0]), b=str(runs[1]), view="slices", by=by)
    assert not app.exception
    assert app.selectbox(key="link_by").value == by


def test_a_digit_tags_the_answer_and_the_taxonomy_counts_it(runs: tuple[int, int]) -> None:
    app = open_page("evaluate/compare", a=str(runs[0]), b=str(runs[1]))
    app.text_input(key="new_tag_here").set_value("Misreads").run()
    press(app, "Add the tag")
    (tag,) = [one for one in app.button if one.label == "Misreads"]
    assert tag.proto.shortcut == "1"
    press(app, "Misreads")
    assert "Misreads" in texts(app)
    app.query_params["view"] = "tags"
    app.run()
    assert read_tables(app)["tag_counts"]["heads"][2]["text"] == f"Run {runs[0]} · Sci-CoT"
    assert table_texts(read_tables(app)["tag_counts"]) == [["Misreads", "1", "1", "0"]]
    app.selectbox(key="tag_to_change").select_index(0).run()
    app.text_input(key="tag_name_1").set_value("Misreads the stem").run()
    press(app, "Save")
    assert table_texts(read_tables(app)["tag_counts"])[0][0] == "Misreads the stem"


def test_the_most_likely_option_can_be_counted_instead(
    session: Session, questions: list[StoredQuestion]
) -> None:
    a = store_run(session, questions, right=[0], options_right=[0, 1, 2], method="sci_cot")
    b = store_run(session, questions, right=[0], options_right=[0], method="one_stage")
    app = open_page("evaluate/compare", a=str(a), b=str(b), reading="options", cell="only_a")
    assert ("2", f"Only run {a}") in cells(app)


def test_the_page_opens_on_sci_cot_against_one_stage(
    session: Session, questions: list[StoredQuestion], runs: tuple[int, int]
) -> None:
    store_run(session, questions, right=[0], method="finetune")
    app = open_page("evaluate/compare")
    assert (app.query_params["a"], app.query_params["b"]) == (str(runs[0]), str(runs[1]))


def test_the_page_opens_on_runs_that_are_alike_in_all_but_the_method(
    session: Session, questions: list[StoredQuestion]
) -> None:
    def store(method: str, asked: list[StoredQuestion], student: str = "tiny") -> int:
        config = make_config(method=method, dataset="demo", student=student, snapshot="s")
        return store_trained(session, asked, config)

    a, b = store("sci_cot", questions), store("one_stage", questions[:4])
    c = store("one_stage", questions, student="big")
    app = open_page("evaluate/compare")
    assert not app.exception
    assert {str(box.value) for box in app.selectbox[:2]} == {str(a), str(b)}
    shown = texts(app)
    assert "25.0\u00a0%" in shown  # over the 4 questions that both answered
    assert "(of all its own 6: 16.7\u00a0%)" in shown
    assert not [warning for warning in app.warning if "differ in" in warning.value]
    app = open_page("evaluate/compare", a=str(a), b=str(c))
    assert [warning for warning in app.warning if "differ in student" in warning.value]


def test_the_second_run_is_one_that_answered_the_same_split(
    session: Session, questions: list[StoredQuestion], tmp_path: Path
) -> None:
    others = list(
        store_questions(session, tmp_path / "more", dataset="demo", validation=6).values()
    )

    def store(method: str, split: str) -> int:
        config = make_config(method=method, dataset="demo", snapshot="s", evaluate_on=split)
        asked = questions if split == "test" else list(others[0])
        return store_trained(session, asked, config)

    one_stage, sci_cot = store("one_stage", "test"), store("sci_cot", "test")
    newest = store("sci_cot", "validation")
    app = open_page("evaluate/compare")
    assert [box.value for box in app.selectbox[:2]] == [sci_cot, one_stage]
    app = open_page("evaluate/compare", a=str(one_stage))
    assert [box.value for box in app.selectbox[:2]] == [one_stage, sci_cot]
    app = open_page("evaluate/compare", a=str(newest))
    assert "validation" in app.selectbox[0].options[0]
    shown = texts(app)
    assert "no question in common" in shown
    assert "Choose runs on the same split" in shown
    assert "McNemar" not in shown  # there is nothing to count


def test_where_there_are_more_seeds_the_page_says_what_all_of_them_say(
    session: Session, questions: list[StoredQuestion]
) -> None:
    def store(method: str, seed: int) -> int:
        config = make_config(method=method, dataset="demo", snapshot="s", seed=seed)
        return store_trained(session, questions, config)

    pairs = [(store("sci_cot", seed), store("one_stage", seed)) for seed in range(3)]
    a, b = pairs[0]
    shown = texts(open_page("evaluate/compare", a=str(a), b=str(b)))
    assert "#### Over all seeds:" in shown
    assert "3 seeds each" in shown
    again = texts(open_page("evaluate/compare", a=str(a), b=str(pairs[1][0])))
    assert "Over all seeds" not in again  # one cell: they differ in nothing but the seed


@pytest.mark.parametrize("view", ["slices", "positions", "tags", "pairs"])
def test_a_slice_in_force_holds_for_every_view(
    session: Session, questions: list[StoredQuestion], runs: tuple[int, int], view: str
) -> None:
    tag = add_tag(session, Actor("Ada"), "Misreads")
    for question in questions[:3]:
        (answer,) = view_question(session, question.id, [runs[0]]).answers
        assert answer.prediction_id is not None
        toggle_tag(session, Actor("Ada"), answer.prediction_id, tag.id)
    first = [place for place, one in enumerate(questions) if one.answer_key == "A"]
    app = open_page(
        "evaluate/compare",
        a=str(runs[0]),
        b=str(runs[1]),
        view=view,
        by="dataset",
        slice="key_position:1",
    )
    shown = {key: table_texts(table) for key, table in read_tables(app).items()}
    if view == "slices":
        assert [line[:2] for line in shown["slices"]] == [["demo", str(len(first))]]
    elif view == "positions":
        assert shown[f"bias_run {runs[0]}"][0][1] == "100.0\u00a0%"
    elif view == "tags":
        tagged = len([place for place in first if place < 3])
        assert shown["tag_counts"] == [["Misreads", "1", str(tagged), "0"]]
    else:
        assert [line[2] for line in shown["pairs"]] == [str(len(first))]


def test_the_parts_are_of_the_reading_that_is_counted(
    session: Session, questions: list[StoredQuestion]
) -> None:
    a = store_run(session, questions, right=[], options_right=range(6), name="a")
    b = store_run(session, questions, right=range(6), options_right=[], name="b")
    where = {"a": str(a), "b": str(b), "view": "slices", "by": "dataset", "reading": "options"}
    app = open_page("evaluate/compare", **where)
    (line,) = table_texts(read_tables(app)["slices"])
    assert line[4:6] == ["33.3\u00a0%", "+100.0"]  # one place always, the difference
