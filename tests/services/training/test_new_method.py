"""A method is one file: what the product does for its own methods it does for a new one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from scicot.cli.handlers import HANDLERS
from scicot.pure.methods.registry import forget, make_config, register
from scicot.services.evaluation.attribution import is_two_stage
from scicot.services.evaluation.comparison import compare_runs
from scicot.services.evaluation.what_if import answer_draft, can_answer, to_draft, write_rationale
from scicot.services.predictions.store import list_predictions
from scicot.services.runs.runs import get_run
from scicot.services.runs.worker import run_worker
from scicot.services.students.export import export_student
from scicot.services.students.predicting import start_prediction
from scicot.services.training.preview import inspect_training
from scicot.words.configs import PredictionConfig
from scicot.words.errors import InvalidConfig
from scicot.words.records import Actor, RunStatus, Split
from scicot.words.settings import Settings
from tests.pages.driver import open_page
from tests.services.training_line import prepare, tiny_config, train
from tests.tiny_students import tiny_t5
from tests.toy_method import METHOD, ROLE

__all__ = ["tiny_t5"]


@pytest.fixture
def method() -> Iterator[str]:
    register(METHOD)
    yield METHOD.name
    forget(METHOD.name)


def test_a_method_has_its_settings_and_no_other_has_them(method: str) -> None:
    values = {"dataset": "demo", "snapshot": "s", "explain_weight": 0.5, "folds": 4}
    assert make_config(method=method, **values).model_dump()["explain_weight"] == 0.5
    assert "explain_weight" not in make_config(method="sci_cot", **values).model_dump()
    assert "folds" not in make_config(method=method, **values).model_dump()
    with pytest.raises(InvalidConfig, match="snapshot"):
        make_config(method=method, dataset="demo")


def test_a_new_method_can_be_chosen(session: Session, tmp_path: Path, method: str) -> None:
    prepare(session, tmp_path / "files")
    page = open_page("train/launch", dataset="demo", method=method)
    choice = page.button_group(key="link_method")
    assert METHOD.title in choice.options
    assert choice.value == method
    assert any("Weight of the explanations" in one.label for one in page.number_input)


def test_a_new_method_is_trained_predicted_compared_exported_and_tried(
    session: Session, settings: Settings, tmp_path: Path, tiny_t5: Path, method: str
) -> None:
    questions = prepare(session, tmp_path / "files", train=6, test=3)
    config = tiny_config(method, tiny_t5, explain_weight=0.5)
    preview = inspect_training(session, settings, config)
    assert [stage.role for stage in preview.stages] == [ROLE]
    assert "so: Question:" in preview.first_batch[0].input
    run = train(session, settings, config)
    other = train(session, settings, tiny_config("untrained", tiny_t5))
    assert all(one.rationale is not None for one in list_predictions(session, run.id))

    compared = compare_runs(session, run.id, other.id)
    assert (compared.name_a, compared.name_b) == ("Explain first", "Untrained")

    asked = PredictionConfig(run=run.id, dataset="demo", split=Split.VALIDATION)
    again = start_prediction(session, settings, Actor("Ada"), asked)
    assert run_worker(again, settings, HANDLERS) is RunStatus.DONE
    session.rollback()  # what the worker wrote since
    assert get_run(session, again).method == method

    (folder,) = export_student(session, Actor("Ada"), settings, run.id, tmp_path / "out")
    card = (folder / "README.md").read_text()
    assert "'so: ' and a question and a rationale, and writes the answer" in card

    question = questions[Split.TEST][0]
    assert can_answer(session, run)
    assert is_two_stage(run)
    empty = to_draft(question, None)
    draft = to_draft(question, write_rationale(session, settings, run.id, question, empty))
    (stored,) = list_predictions(session, run.id, question_ids=[question.id])
    assert draft.rationale == stored.rationale
    answer = answer_draft(session, settings, run.id, question, draft)
    assert answer.output == stored.output


def test_the_untrained_student_takes_no_step_and_has_its_scores(
    session: Session, settings: Settings, tmp_path: Path, tiny_t5: Path
) -> None:
    prepare(session, tmp_path / "files", train=1, test=3)
    form = {"answer_form": "text", "show_options": False}
    config = tiny_config("untrained", tiny_t5, snapshot=None, **form)
    run = train(session, settings, config)
    assert run.result["stages"]["answer"]["steps"] == 0  # type: ignore[index]
    metrics = run.result["metrics"]
    assert 0 <= metrics["option_accuracy_per_byte"] <= 1  # type: ignore[index]
    assert metrics["letter_accuracy"] is None  # type: ignore[index]
