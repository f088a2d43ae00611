"""The handed awkward inputs of questions, each with the value its README calls right."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from scicot.services.questions.imports import QuestionImport, import_questions, preview_questions
from scicot.services.questions.lookup import list_questions
from scicot.services.questions.reading import ReadOptions
from scicot.words.errors import InvalidInput
from scicot.words.records import Actor, Question, Split

Import = Callable[..., QuestionImport]
KEYS = {"q1": "A", "q2": "B", "q3": "C", "q4": "D", "q5": "B", "q6": "B"}
TAKEN_KEYS = {
    "dot": "B",
    "idnumber": "B",
    "intlabels": "2",
    "labelspace": "A",
    "letter-for-digits": "2",
    "lower": "B",
    "space": "B",
    "text": "B",
}


@pytest.fixture
def imported(session: Session, actor: Actor, cases_folder: Path) -> Import:
    def run(path: str, **options: object) -> QuestionImport:
        asked = ReadOptions(**options)  # type: ignore[arg-type]
        return import_questions(
            session, actor, str(cases_folder / path), dataset="d", options=asked
        )

    return run


def questions(session: Session, split: Split = Split.TRAIN) -> dict[str, Question]:
    return {question.external_id: question for question in list_questions(session, "d", split)}


@pytest.mark.parametrize(
    "path", ["01-hub-layout/arc-Train.jsonl", "02-json-array/array-Train.json"]
)
def test_rows_of_the_hub_and_an_array_are_read(
    session: Session, imported: Import, path: str
) -> None:
    assert imported(path).added == 6
    assert {name: one.answer_key for name, one in questions(session).items()} == KEYS


@pytest.mark.parametrize("name", ["comma-1252", "noheader", "semicolon-bom"])
def test_csv_is_read_by_any_separator_and_encoding(
    session: Session, imported: Import, name: str
) -> None:
    done = imported(f"03-csv-excel/{name}.csv", split=Split.TRAIN)
    assert done.added == 6
    stored = questions(session)
    assert stored["00123"].answer_key == "C"  # an id is a text, also where it looks like a number
    assert stored["q2"].choices[0].text == "None"  # and a word is no missing value
    assert "looks like" in done.notes[0]
    assert ("guessed" in done.notes[0]) is (name == "comma-1252")


@pytest.mark.parametrize(("name", "key"), TAKEN_KEYS.items())
def test_a_key_is_read_where_it_can_mean_one_thing(
    session: Session,
    imported: Import,
    name: str,
    key: str,
) -> None:
    imported(f"04-answer-keys/{name}-Train.jsonl")
    assert [one.answer_key for one in questions(session).values()] == [key]


@pytest.mark.parametrize("name", ["index0", "digit-for-letters"])
def test_a_number_that_may_count_from_0_or_1_is_asked_for(
    session: Session,
    imported: Import,
    name: str,
) -> None:
    path = f"04-answer-keys/{name}-Train.jsonl"
    with pytest.raises(InvalidInput, match=r"counted from 0 and .* counted from 1.*--keys index0"):
        imported(path)
    imported(path, keys="index0")
    assert [one.key_text for one in questions(session).values()] == [
        {"index0": "Mars", "digit-for-letters": "Moon"}[name]
    ]


def test_a_number_beyond_the_options_is_refused_by_row(
    session: Session, actor: Actor, tmp_path: Path
) -> None:
    path = tmp_path / "mine-train.jsonl"
    path.write_text('{"question": "Which?", "choices": ["a", "b"], "answer": 5}')
    with pytest.raises(InvalidInput, match=r"row 1: answer_key '5' is not among A, B"):
        import_questions(session, actor, str(path), dataset="d")


def test_a_label_that_nobody_sees_is_refused(imported: Import) -> None:
    with pytest.raises(InvalidInput, match=r"row 1: .*empty label"):
        imported("04-answer-keys/labelzero-Train.jsonl")


@pytest.mark.parametrize("name", ["blindempty", "blindtest"])
def test_a_blind_test_is_taken_and_said_to_be_one(
    session: Session, imported: Import, name: str
) -> None:
    done = imported(f"04-answer-keys/{name}-Test.jsonl")
    assert "predicted and exported, never scored" in done.notes[-1]
    assert not questions(session, Split.TEST)["k"].is_labelled


def test_a_blind_train_split_is_refused(imported: Import) -> None:
    with pytest.raises(
        InvalidInput, match=r"No row of the train split of 'd' states an answer key"
    ):
        imported("04-answer-keys/blindtest-Test.jsonl", split=Split.TRAIN)


def test_ids_may_restart_in_every_split(session: Session, imported: Import) -> None:
    assert imported("06-ids-per-split/set").datasets == {"d": {"train": 3, "test": 3}}
    assert questions(session)["0"].stem != questions(session, Split.TEST)["0"].stem


def test_a_row_in_two_splits_is_in_both_and_said(imported: Import) -> None:
    done = imported("07-row-in-two-splits/set")
    assert done.datasets == {"d": {"train": 4, "test": 3}}
    assert len(done.warnings) == 1
    assert "'q4' is in train already and is in test now" in done.warnings[0]


def test_a_backslash_that_json_has_eaten_is_refused_with_the_way_out(
    session: Session,
    imported: Import,
) -> None:
    with pytest.raises(InvalidInput, match=r"row 1: a backslash was lost: \\frac.*Write \\\\frac"):
        imported("09-latex-in-json/latex-Train.jsonl")
    imported("09-latex-in-json/good-Train.jsonl")
    assert questions(session)["l2"].choices[1].text == r"$\beta$"


def test_two_to_ten_options_are_taken_and_twelve_are_not(
    session: Session, imported: Import
) -> None:
    imported("16-option-counts/counts-Train.jsonl")
    assert {len(one.choices) for one in questions(session).values()} >= {2, 10}
    with pytest.raises(InvalidInput, match=r"row 1: 'choices' holds 12 options"):
        imported("16-option-counts/eleven-Train.jsonl")


def test_a_preview_writes_nothing(session: Session, cases_folder: Path) -> None:
    path = str(cases_folder / "01-hub-layout/arc-Train.jsonl")
    seen = preview_questions(session, path, dataset="d", options=ReadOptions())
    assert (seen.layout, seen.rows, len(seen.examples)) == ("hub", 6, 3)
    assert session.connection().exec_driver_sql("SELECT count(*) FROM question").scalar() == 0
