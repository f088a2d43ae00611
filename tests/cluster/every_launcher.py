"""What must hold wherever a run goes: on this machine, on Slurm, on Ray."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from scicot.services.launching.launches import get_launch, read_run_log
from scicot.services.runs.runs import list_metrics
from scicot.words.records import RunStatus
from tests.cluster.line import ADA, Line, note, outcome

# long enough to be seen on its way, when it is followed by the files in its folder
SOME_SECONDS = {"epochs": 100}
# some seconds of steps, so that a kill meets them
MIDDLING = {"epochs": 400, "checkpoint_every": 10}
LONGEST_CANCEL_SECONDS = 5.0
LONGEST_SILENCE_SECONDS = 30.0


class EveryLauncher:
    """The tests; a subclass brings the fixture `line`."""

    def test_a_run_there_equals_the_one_trained_here(self, line: Line, tmp_path: Path) -> None:
        began = time.monotonic()
        run_id = line.start("sci_cot")
        line.wait_for_steps(run_id)
        note("button to first progress", time.monotonic() - began)
        run = line.finish(run_id)
        assert (run.launcher, run.message) == (line.name, "Done.")
        here = line.train_here(tmp_path / "here", "sci_cot")
        assert outcome(line.workspace, run_id) == here
        assert here[0].keys() == {"rationale", "answer"}

    def test_a_run_of_two_processes_there_equals_one_of_two_here(
        self, line: Line, tmp_path: Path
    ) -> None:
        line.ask(cpus=2)
        run = line.finish(line.start("finetune", processes=2))
        stages: Any = run.result["stages"]
        assert [stage["processes"] for stage in stages.values()] == [2]
        here = line.train_here(tmp_path / "here", "finetune", processes=2)
        assert outcome(line.workspace, run.id) == here

    def test_a_run_there_is_cancelled_within_five_seconds(self, line: Line) -> None:
        run_id = line.start_long()
        line.wait_for_steps(run_id)
        assert line.cancel_and_note(run_id, "training") <= LONGEST_CANCEL_SECONDS
        line.wait_until_gone(run_id)

    def test_a_cancel_is_acted_on_while_it_loads_and_while_it_answers(self, line: Line) -> None:
        run_id = line.start("sci_cot", max_rationale_tokens=200)
        for phase in ("loading", "writing and scoring"):
            line.wait_for_phase(run_id, phase)
            assert line.cancel_and_note(run_id, phase) <= LONGEST_CANCEL_SECONDS
            line.wait_until_gone(run_id)
            line.workspace.resume(ADA, run_id)
        line.finish(run_id)

    def test_a_run_there_outlives_the_app_that_started_it(self, line: Line, tmp_path: Path) -> None:
        run_id = line.start_and_be_killed("finetune", **SOME_SECONDS)
        line.finish(run_id)
        here = line.train_here(tmp_path / "here", "finetune", **SOME_SECONDS)
        assert outcome(line.workspace, run_id) == here

    def test_a_killed_worker_is_lost_and_its_run_resumes(self, line: Line, tmp_path: Path) -> None:
        run_id = line.start("finetune", **MIDDLING)
        line.wait_for_checkpoint(run_id)
        line.kill_worker(run_id)
        began = time.monotonic()
        line.wait_until(run_id, lambda run: run.status is RunStatus.LOST, "lost")
        took = time.monotonic() - began
        note("kill -9 to lost", took)
        assert took <= LONGEST_SILENCE_SECONDS
        first_step_at = line.first_step_at(run_id)
        line.workspace.resume(ADA, run_id)
        line.finish(run_id)
        assert line.first_step_at(run_id) == first_step_at
        assert outcome(line.workspace, run_id) == line.train_here(
            tmp_path / "here", "finetune", **MIDDLING
        )


class EveryCluster(EveryLauncher):
    """What holds where runs also travel as parcels, by themselves."""

    def test_a_run_travels_there_as_a_parcel(self, line: Line, tmp_path: Path) -> None:
        shared = tmp_path / "shared"
        shared.mkdir()
        line.ask(shared_folder=str(shared))
        run_id = line.start("sci_cot", **SOME_SECONDS)
        seen = line.wait_for_steps(run_id)
        assert seen.status is RunStatus.RUNNING  # followed in the folder, before its end
        line.finish(run_id)
        launch = get_launch(line.workspace, run_id)
        assert launch is not None
        assert Path(launch.parcel or "").parent == shared
        assert list_metrics(line.workspace, run_id, "loss")
        here = line.train_here(tmp_path / "here", "sci_cot", **SOME_SECONDS)
        assert outcome(line.workspace, run_id) == here
        assert read_run_log(line.workspace, line.workspace.settings, run_id)

    def test_a_parcel_there_is_cancelled_too(self, line: Line, tmp_path: Path) -> None:
        shared = tmp_path / "shared"
        shared.mkdir()
        line.ask(shared_folder=str(shared))
        run_id = line.start_long()
        line.wait_for_steps(run_id)
        assert line.cancel_and_note(run_id, "parcel training") <= LONGEST_CANCEL_SECONDS
        line.wait_until_gone(run_id)
