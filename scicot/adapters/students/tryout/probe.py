"""A short try-out in a process of its own: how long a student takes here for a step and a text.

`python -m scicot.adapters.students.tryout.probe` reads a request as JSON from stdin and prints the
seconds as JSON; the app, which never loads torch, calls `run_probe`.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from scicot.adapters.students.folders import StudentFolder
from scicot.adapters.students.machine import choose_device
from scicot.adapters.students.memory import worker_environment
from scicot.adapters.students.training.job import Silent, StageJob, StepReport
from scicot.pure.methods.registry import make_config
from scicot.pure.methods.tasks import Task
from scicot.words.configs import RATIONALE_TOKENS, TrainingConfig
from scicot.words.errors import StudentError
from scicot.words.places import REPOSITORY
from scicot.words.records import Example, Family

STEPS = 10
TEXTS = 8
STEP = "step"  # begins the line that says one is done
SECONDS = 90  # a slow student is judged on fewer steps


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """Seconds on this machine: a trained token, a written text, getting a student ready.

    `slow_reason` is why CTranslate2 cannot answer for the student, where that is so.
    """

    per_token: float
    per_text: float
    per_stage: float
    steps: int
    slow_reason: str | None = None


def run_probe(
    student: StudentFolder,
    config: TrainingConfig,
    examples: Sequence[Example],
    threads: int,
    device: str = "auto",
    memory: int | None = None,
    on_step: Callable[[int], None] = lambda _step: None,
) -> ProbeResult:
    """Return what ten steps and a few texts took; raises StudentError when they failed.

    `on_step` hears several times a second how many steps are done; what it raises ends the try-out.
    """
    request = {
        "path": str(student.path),
        "family": student.family,
        "config": config.model_dump(mode="json"),
        "examples": [[example.input, example.target] for example in examples],
        "threads": threads,
        "device": choose_device(device),
        "memory": memory,
    }
    said: list[str] = []
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as asked,
        subprocess.Popen(
            [sys.executable, "-m", "scicot.adapters.students.tryout.probe"],
            cwd=REPOSITORY,
            env=os.environ | worker_environment(),
            stdin=asked,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        asked.write(json.dumps(request))
        asked.seek(0)
        listening = threading.Thread(target=_listen, args=(process.stderr, said), daemon=True)
        listening.start()
        try:
            while process.poll() is None:
                on_step(sum(line.startswith(STEP) for line in said))
                time.sleep(0.2)
        except BaseException:
            process.kill()
            raise
        listening.join()
        assert process.stdout is not None
        printed = process.stdout.read()
    try:
        return ProbeResult(**json.loads(printed.strip().splitlines()[-1]))
    except (ValueError, IndexError, TypeError) as error:
        last = ([line for line in said if not line.startswith(STEP)] or ["no message"])[-1]
        raise StudentError(
            f"The try-out of '{student.name}' failed: {last.rstrip('.')}. Change the settings or "
            "the student, then try again."
        ) from error


def _listen(errors: IO[str] | None, said: list[str]) -> None:
    """Keep what a process says on stderr, so that it never waits for a reader."""
    assert errors is not None
    said.extend(line.strip() for line in errors if line.strip())


def _probe(request: dict[str, Any]) -> ProbeResult:
    from scicot.adapters.students.asking.convert import convert_student
    from scicot.adapters.students.asking.fast import FastStudent
    from scicot.adapters.students.asking.torch_student import TorchStudent
    from scicot.adapters.students.loading import save_model
    from scicot.adapters.students.machine import resolve_precision
    from scicot.adapters.students.training.trainer import StageTrainer

    config = make_config(**request["config"])
    examples = tuple(Example(0, *pair) for pair in request["examples"])
    family, path = Family(request["family"]), Path(request["path"])
    with tempfile.TemporaryDirectory() as folder:
        started = time.monotonic()
        trainer = StageTrainer(
            StageJob(
                hash="probe",
                student=path,
                family=family,
                tasks=[Task(examples)],
                config=config.model_copy(update={"steps": STEPS, "checkpoint_every": 10**9}),
                precision=resolve_precision(config.precision, request["device"]),
                work_folder=Path(folder) / "work",
                threads=request["threads"],
                device=request["device"],
                memory=request["memory"],
            )
        )
        loaded = time.monotonic() - started
        with contextlib.suppress(_Enough):
            trainer.train(_Stop())
        state = trainer.state
        per_token = state.seconds / state.tokens
        started = time.monotonic()
        save_model(trainer.model, path, Path(folder) / "model")
        trainer.let_go()
        trainer.model.eval()  # the training may have been stopped
        reason = convert_student(
            Path(folder) / "model",
            Path(folder) / "ct2",
            family,
            model=trainer.model,
            examples=examples,
        )
        saved = time.monotonic() - started
        threads, device = request["threads"], request["device"]
        student = (
            FastStudent.open(
                Path(folder) / "ct2",
                threads=threads,
                at_once=threads if device == "cpu" else 1,
                device=device,
            )
            if reason is None
            else TorchStudent.open(Path(folder) / "model", family, threads=threads, device=device)
        )
        inputs = [example.input for example in examples[:TEXTS]]
        started = time.monotonic()
        student.generate(inputs, config.max_rationale_tokens or RATIONALE_TOKENS)
        per_text = (time.monotonic() - started) / len(inputs)
    return ProbeResult(per_token, per_text, loaded + saved, state.step, reason)


class _Enough(Exception):
    """The try-out has taken long enough."""


class _Stop(Silent):
    """Ends the training after its steps, or when they take too long."""

    def __init__(self) -> None:
        self.started = time.monotonic()

    def step(self, report: StepReport) -> None:
        """Say that a step is done, and stop once enough is known."""
        print(STEP, report.step, file=sys.stderr, flush=True)
        if time.monotonic() - self.started > SECONDS:
            raise _Enough


if __name__ == "__main__":
    print(json.dumps(asdict(_probe(json.load(sys.stdin)))))
