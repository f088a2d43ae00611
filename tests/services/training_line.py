"""A small set of questions with approved rationales, and a worker in this process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from scicot.cli.handlers import HANDLERS
from scicot.pure.methods.registry import make_config
from scicot.services.runs.runs import get_run
from scicot.services.runs.worker import run_worker
from scicot.services.training.snapshots import create_snapshot
from scicot.services.training.training import start_training
from scicot.words.configs import TrainingConfig
from scicot.words.records import Actor, RationaleStatus, RunStatus, Split, StoredQuestion
from scicot.words.runs import RunView
from scicot.words.settings import Settings, get_settings
from tests.builders import store_questions, store_rationale

Questions = Mapping[Split, Sequence[StoredQuestion]]


def teacher_text(question: StoredQuestion) -> str:
    return f"The {question.choice_text(question.answer_key)} follows, says teacher."


def prepare(session: Session, folder: Path, **counts: Any) -> Questions:
    """Store questions and a snapshot 'approved' with one rationale for each training question."""
    questions = store_questions(session, folder, **counts)
    for one in questions[Split.TRAIN]:
        store_rationale(session, one, teacher_text(one), status=RationaleStatus.ACCEPTED)
    create_snapshot(session, Actor("Ada"), name="approved", dataset="demo")
    return questions


def tiny_config(method: str, student: Path, **fields: Any) -> TrainingConfig:
    values: dict[str, Any] = {
        "method": method,
        "dataset": "demo",
        "student": str(student),
        "snapshot": "approved",
        "epochs": 2,
        "tokens_per_batch": 512,
        "max_rationale_tokens": 16,
        "max_target_tokens": 48,
        "learning_rate": 1e-3,
        "evaluate_on": "test",
    }
    return make_config(**values | fields)


def train(session: Session, settings: Settings, config: TrainingConfig) -> RunView:
    """Start a run and carry it out in this process; it must end well."""
    run_id = start_training(session, get_settings(), Actor("Ada"), config)
    status = run_worker(run_id, settings, HANDLERS)
    run = get_run(session, run_id)
    assert status is RunStatus.DONE, run.error
    return run
