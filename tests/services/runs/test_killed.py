"""A worker that was killed: its run says why, as far as anybody can know."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from scicot.adapters.launchers import killed
from scicot.adapters.launchers.killed import (
    Killed,
    MemoryDeaths,
    count_memory_deaths,
    deaths_since,
    note_killed,
)
from scicot.adapters.launchers.local import LocalLauncher, this_process
from scicot.services.runs.queue import tend_queue
from scicot.services.runs.runs import get_run
from scicot.services.runs.worker import claim_run
from scicot.words.records import RunKind, RunStatus
from scicot.words.settings import Settings
from tests.services.runs.noting import NotingLauncher, new_run


def end(
    session: Session, settings: Settings, number: int, meanwhile: MemoryDeaths, **other: Any
) -> int:
    """Let a run's worker be killed, as this process would hear of it, and tend."""
    run_id = new_run(session, **other)
    claim_run(session, run_id, "w")
    me = this_process()
    note_killed(Killed(settings.resolved_database_url, run_id, me.host, me.pid, number, meanwhile))
    tend_queue(session, settings, NotingLauncher())
    return run_id


@pytest.mark.parametrize(
    ("meanwhile", "said"),
    [(MemoryDeaths(1, 1), "Out of memory: "), (MemoryDeaths(0, 1), "Probably out of memory: ")],
)
def test_a_worker_that_ran_out_of_memory_fails_with_the_cause_and_the_way_out(
    session: Session, settings: Settings, meanwhile: MemoryDeaths, said: str
) -> None:
    run = get_run(session, end(session, settings, signal.SIGKILL, meanwhile))
    assert run.status is RunStatus.FAILED
    assert (run.error or "").startswith(said)
    for way_out in ("questions_per_step", "SCICOT_TRAINING_MEMORY_MB", "resume"):
        assert way_out in (run.error or "")


def test_a_run_without_students_is_not_sent_to_their_settings(
    session: Session, settings: Settings
) -> None:
    none = MemoryDeaths(1, 1)
    run = get_run(session, end(session, settings, signal.SIGKILL, none, kind=RunKind.GENERATE))
    assert "TRAINING_MEMORY" not in (run.error or "")
    assert "Close other programs" in (run.error or "")


@pytest.mark.parametrize(
    ("number", "meanwhile", "said"),
    [
        (signal.SIGKILL, MemoryDeaths(0, 0), "killed by SIGKILL, and not for want of memory"),
        (signal.SIGKILL, MemoryDeaths(None, None), "was ended by SIGKILL"),
        (signal.SIGSEGV, MemoryDeaths(1, 1), "was ended by SIGSEGV"),
    ],
)
def test_no_more_is_said_than_is_known(
    session: Session, settings: Settings, number: int, meanwhile: MemoryDeaths, said: str
) -> None:
    run = get_run(session, end(session, settings, number, meanwhile))
    assert run.status is RunStatus.RUNNING  # until its silence says that it is lost
    assert said in (run.error or "")
    assert "Out of memory" not in (run.error or "")


def test_the_death_of_a_former_worker_is_not_the_next_ones(
    session: Session, settings: Settings
) -> None:
    run_id = new_run(session)
    claim_run(session, run_id, "second")
    former = Killed(
        settings.resolved_database_url, run_id, this_process().host, 1, 9, MemoryDeaths(1, 1)
    )
    note_killed(former)
    tend_queue(session, settings, NotingLauncher())
    assert get_run(session, run_id).error is None


def test_whoever_starts_a_worker_hears_how_it_ended(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Sleeper(subprocess.Popen[bytes]):
        def __init__(self, _command: object, **named: Any) -> None:
            super().__init__([sys.executable, "-c", "import time; time.sleep(60)"], **named)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Sleeper)
    process = LocalLauncher().launch(settings, 7)
    os.kill(process.pid, signal.SIGKILL)
    give_up, url = time.monotonic() + 30, settings.resolved_database_url
    while not (heard := killed.take_killed(url)):
        assert time.monotonic() < give_up
        time.sleep(0.02)
    assert [(one.run_id, one.pid, one.signal) for one in heard] == [(7, process.pid, 9)]
    assert killed.take_killed(url) == []


@pytest.mark.parametrize(
    ("groups", "file"),
    [
        ("4:memory:/box/one\n0::/\n", "memory/box/one/memory.oom_control"),
        ("5:cpu:/\n0::/box/one\n", "box/one/memory.events"),
    ],
)
def test_the_kernels_counts_are_read_from_either_version_of_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, groups: str, file: str
) -> None:
    monkeypatch.setattr(killed, "PROC", tmp_path / "proc")
    monkeypatch.setattr(killed, "GROUPS", tmp_path / "groups")
    assert count_memory_deaths() == MemoryDeaths(None, None)
    (tmp_path / "proc" / "self").mkdir(parents=True)
    (tmp_path / "proc" / "self" / "cgroup").write_text(groups)
    (tmp_path / "proc" / "vmstat").write_text("nr_free 5\noom_kill 40\n")
    counts = tmp_path / "groups" / file
    counts.parent.mkdir(parents=True)
    counts.write_text("under_oom 0\noom_kill 3\n")
    before = count_memory_deaths()
    assert before == MemoryDeaths(3, 40)
    counts.write_text("under_oom 0\noom_kill 4\n")
    assert deaths_since(before) == MemoryDeaths(1, 0)


def test_what_the_kernel_ended_long_before_a_worker_is_not_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(killed, "LOOK_SECONDS", 0.02)
    counts = [MemoryDeaths(0, 0)]
    monkeypatch.setattr(killed, "count_memory_deaths", lambda: counts[0])
    lookout = killed.Lookout()
    counts[0] = MemoryDeaths(1, 1)
    time.sleep(1)  # many looks
    assert lookout.close() == MemoryDeaths(0, 0)
    monkeypatch.setattr(killed, "LOOK_SECONDS", 60)
    counts[0] = MemoryDeaths(1, 1)
    lookout = killed.Lookout()
    counts[0] = MemoryDeaths(2, 2)
    assert lookout.close() == MemoryDeaths(1, 1)
