"""This machine: each run's worker a process of its own; and a parcel carried by hand."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scicot.services.parcels.pack import pack_run
from scicot.services.parcels.take_in import take_in
from scicot.services.runs.runs import get_run
from scicot.services.training.training import start_training
from scicot.services.workspace import open_workspace
from scicot.words.places import REPOSITORY
from scicot.words.records import RunStatus
from tests.cluster.every_launcher import EveryLauncher
from tests.cluster.line import ADA, Line, make_line, note, outcome
from tests.services.training_line import tiny_config

pytestmark = pytest.mark.cluster


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with open_workspace() as workspace:
        yield make_line(workspace, tmp_path, None)


class TestLocal(EveryLauncher):
    def test_a_run_that_waits_for_a_slot_is_cancelled_there(self, line: Line) -> None:
        first, waits = line.start_long(), line.start("finetune", seed=8)
        line.wait_for_steps(first)
        assert get_run(line.workspace, waits).status is RunStatus.QUEUED
        began = time.monotonic()
        assert line.workspace.cancel(ADA, waits).status is RunStatus.CANCELLED
        note("cancel: in the queue", time.monotonic() - began)
        line.cancel_and_note(first, "training")
        line.wait_until_gone(first)

    def test_a_run_travels_there_as_a_parcel(self, line: Line, tmp_path: Path) -> None:
        there, settings = tmp_path / "there", line.workspace.settings
        there.mkdir()
        config = tiny_config("sci_cot", line.student)
        run_id = start_training(line.workspace, settings, ADA, config)
        pack_run(line.workspace, settings, ADA, run_id, there / "run.tar")
        done = subprocess.run(
            [sys.executable, "-m", "scicot", "work", "run.tar"],
            cwd=there,
            env={
                "HOME": str(there),
                "PATH": os.defpath,
                "PYTHONPATH": str(REPOSITORY),
                "SCICOT_THREADS": "1",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        take_in(line.workspace, settings, ADA, there / "run.result.tar")
        here = line.train_here(tmp_path / "here", "sci_cot")
        assert outcome(line.workspace, run_id) == here
