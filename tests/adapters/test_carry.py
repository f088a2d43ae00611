"""What stands between submitit and the worker on a node; submitit itself is not needed."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from scicot.adapters.launchers import carry
from scicot.adapters.launchers.carry import Carry
from scicot.words.launching import PREEMPTED_EXIT
from scicot.words.places import REPOSITORY

# a worker that has been warned needs a moment, and ends as it is told to
WORKER = """
import signal, sys, time
signal.pthread_sigmask(signal.SIG_BLOCK, {{signal.SIGUSR2}})
signal.sigwait({{signal.SIGUSR2}})
open({told!r}, "a").write("warned")
time.sleep(0.3)
sys.exit({code})
"""
# a node's process as submitit has it: its handler asks for what is requeued, then ends the process
NODE = """
import signal, sys, types
helpers = types.ModuleType("submitit.helpers")
helpers.DelayedSubmission = lambda carry: carry
sys.modules |= {{"submitit": types.ModuleType("submitit"), "submitit.helpers": helpers}}
from scicot.adapters.launchers.carry import Carry
carry = Carry({command!r}, {log!r})
def checkpoint(*_):
    again = carry.checkpoint()
    print("requeued" if again == carry else again, flush=True)
    sys.exit(9)
signal.signal(signal.SIGUSR2, checkpoint)
print("begun", flush=True)
carry()
"""


@pytest.mark.parametrize(
    ("code", "said", "ended"),
    [(PREEMPTED_EXIT, "requeued", 9), (0, "", 0), (1, "None", 9)],
    ids=["put down", "done meanwhile", "failed"],
)
def test_what_is_requeued_is_a_worker_that_has_saved(
    tmp_path: Path, code: int, said: str, ended: int
) -> None:
    told = tmp_path / "told"
    worker = (sys.executable, "-c", WORKER.format(told=str(told), code=code))
    node = subprocess.Popen(
        [sys.executable, "-c", NODE.format(command=worker, log=str(tmp_path / "log"))],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert node.stdout is not None
    assert node.stdout.readline() == "begun\n"
    time.sleep(0.2)  # a warning that comes before the worker looks waits for it
    node.send_signal(signal.SIGUSR2)
    assert node.communicate(timeout=60)[0].strip() == said
    assert node.returncode == ended
    assert told.read_text() == "warned"


def test_a_worker_that_saved_and_was_left_alone_by_slurm_is_requeued(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    helpers = ModuleType("submitit.helpers")
    helpers.__dict__["DelayedSubmission"] = lambda again: again
    monkeypatch.setitem(sys.modules, "submitit", ModuleType("submitit"))
    monkeypatch.setitem(sys.modules, "submitit.helpers", helpers)
    monkeypatch.setattr(carry, "ENDED_BY_SLURM_SECONDS", 0.0)
    job = Carry((sys.executable, "-c", f"exit({PREEMPTED_EXIT})"), str(tmp_path / "log"))
    requeued: list[object] = []
    before = signal.signal(signal.SIGUSR2, lambda *_: requeued.append(job.checkpoint()))
    try:
        with pytest.raises(RuntimeError):  # submitit's handler ends the process before
            job()
    finally:
        signal.signal(signal.SIGUSR2, before)
    assert requeued == [job]
