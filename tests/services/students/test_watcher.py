"""What a run says while it works."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from scicot.services.runs.context import RunContext
from scicot.services.runs.runs import get_run
from scicot.services.runs.worker import claim_run
from scicot.services.students.watcher import RunWatcher
from scicot.words.settings import Settings
from tests.services.runs.noting import new_run


def test_how_long_it_still_takes_stands_behind_a_sentence_and_not_behind_its_stop(
    session: Session, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id, now = new_run(session), [0.0]
    assert claim_run(session, run_id, "worker")
    monkeypatch.setattr("scicot.services.students.watcher.time.monotonic", lambda: now[0])
    watcher = RunWatcher(RunContext(get_run(session, run_id), settings, "worker"), total=2)
    watcher.stand_at(1)
    now[0] = 68.0
    watcher.say("Saving the student.")
    session.rollback()
    assert get_run(session, run_id).message == "Saving the student, about 68 s left"
    watcher.stand_at(2)
    watcher.say("Saving the student.")
    session.rollback()
    assert get_run(session, run_id).message == "Saving the student."
