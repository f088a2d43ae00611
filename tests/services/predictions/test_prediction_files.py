import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import RunRow
from scicot.services.predictions.files import (
    PredictionImport,
    export_predictions,
    import_predictions,
)
from scicot.services.predictions.store import list_predictions
from scicot.services.questions.imports import import_questions
from scicot.services.runs.runs import find_run_id
from scicot.words.errors import Conflict, InvalidInput, InvalidPrediction, NotFound
from scicot.words.records import Actor, Outcome, Split
from tests.builders import store_questions

Importer = Callable[..., PredictionImport]


@pytest.fixture
def bring(session: Session, actor: Actor, tmp_path: Path) -> Importer:
    store_questions(session, tmp_path / "files")

    def bring(
        rows: Sequence[Mapping[str, object] | str], name: str = "peer", **options: Any
    ) -> PredictionImport:
        path = tmp_path / "peer.jsonl"
        lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        path.write_text("\n".join(lines), encoding="utf-8")
        return import_predictions(
            session, actor, path, dataset="demo", split=Split.TEST, name=name, **options
        )

    return bring


# keys of the made-up questions: Test-0 A, Test-1 B, Test-2 C, Test-3 D
ROWS = (
    {"id": "Test-0", "output": "The answer is (A) moon fact a0."},
    {"id": "Test-1", "output": "Rationale: Rivers flow. Answer: The answer is (C) river fact c1."},
    {"id": "Test-2", "output": "I could not say.", "rationale": "Iron is a metal."},
)


def test_a_large_models_outputs_are_read_as_such_on_request(
    session: Session, bring: Importer
) -> None:
    rows = [
        {"id": "Test-0", "output": "<think>(B)? No.</think>So the answer would be **A**."},
        {"id": "Test-1", "output": "Not (A): it is wrong. \\boxed{B}"},
    ]
    strict, llm = bring(rows, "strict"), bring(rows, "large", reader="llm")
    labels = [prediction.label for prediction in list_predictions(session, llm.run)]
    assert labels == ["A", "B"]
    assert strict.no_answer > llm.no_answer == 0
    with pytest.raises(Conflict, match="read otherwise"):
        bring(rows, "large")


def test_outputs_are_read_by_our_own_parsing(session: Session, bring: Importer) -> None:
    done = bring(ROWS)
    first, second, third = list_predictions(session, done.run)
    assert (first.label, first.outcome, first.rationale) == ("A", Outcome.CORRECT, None)
    assert (second.label, second.outcome) == ("C", Outcome.INCORRECT)
    assert second.rationale == "Rivers flow."
    assert (third.label, third.outcome) == (None, Outcome.NO_ANSWER)
    assert third.rationale == "Iron is a metal."
    assert (done.added, done.no_answer) == (3, 1)


def test_an_option_text_alone_is_an_answer_and_no_rationale(
    session: Session, bring: Importer
) -> None:
    done = bring([{"id": "Test-0", "output": "moon fact a0"}])
    (found,) = list_predictions(session, done.run)
    assert (found.label, found.rationale) == ("A", None)


def test_the_same_file_twice_adds_nothing(bring: Importer) -> None:
    first = bring(ROWS)
    again = bring(ROWS)
    assert (again.run, again.added, again.already_there) == (first.run, 0, 3)


def test_another_file_under_a_taken_name_is_refused(bring: Importer) -> None:
    bring(ROWS)
    with pytest.raises(Conflict, match="under another name"):
        bring(ROWS[:1])


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"id": "Test-9", "output": "B"}, "row 2: there is no question 'Test-9' in the test split"),
        ({"id": "Test-0", "output": "B"}, "row 2: the id 'Test-0' stands twice"),
        ({"id": "Test-1"}, "row 2: the field 'output' is missing"),
        ({"id": "Test-1", "output": None}, "row 2: the field 'output' is missing"),
        ({"id": "Test-1", "output": "B", "rationale": 3}, "row 2: the field 'rationale' is an int"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_written(
    session: Session, bring: Importer, row: Mapping[str, object], said: str
) -> None:
    with pytest.raises(InvalidPrediction, match=said.replace("(", r"\(")):
        bring([ROWS[0], row])
    assert session.scalar(select(func.count()).select_from(RunRow)) == 0


def test_bad_rows_are_left_out_and_listed_when_asked(bring: Importer) -> None:
    done = bring([ROWS[0], {"id": "Test-9", "output": "B"}], skip_bad_rows=True)
    assert done.added == 1
    assert [(row.row, "Test-9" in row.reason) for row in done.rejected] == [(2, True)]


def test_a_row_that_is_no_json_is_named(bring: Importer) -> None:
    with pytest.raises(InvalidInput, match="row 2: not JSON"):
        bring([ROWS[0], "{oops"])


def test_what_was_exported_imports_into_the_same_outcomes(
    session: Session, actor: Actor, bring: Importer, tmp_path: Path
) -> None:
    done = bring(ROWS)
    path = tmp_path / "out.jsonl"
    assert export_predictions(session, Actor("Ada"), done.run, path) == 3
    again = import_predictions(session, actor, path, dataset="demo", split=Split.TEST, name="again")
    assert list_predictions(session, again.run) == list_predictions(session, done.run)
    row = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    assert row["answer_key"] == "A"
    assert row["outcome"] == "correct"


def test_export_into_a_missing_folder_says_so(bring: Importer, session: Session) -> None:
    done = bring(ROWS)
    with pytest.raises(InvalidInput, match="There is no folder /nowhere/at"):
        export_predictions(session, Actor("Ada"), done.run, Path("/nowhere/at/all.jsonl"))


def test_a_sample_file_of_the_harness_is_read(
    session: Session, actor: Actor, cases_folder: Path
) -> None:
    base = str(cases_folder / "00-base" / "base-Test.jsonl")
    import_questions(session, actor, base, dataset="base")
    path = cases_folder / "13-lm-eval-samples" / "samples_arc.jsonl"
    done = import_predictions(session, actor, path, dataset="base", split=Split.TEST, name="lm")
    (prediction,) = list_predictions(session, done.run)
    assert (prediction.label, prediction.outcome) == ("A", Outcome.CORRECT)


def test_scores_of_the_harness_are_the_options_log_likelihoods(
    session: Session, bring: Importer
) -> None:
    document = {
        "question": "Which statement number 1 about the river of the test sheet is true?",
        "answer": 1,
    }
    scored = [[["-4.5", "False"]], [["-1.25", "True"]], [["-3.0", "False"]], [["-9.0", "False"]]]
    rows = [
        {"doc_id": 1, "doc": document, "resps": scored, "filter": name}
        for name in ("none", "other")
    ]
    done = bring(rows)
    (prediction,) = list_predictions(session, done.run)
    assert (prediction.option_label, prediction.outcome) == ("B", Outcome.CORRECT)
    assert prediction.option_log_likelihoods == {"A": -4.5, "B": -1.25, "C": -3.0, "D": -9.0}


def test_outputs_are_read_from_a_table(session: Session, bring: Importer, tmp_path: Path) -> None:
    path = tmp_path / "outputs.csv"
    path.write_text("question_id,response\nTest-0,The answer is (A).\nTest-1,B\n")
    done = import_predictions(
        session, Actor("Ada"), path, dataset="demo", split=Split.TEST, name="csv"
    )
    assert [one.label for one in list_predictions(session, done.run)] == ["A", "B"]


def test_a_run_is_found_by_number_and_by_name(session: Session, bring: Importer) -> None:
    run = bring(ROWS).run
    assert find_run_id(session, str(run)) == find_run_id(session, "peer") == run
    with pytest.raises(NotFound, match="no run 'nobody'"):
        find_run_id(session, "nobody")
