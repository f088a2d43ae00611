"""Where CTranslate2 does not know a student, or does not work on a GPU, torch answers instead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from scicot.adapters.students.asking import convert
from scicot.adapters.students.asking.fast import FastStudent
from scicot.adapters.students.asking.torch_student import TorchStudent
from scicot.cli.handlers import HANDLERS
from scicot.services.evaluation.asking import start_attribution
from scicot.services.evaluation.what_if import answer_draft, to_draft, write_rationale
from scicot.services.predictions.store import list_predictions
from scicot.services.runs.runs import get_run
from scicot.services.runs.worker import run_worker
from scicot.services.students import answering
from scicot.services.students.opened import open_stage
from scicot.words.configs import AttributionConfig
from scicot.words.records import Actor, RunStatus, Split
from scicot.words.settings import Settings
from tests.services.training_line import prepare, tiny_config, train
from tests.tiny_students import tiny_t5

__all__ = ["tiny_t5"]
ADA = Actor("Ada")
MISSING = "Library libcublas.so.12 is not found or cannot be loaded"


def test_a_student_that_cannot_be_converted_is_asked_again_and_tried_all_the_same(
    session: Session,
    settings: Settings,
    tmp_path: Path,
    tiny_t5: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    questions = prepare(session, tmp_path)
    monkeypatch.setattr(convert, "try_conversion", lambda *_: "of a kind it does not know")
    run = train(session, settings, tiny_config("sci_cot", tiny_t5))
    assert isinstance(open_stage(session, settings, run.id, "answer"), TorchStudent)
    attribution = start_attribution(session, ADA, AttributionConfig(run=run.id, reference=None))
    assert run_worker(attribution, settings, HANDLERS) is RunStatus.DONE
    session.rollback()
    (question, *_), (prediction, *_) = questions[Split.TEST], list_predictions(session, run.id)
    assert question.id == prediction.question_id
    draft = to_draft(
        question, write_rationale(session, settings, run.id, question, to_draft(question, None))
    )
    answer = answer_draft(session, settings, run.id, question, draft)
    assert (answer.rationale, answer.label) == (prediction.rationale, prediction.label)


def test_a_gpu_without_what_ctranslate2_needs_lets_torch_write_and_the_run_says_why(
    session: Session,
    settings: Settings,
    tmp_path: Path,
    tiny_t5: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepare(session, tmp_path)
    config = tiny_config("sci_cot", tiny_t5)
    written = list_predictions(session, train(session, settings, config).id)

    def refuse(*_: Any, **__: Any) -> Any:
        raise RuntimeError(MISSING)

    open_torch = TorchStudent.open
    monkeypatch.setattr(answering, "choose_device", lambda _: "cuda")
    monkeypatch.setattr(answering, "name_device", lambda _: "cuda: A card")
    monkeypatch.setattr(FastStudent, "generate", refuse)
    monkeypatch.setattr(
        TorchStudent,
        "open",
        lambda folder, family, **told: open_torch(folder, family, **told | {"device": "cpu"}),
    )
    open_fast, opens = FastStudent.open, list[str]()

    def open_here(folder: Path, **told: Any) -> FastStudent:
        opens.append(told["device"])
        return open_fast(folder, **told | {"device": "cpu"})

    monkeypatch.setattr(FastStudent, "open", open_here)
    run = train(session, settings, config)
    inference: Any = run.result["inference"]
    assert inference["slow_reason"] == MISSING
    assert opens == ["cuda"], "it is tried once"
    session.rollback()
    assert get_run(session, run.id).status is RunStatus.DONE
    assert [one.output for one in list_predictions(session, run.id)] == [
        one.output for one in written
    ]
