"""The rows of a table are of the same questions, or say that they are not."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from scicot.pure.evaluation.table_formats import to_csv, to_markdown
from scicot.pure.evaluation.tables import Measured, ResultTable
from scicot.pure.methods.registry import make_config
from scicot.services.evaluation.asked import load_asked, say_asked
from scicot.services.evaluation.results import load_results
from scicot.services.predictions.store import store_predictions
from scicot.services.questions.lookup import find_dataset_id
from scicot.services.runs.runs import create_run
from scicot.words.asking_configs import FewShotConfig
from scicot.words.records import Actor, RunKind, RunStatus, Split, StoredQuestion
from tests.builders import store_questions
from tests.predictions import make_prediction, store_run


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> list[StoredQuestion]:
    made = store_questions(session, tmp_path / "files", dataset="arc-easy", test=12)
    return list(made[Split.TEST])


def train(session: Session, asked: list[StoredQuestion], method: str, **values: Any) -> int:
    told = {"method": method, "dataset": "arc-easy", "snapshot": "s", "evaluate_on": "test"}
    config = make_config(**told | values).model_dump(mode="json")
    return store_run(session, asked, right=[0], method=method, config=config)


def figure(table: ResultTable, label: str) -> Measured:
    (found,) = [row.cells[0].measured for row in table.rows if row.label == label]
    assert found is not None
    return found


def test_rows_without_a_student_are_of_the_questions_that_the_cells_answered(
    session: Session, questions: list[StoredQuestion]
) -> None:
    for method in ("finetune", "sci_cot", "untrained"):  # keys go round A to D: 5 have A, B twice
        train(session, questions[:5], method, limit_test=5)
    results = load_results(session)
    assert results.baselines["arc-easy"].questions == 5
    table = results.tables[1]
    always = figure(table, "Always the same place")
    assert always.accuracy == pytest.approx(2 / 5)
    assert always.questions == 5
    assert figure(table, "Untrained student, what it writes").differs == ""
    assert "40.00 (n = 5)" in to_markdown(table)


def test_a_run_on_other_questions_is_marked_wherever_its_row_is(
    session: Session, questions: list[StoredQuestion]
) -> None:
    for method in ("finetune", "sci_cot"):
        train(session, questions[:5], method, limit_test=5)
    train(session, questions, "untrained")
    store_run(session, questions, right=[0], name="peer")
    train(session, questions[5:10], "one_stage", limit_test=5)
    first, second, *_ = load_results(session).tables
    assert figure(second, "Untrained student, what it writes").differs == (
        "limit test none against 5"
    )
    assert figure(first, "peer").differs == "questions 12 against 5"
    assert figure(second, "One-stage").differs == "5 other questions"
    assert "questions 12 against 5 in the other cells." in to_markdown(first)
    assert "questions 12 against 5" in to_csv(first)


def test_a_row_of_an_llm_has_one_set_of_settings_over_the_datasets(
    session: Session, questions: list[StoredQuestion], tmp_path: Path
) -> None:
    more = store_questions(session, tmp_path / "more", dataset="arc-challenge", test=12)
    for asked, temperature in ((questions, 0.0), (list(more[Split.TEST]), 0.7)):
        config = FewShotConfig(
            dataset=asked[0].dataset, teacher="openai:gpt-x", shots=3, temperature=temperature
        )
        run_id = create_run(
            session,
            Actor("Ada"),
            kind=RunKind.FEW_SHOT,
            name="k = 3",
            config=config.model_dump(mode="json"),
            dataset_id=find_dataset_id(session, config.dataset),
            method="few_shot",
            status=RunStatus.DONE,
        )
        store_predictions(session, run_id, [make_prediction(one, is_right=True) for one in asked])
    table = load_results(session).tables[0]
    (row,) = [row for row in table.rows if row.label.startswith("gpt-x")]
    said = [cell.measured.differs for cell in row.cells if cell.measured]
    assert sorted(said) == ["", "temperature 0.7 against 0"]


def test_the_same_questions_are_known_by_what_their_ids_come_to(
    session: Session, questions: list[StoredQuestion]
) -> None:
    ids = [train(session, part, "finetune") for part in (questions, questions, questions[:4])]
    asked = load_asked(session, ids)
    assert say_asked(asked[ids[0]], asked[ids[1]]) == ""
    assert say_asked(asked[ids[2]], asked[ids[0]]) == "questions 4 against 12"
