"""Runs that are packed, and what else may happen to them meanwhile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db.models import RunRow
from db.session import open_session, write
from scicot.adapters.parcel_files import write_parcel
from scicot.cli.handlers import HANDLERS
from scicot.services.parcels import pack
from scicot.services.parcels.pack import pack_run
from scicot.services.parcels.take_in import take_in
from scicot.services.runs.queue import list_queue
from scicot.services.runs.runs import get_run
from scicot.services.runs.steering import request_cancel, start_here
from scicot.services.runs.worker import run_worker
from scicot.services.workspace import Workspace
from scicot.words.errors import Conflict, InvalidParcel, RunNotInState
from scicot.words.records import RunStatus
from scicot.words.runs import RunView
from scicot.words.settings import Settings
from tests.services.parcels.carrying import ADA, carry_out
from tests.services.runs.noting import NotingLauncher


def test_a_done_run_and_one_that_trains_nothing_are_not_packed(
    session: Session, settings: Settings, run_id: int, tmp_path: Path
) -> None:
    with open_session(settings.resolved_database_url) as other:
        run_worker(run_id, settings, dict.fromkeys(HANDLERS, lambda _context: {}))
        assert get_run(other, run_id).status is RunStatus.DONE
    session.rollback()
    with pytest.raises(RunNotInState, match="is done; pack one that waits"):
        pack_run(session, settings, ADA, run_id, tmp_path / "run.tar")
    assert not (tmp_path / "run.tar").exists()


def test_who_tends_does_not_start_a_run_that_is_being_packed(
    session: Session,
    settings: Settings,
    run_id: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    launcher = NotingLauncher()

    def tend_meanwhile(*parts: Any) -> int:
        with Workspace(settings, launcher) as other:
            other.tend()
        return write_parcel(*parts)

    monkeypatch.setattr(pack, "write_parcel", tend_meanwhile)
    pack_run(session, settings, ADA, run_id, tmp_path / "run.tar")
    assert launcher.run_ids == []
    with write(session):
        session.get_one(RunRow, run_id).status = RunStatus.FAILED
    pack_run(session, settings, ADA, run_id, tmp_path / "run.tar")
    assert launcher.run_ids == []
    run = get_run(session, run_id)
    assert (run.status, run.launcher) == (RunStatus.QUEUED, "parcel")


def test_a_run_that_was_started_a_moment_ago_is_not_packed(
    session: Session,
    settings: Settings,
    run_id: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    launcher = NotingLauncher()

    def tend_afterwards(reader: Session, number: int) -> RunView:
        run = get_run(reader, number)
        reader.commit()
        with Workspace(settings, launcher) as other:
            other.tend()
        return run

    monkeypatch.setattr(pack, "get_run", tend_afterwards)
    with pytest.raises(RunNotInState, match=f"Run {run_id} is starting. Cancel it first"):
        pack_run(session, settings, ADA, run_id, tmp_path / "run.tar")
    assert launcher.run_ids == [run_id]
    assert not (tmp_path / "run.tar").exists()


def test_a_run_whose_parcel_cannot_be_written_waits_here_as_before(
    session: Session, settings: Settings, run_id: int, tmp_path: Path
) -> None:
    before = get_run(session, run_id)
    with pytest.raises(InvalidParcel, match="There is no folder"):
        pack_run(session, settings, ADA, run_id, tmp_path / "absent" / "run.tar")
    assert get_run(session, run_id) == before
    assert list_queue(session) == [run_id]


def test_a_run_that_is_cancelled_while_it_is_packed_stays_cancelled(
    session: Session,
    settings: Settings,
    run_id: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def cancel_meanwhile(*parts: Any) -> int:
        with Workspace(settings, None) as other:
            request_cancel(other, ADA, run_id)
        return write_parcel(*parts)

    monkeypatch.setattr(pack, "write_parcel", cancel_meanwhile)
    with pytest.raises(RunNotInState, match=r"do not use run\.tar"):
        pack_run(session, settings, ADA, run_id, tmp_path / "run.tar")
    assert get_run(session, run_id).status is RunStatus.CANCELLED


def test_a_packed_run_is_taken_back_and_its_late_result_refused(
    session: Session, settings: Settings, run_id: int, parcel: Path
) -> None:
    result = Path(str(carry_out(parcel).result))
    assert start_here(session, ADA, run_id).launcher == "local"
    assert list_queue(session) == [run_id]
    assert run_worker(run_id, settings, HANDLERS) is RunStatus.DONE
    session.rollback()
    with pytest.raises(Conflict, match=f"Run {run_id} is done on this machine"):
        take_in(session, settings, ADA, result)
