"""What a run's texts are computed in: fp32, or on a GPU a faster type where it agrees."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db.models import RunRow
from db.session import write
from scicot.adapters.students.asking.fast import FastStudent
from scicot.adapters.students.asking.torch_student import TorchStudent
from scicot.cli.handlers import HANDLERS
from scicot.services.evaluation.what_if import answer_draft, to_draft
from scicot.services.predictions.store import list_predictions
from scicot.services.questions.lookup import get_question
from scicot.services.runs.runs import get_run
from scicot.services.runs.steering import request_cancel, resume_run
from scicot.services.runs.worker import run_worker
from scicot.services.students import answering, run_students
from scicot.services.students.predicting import start_prediction
from scicot.services.training.cloning import clone_config, differences_between_runs
from scicot.services.training.training import start_training
from scicot.words.configs import PredictionConfig
from scicot.words.errors import InvalidConfig
from scicot.words.records import Actor, Family, RunStatus, Split
from scicot.words.runs import RunView
from scicot.words.settings import Settings
from tests.services.training_line import prepare, tiny_config, train
from tests.tiny_students import tiny_causal, tiny_t5

__all__ = ["tiny_causal", "tiny_t5"]

ADA = Actor("Ada")


def said(session: Session, run: RunView) -> list[tuple[int, str | None, str | None]]:
    return [(one.question_id, one.output, one.label) for one in list_predictions(session, run.id)]


@pytest.fixture
def exact(session: Session, settings: Settings, tmp_path: Path, tiny_t5: Path) -> RunView:
    prepare(session, tmp_path / "files")
    return train(session, settings, tiny_config("finetune", tiny_t5))


def store_told_int8(session: Session, settings: Settings, student: Path) -> int:
    """Store a run as one was stored that was told int8, when there was such a value."""
    run_id = start_training(session, settings, ADA, tiny_config("finetune", student))
    with write(session):
        row = session.get_one(RunRow, run_id)
        row.config = row.config | {"inference": "int8"}
        row.config_hash = "as it was"
    return run_id


def test_int8_is_refused_by_name_for_a_new_run(tiny_t5: Path) -> None:
    with pytest.raises(InvalidConfig, match=r"'inference'.*'fp32', 'fp16' or 'bf16'.*'int8'"):
        tiny_config("finetune", tiny_t5, inference="int8")


def test_a_run_that_was_told_int8_opens_resumes_and_answers_in_fp32(
    session: Session, settings: Settings, exact: RunView, tiny_t5: Path
) -> None:
    run_id = store_told_int8(session, settings, tiny_t5)
    request_cancel(session, ADA, run_id)
    resume_run(session, ADA, run_id)
    session.rollback()
    assert run_worker(run_id, settings, HANDLERS) is RunStatus.DONE
    run = get_run(session, run_id)
    assert said(session, run) == said(session, exact)
    assert (run.config["inference"], run.config_hash) == ("int8", "as it was")
    assert run.training.inference == "fp32"
    assert clone_config(session, run_id, {}).inference == "fp32"
    (difference,) = differences_between_runs(session, exact.id, run_id)
    assert (difference.setting, difference.there, difference.here) == ("inference", "fp32", "int8")


def test_the_students_of_a_run_that_was_told_int8_answer_and_are_asked_in_fp32(
    session: Session, settings: Settings, exact: RunView, tiny_t5: Path
) -> None:
    run_id = store_told_int8(session, settings, tiny_t5)
    session.rollback()
    assert run_worker(run_id, settings, HANDLERS) is RunStatus.DONE
    config = PredictionConfig(run=run_id, dataset="demo", split=Split.TEST)
    predicted = start_prediction(session, settings, ADA, config)
    session.rollback()
    assert run_worker(predicted, settings, HANDLERS) is RunStatus.DONE
    assert said(session, get_run(session, predicted)) == said(session, exact)
    for stored in list_predictions(session, exact.id):
        question = get_question(session, stored.question_id)
        answer = answer_draft(session, settings, run_id, question, to_draft(question, None))
        assert (answer.output, answer.label) == (stored.output, stored.label)


@pytest.mark.parametrize(
    ("is_quick", "most_threads"),
    [(True, 1), (False, 1), (True, 0)],
    ids=["as quick", "slower", "more threads than that"],
)
def test_a_causal_student_is_opened_by_torch_alone_where_it_writes_as_quickly(
    session: Session,
    settings: Settings,
    tmp_path: Path,
    tiny_causal: Path,
    monkeypatch: pytest.MonkeyPatch,
    is_quick: bool,
    most_threads: int,
) -> None:
    prepare(session, tmp_path / "files")
    opened: list[str] = []
    open_fast, open_torch = FastStudent.open, TorchStudent.open

    def note_fast(folder: Path, **told: Any) -> FastStudent:
        if "device" in told:  # not by the conversion
            opened.append("ctranslate2")
        return open_fast(folder, **told)

    def note_torch(folder: Path, family: Family, **told: Any) -> TorchStudent:
        opened.append("torch")
        return open_torch(folder, family, **told)

    monkeypatch.setattr(FastStudent, "open", note_fast)
    monkeypatch.setattr(TorchStudent, "open", note_torch)
    monkeypatch.setattr(TorchStudent, "writes_as_quickly", lambda _: is_quick)
    monkeypatch.setattr(run_students, "quick_threads", lambda: most_threads)
    train(session, settings, tiny_config("sci_cot", tiny_causal))
    by_torch_alone = is_quick and most_threads > 0
    assert set(opened) == ({"torch"} if by_torch_alone else {"torch", "ctranslate2"})


def test_a_type_that_needs_a_gpu_gives_fp32s_texts_without_one(
    session: Session, settings: Settings, exact: RunView, tiny_t5: Path
) -> None:
    run = train(session, settings, tiny_config("finetune", tiny_t5, inference="fp16"))
    assert said(session, run) == said(session, exact)
    inference: Any = run.result["inference"]
    assert (inference["asked_for"], inference["fp16_agreement"]) == ("fp16", {})


@pytest.mark.parametrize(("spoilt", "is_used"), [(0, True), (1, False)])
def test_a_faster_type_is_used_only_where_it_agrees(
    session: Session,
    settings: Settings,
    exact: RunView,
    tiny_t5: Path,
    monkeypatch: pytest.MonkeyPatch,
    spoilt: int,
    is_used: bool,
) -> None:
    """A card is played by the processor, and its fp16 by fp32 with so many texts spoilt."""
    opened, generate, open_torch = FastStudent.open, FastStudent.generate, TorchStudent.open
    fast: list[FastStudent] = []
    wrote_fast: list[bool] = []

    def open_here(folder: Path, **told: Any) -> FastStudent:
        student = opened(folder, **told | {"device": "cpu", "compute_type": "float32"})
        if told["compute_type"] == "float16":
            fast.append(student)
        return student

    def spoil(self: FastStudent, inputs: Any, limit: int, **told: Any) -> list[str]:
        texts = generate(self, inputs, limit, **told)
        wrote_fast.append(self in fast)
        wrong = spoilt if wrote_fast[-1] else 0
        return [f"{text} spoilt" for text in texts[:wrong]] + texts[wrong:]

    monkeypatch.setattr(answering, "choose_device", lambda _: "cuda")
    monkeypatch.setattr(answering, "name_device", lambda _: "cuda: A card")
    monkeypatch.setattr(FastStudent, "open", open_here)
    monkeypatch.setattr(FastStudent, "generate", spoil)
    monkeypatch.setattr(
        TorchStudent,
        "open",
        lambda folder, family, **told: open_torch(folder, family, **told | {"device": "cpu"}),
    )
    run = train(session, settings, tiny_config("finetune", tiny_t5, inference="fp16"))
    inference: Any = run.result["inference"]
    assert inference["fp16_agreement"] == {"answer": 1.0 if is_used else 0.75}
    assert wrote_fast[-1] is is_used
    assert said(session, run) == said(session, exact)
