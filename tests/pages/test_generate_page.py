from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from db.models import RunRow
from db.session import write
from scicot.pure.shares import say_share
from scicot.services.questions.lookup import find_dataset_id
from scicot.services.runs.runs import create_run, get_run, list_runs
from scicot.services.teacher.prompts import list_prompts
from scicot.words.asking_configs import FewShotConfig
from scicot.words.records import Actor, RunKind, RunStatus
from tests.builders import store_questions
from tests.fake_teacher import FakeTeacher, in_order, serve
from tests.pages.driver import open_page
from tests.pages.tables import read_tables
from tests.pages.tables import texts as table_texts
from tests.services.teacher_runs import carry_on, config_for, generate


@pytest.fixture
def teacher() -> Iterator[FakeTeacher]:
    with serve(FakeTeacher()) as served:
        yield served


@pytest.fixture(autouse=True)
def questions(session: Session, tmp_path: Path) -> None:
    store_questions(session, tmp_path / "data", train=6, validation=2, test=0)


def labelled(elements: Any, label: str) -> Any:
    return next(one for one in elements if one.label.startswith(label))


def open_generate(**query: str) -> AppTest:
    app = open_page("prepare/generate", dataset="demo", **query)
    assert not app.exception
    return app


def choose_starter(app: AppTest) -> AppTest:
    return app.selectbox(key="teacher").set_value("starter").run()


def texts(app: AppTest) -> str:
    shown = [*app.text, *app.caption, *app.markdown, *app.info, *app.warning, *app.error]
    return "\n".join(str(one.value) for one in shown)


def test_without_a_key_the_page_says_where_to_put_it_and_offers_the_starter_teacher() -> None:
    app = open_generate()
    assert "OPENAI_API_KEY" in app.warning[0].value.replace("\\", "")
    app = labelled(app.button, "Use the starter teacher").click().run()
    assert "for trying things out" in app.info[0].value
    assert not app.warning


def test_the_cost_is_shown_before_anything_is_sent(session: Session) -> None:
    app = choose_starter(open_generate())
    assert "**Asks** 6 times." in texts(app)
    assert "**Costs** nothing" in texts(app)
    assert list_runs(session) == []


def test_the_button_starts_a_run_and_the_page_follows_it(session: Session) -> None:
    app = choose_starter(open_generate())
    labelled(app.number_input, "Only the first").set_value(2).run()
    app.button(key="start").click().run()
    session.rollback()
    run = list_runs(session, kinds=[RunKind.GENERATE])[0]
    assert run.config["limit"] == 2
    assert run.config["teacher"] == "starter"
    assert f"Run {run.id}: {run.name}" in texts(app)


def test_a_finished_run_shows_counts_cost_and_the_last_rationales(
    session: Session, teacher: FakeTeacher
) -> None:
    generate(session, config_for(teacher))
    app = open_generate()
    shown = {one.label: one.value for one in app.metric}
    assert (shown["Stored"], shown["Waiting"], shown["Calls"]) == ("6", "0", "6")
    assert shown["Cost"] == "unknown"
    assert "Because of fact" in texts(app)


def test_the_page_begins_with_the_teacher_that_was_asked_last(
    session: Session, teacher: FakeTeacher
) -> None:
    generate(session, config_for(teacher))
    app = open_generate()
    assert app.selectbox(key="teacher").value == "url"
    assert app.text_input(key="teacher_address").value == teacher.url
    assert app.text_input(key="teacher_url_model").value == "fake"
    app.selectbox(key="teacher").set_value("starter").run()
    assert app.selectbox(key="teacher").value == "starter"


def test_failures_are_grouped_with_their_reason_and_retried_by_a_button(
    session: Session, teacher: FakeTeacher
) -> None:
    teacher.faults = in_order("html", "html", "reset")
    generate(session, config_for(teacher, concurrency=1))
    app = open_generate()
    (reasons,) = [table for key, table in read_tables(app).items() if key.startswith("reasons_")]
    assert [line[0] for line in table_texts(reasons)] == ["2", "1"]
    assert table_texts(reasons)[0][2] == "The reply is a web page: Please log in to the network"
    labelled(app.button, "Retry these 2 (invalid)").click().run()
    session.rollback()
    again = list_runs(session)[0]
    assert carry_on(session, again.id).result["stored"] == 2


def test_stop_and_resume_are_buttons(session: Session) -> None:
    app = choose_starter(open_generate())
    app.button(key="start").click().run()
    labelled(app.button, "Cancel run").click().run()
    session.rollback()
    run = list_runs(session)[0]
    assert run.status is RunStatus.CANCELLED
    labelled(app.button, "Resume").click().run()
    session.rollback()
    assert get_run(session, run.id).status is RunStatus.QUEUED


def test_a_prompt_is_shown_in_three_parts_and_saved_as_a_new_version(session: Session) -> None:
    app = open_generate(section="Prompts")
    assert [area.label[:2] for area in app.text_area] == ["1.", "2.", "3."]
    app.text_area[1].set_value("Think slowly.").run()
    labelled(app.button, "Save as a new version").click().run()
    session.rollback()
    assert list_prompts(session)[0].title == "paper v2"
    assert app.text_area[1].value == "Think slowly."


def test_a_faulty_prompt_is_refused_in_words() -> None:
    app = open_generate(section="Prompts")
    app.text_area[1].set_value("Think about {topic}.").run()
    labelled(app.button, "Save as a new version").click().run()
    assert "{topic}" in app.error[0].value.replace("\\", "")


def test_a_prompt_is_tried_on_three_questions_by_the_same_kind_of_run(session: Session) -> None:
    app = choose_starter(open_generate(section="Prompts"))
    labelled(app.button, "Ask for 3").click().run()
    session.rollback()
    run = list_runs(session)[0]
    assert run.config["trial"] is True
    assert len(list(run.config["question_ids"])) == 3  # type: ignore[call-overload]


def test_two_teachers_are_read_side_by_side(session: Session, teacher: FakeTeacher) -> None:
    generate(session, config_for(teacher))
    generate(session, config_for(teacher).model_copy(update={"teacher": f"{teacher.url}#other"}))
    app = open_generate(section="Compare")
    titles = [line[0] for line in table_texts(read_tables(app)["teachers"])]
    assert titles == ["fake with paper v1", "other with paper v1"]
    assert "6 questions in common" in texts(app)


def test_a_price_is_entered_on_the_page(session: Session) -> None:
    app = open_generate(section="Prices")
    labelled(app.text_input, "Model").set_value("my-model")
    labelled(app.number_input, "In").set_value(1.5)
    labelled(app.button, "Enter the price").click().run()
    assert "my-model" in [line[0] for line in table_texts(read_tables(app)["prices"])]


def test_an_llm_is_asked_to_answer_by_a_button(session: Session, teacher: FakeTeacher) -> None:
    app = choose_starter(open_generate(section="LLM baseline"))
    labelled(app.number_input, "Examples").set_value(2).run()
    assert labelled(app.selectbox, "Questions").value == "validation"  # never test unasked
    labelled(app.button, "Have it answer").click().run()
    assert not app.error
    session.rollback()
    run = list_runs(session)[0]
    assert (run.kind, run.config["shots"]) == (RunKind.FEW_SHOT, 2)
    assert len(list(run.config["examples"])) == 2  # type: ignore[call-overload]


def test_what_an_llm_answered_stands_beside_one_place(session: Session, actor: Actor) -> None:
    run_id = create_run(
        session,
        actor,
        kind=RunKind.FEW_SHOT,
        name="few-shot",
        config=FewShotConfig(dataset="demo").model_dump(mode="json"),
        dataset_id=find_dataset_id(session, "demo"),
        method="few_shot",
        status=RunStatus.DONE,
    )
    metrics = {"accuracy": 0.4, "correct": 4, "questions": 10, "no_answer": 0}
    metrics |= {"same_place": 0.3, "most_answered_place": 2, "most_answered_share": 0.9}
    with write(session):
        session.get_one(RunRow, run_id).result = {"metrics": metrics}
    app = open_generate(section="LLM baseline")
    assert {one.label: one.value for one in app.metric}["One place always"] == say_share(0.3)
    assert f"answers place 2 on {say_share(0.9, 0)}" in texts(app)


def test_the_runs_page_shows_a_teacher_runs_counts(session: Session, teacher: FakeTeacher) -> None:
    run = generate(session, config_for(teacher))
    app = open_page("train/runs", run=str(run.id))
    assert not app.exception
    assert {one.label: one.value for one in app.metric}["Stored"] == "6"


def test_what_a_method_learns_beside_is_asked_for_on_the_page(session: Session) -> None:
    app = choose_starter(open_generate(**{"for": "option_shares"}))
    assert "Soft labels learns them" in texts(app)
    assert "**Asks** 6 times." in texts(app)
    app.button(key="start").click().run()
    session.rollback()
    (run,) = list_runs(session, kinds=[RunKind.LESSON])
    assert (run.config["kind"], run.config["teacher"]) == ("option_shares", "starter")


def test_only_what_a_teacher_got_wrong_is_asked_for_on_the_page(
    session: Session, teacher: FakeTeacher
) -> None:
    teacher.answer = lambda _prompt: "The answer is (A)."
    run = generate(session, config_for(teacher, own_answer=True))
    app = choose_starter(open_generate())
    app.selectbox(key="only_wrong_demo").set_value(run.id).run()
    assert "**Asks** 4 times." in texts(app)  # two of the six keys are A
