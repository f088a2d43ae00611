from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from scicot.services.predictions.store import list_predictions
from scicot.services.runs.runs import list_metrics
from scicot.words.records import Split
from scicot.words.settings import Settings
from tests.services.training_line import prepare, tiny_config, train
from tests.tiny_students import tiny_causal, tiny_t5

__all__ = ["tiny_causal", "tiny_t5"]


@pytest.fixture(params=["tiny_t5", "tiny_causal"])
def student(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue(request.param)
    return folder


@pytest.mark.parametrize("method", ["finetune", "one_stage", "sci_cot", "step_by_step"])
def test_each_method_answers_every_test_question_with_both_families(
    session: Session, settings: Settings, tmp_path: Path, student: Path, method: str
) -> None:
    questions = prepare(session, tmp_path / "files")
    run = train(session, settings, tiny_config(method, student))
    predictions = list_predictions(session, run.id)
    assert [one.question_id for one in predictions] == [one.id for one in questions[Split.TEST]]
    assert all(set(one.option_log_likelihoods or {}) == set("ABCD") for one in predictions)
    assert run.result["metrics"]["questions"] == 4  # type: ignore[index]
    roles = {"sci_cot": {"rationale", "answer"}, "finetune": {"answer"}}.get(method, {method})
    assert set(run.result["stages"]) == roles  # type: ignore[call-overload]
    assert {one.stage for one in list_metrics(session, run.id, "loss")} == roles
