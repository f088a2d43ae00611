"""Runs on this machine, each in a detached process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass

import psutil

from scicot.adapters.artifacts import log_path
from scicot.adapters.launchers.killed import Killed, Lookout, note_killed
from scicot.adapters.students.memory import worker_environment
from scicot.words.places import REPOSITORY
from scicot.words.settings import Settings


def read_log_end(settings: Settings, run_id: int, last_bytes: int) -> str:
    """Return the end of a run's log, empty while it has written none."""
    path = log_path(settings, run_id)
    if not path.exists():
        return ""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - last_bytes))
        return file.read().decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class WorkerProcess:
    """A worker's process as its run's row names it; `started` tells it from a number used again."""

    host: str
    pid: int
    started: float


def this_process() -> WorkerProcess:
    """Return the process that asks."""
    process = psutil.Process()
    return WorkerProcess(socket.gethostname(), process.pid, process.create_time())


def worker_lives(host: str | None, pid: int | None, started: float | None) -> bool:
    """Return whether this very process runs on this machine; a number used again is another one.

    The process that asks does not count: a worker asks nobody about itself.
    """
    if pid is None or started is None or host != socket.gethostname() or pid == os.getpid():
        return False
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - started) < 1
        return bool(same and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


class LocalLauncher:
    """Starts workers on this machine."""

    def launch(self, settings: Settings, run_id: int) -> WorkerProcess:
        """Start the run's worker in a new session, so that it outlives this process.

        Output goes to a file: nobody would drain a pipe once the app is gone.
        """
        path = log_path(settings, run_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        # a .env lies in our folder, not in the worker's
        environment = os.environ | settings.as_environment() | worker_environment()
        environment["SCICOT_HOME"] = str(settings.home_folder)
        environment["SCICOT_DATABASE_URL"] = settings.resolved_database_url
        with path.open("ab") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "scicot", "run-worker", str(run_id)],
                cwd=REPOSITORY,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        started = psutil.Process(worker.pid).create_time()  # also of one that has ended
        process = WorkerProcess(socket.gethostname(), worker.pid, started)

        lookout = Lookout()

        def reap() -> None:
            # one that ends before this process does would stay a zombie otherwise
            code = worker.wait()
            meanwhile = lookout.close()
            if code < 0:
                url = settings.resolved_database_url
                note_killed(Killed(url, run_id, process.host, process.pid, -code, meanwhile))

        threading.Thread(target=reap, daemon=True, name=f"reap-{run_id}").start()
        return process
