"""What starting would do is said of what was looked up, and of no more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.models import RunRow
from db.session import write
from pages.shared.panel import say_queue
from pages.train.launch.plan import Outlook, say_outlook
from scicot.adapters.clock import utc_now
from scicot.pure.methods.registry import make_config
from scicot.pure.runs.durations import say_duration
from scicot.services.runs.runs import create_run
from scicot.services.training.previewed import StagePreview, TrainingPreview
from scicot.words.records import Actor, RunKind, RunStatus

CONFIG = make_config(method="finetune", dataset="demo")
PREVIEW = TrainingPreview(
    train_questions=8,
    test_questions=4,
    split="validation",
    rationale_tokens=None,
    cut_rationales=0,
    has_rationales=False,
    stages=[StagePreview("answer", 8, 10, 16, reused=True)],
    first_batch=(),
    disk_needed=0,
    disk_free=10**9,
    notes=(),
)


def said(preview: TrainingPreview, seeds: int) -> str:
    return "\n".join(say_outlook([Outlook(CONFIG, preview, 60.0, "About it.")], seeds))


def test_a_student_that_is_there_for_one_seed_is_not_said_to_be_there_for_all() -> None:
    text = said(PREVIEW, 3)
    assert "for each of 3 seeds" not in text
    assert "takes 1 that is there at no cost, for the first of 3 seeds" in text
    assert f"**Takes** about {say_duration(60)} on this machine for the first seed" in text
    assert "at least 0.0 GB" in text
    anew = replace(PREVIEW, stages=[StagePreview("answer", 8, 10, 16)])
    assert "**Makes** 1 student, for each of 3 seeds." in said(anew, 3)
    assert f"**Takes** about {say_duration(180)} on this machine, one after" in said(anew, 3)


def test_of_a_run_without_rationales_nothing_is_said_to_stay_whole() -> None:
    assert "**Cuts**" not in said(PREVIEW, 1)
    assert "every rationale stays whole" in said(replace(PREVIEW, has_rationales=True), 1)


@pytest.mark.parametrize("status", [RunStatus.RUNNING, RunStatus.QUEUED])
def test_what_goes_on_a_cluster_is_not_waited_for_here(session: Session, status: RunStatus) -> None:
    create_run(session, Actor("Ada"), kind=RunKind.TRAIN, name="there", config={}, status=status)
    assert say_queue(RunKind.TRAIN) != "at once."
    with write(session):
        session.execute(update(RunRow).values(launcher="slurm", heartbeat_at=utc_now()))
    assert say_queue(RunKind.TRAIN) == "at once."
    assert say_queue(RunKind.TRAIN, "slurm") == "when Slurm lets it."
