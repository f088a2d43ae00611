"""A real Ray cluster of two nodes: submit, progress, cancel, kill -9, resume, parcel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scicot.services.launching.launches import get_launch, preview_submission
from scicot.services.runs.launched import Chosen
from scicot.services.runs.runs import get_run
from scicot.services.workspace import open_workspace
from scicot.words.launching import RayOptions
from scicot.words.records import RunStatus
from tests.cluster.every_launcher import EveryCluster
from tests.cluster.line import Line, make_line
from tests.cluster.ray import running_ray

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    pytest.importorskip("ray")
    with running_ray() as found:
        yield found


@pytest.fixture
def line(address: str, tmp_path: Path) -> Iterator[Line]:
    with open_workspace() as workspace:
        asked = RayOptions(address=address, cpus=2)
        yield make_line(workspace, tmp_path, Chosen("ray", asked))


class TestRay(EveryCluster):
    def test_two_runs_go_at_once_on_the_two_nodes(self, line: Line) -> None:
        first, second = line.start_long(), line.start("finetune", seed=7, epochs=1000)
        line.wait_for_steps(first)
        line.wait_for_steps(second)
        states = {get_run(line.workspace, run_id).status for run_id in (first, second)}
        assert states == {RunStatus.RUNNING}
        waits = line.start("finetune", seed=8)
        run = line.wait_until(waits, lambda run: "PENDING" in run.message, "pending")
        assert run.status is RunStatus.QUEUED
        # Ray ends a job that waits once it could begin: the run is cancelled here at once
        for run_id in (waits, first, second):
            line.cancel_and_note(run_id, "in the queue" if run_id == waits else "training")
        for run_id in (first, second, waits):
            line.wait_until_gone(run_id)
        assert get_run(line.workspace, waits).started_at is None

    def test_what_is_handed_in_is_shown_before_and_after(self, line: Line, address: str) -> None:
        asked = RayOptions(address=address, cpus=2)
        run_id = line.start()
        launch = get_launch(line.workspace, run_id)
        assert launch is not None
        before = preview_submission(line.workspace.settings, "ray", asked)
        for text in (before, launch.submission):
            assert text.startswith("ray job submit --no-wait --address http://127.0.0.1:")
            assert "--entrypoint-num-cpus 2" in text
        line.finish(run_id)
