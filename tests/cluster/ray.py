"""A real Ray cluster of two nodes for tests, on loopback, gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from scicot.words.places import REPOSITORY
from tests.cluster.slurm import free_port

PATIENCE_SECONDS = 240.0


@contextmanager
def running_ray() -> Iterator[str]:
    """Yield the dashboard's address once both nodes are there."""
    folder = Path(tempfile.mkdtemp(prefix="ray-", dir="/tmp"))  # its sockets' names must be short
    port, dashboard = free_port(), free_port()
    # the head may otherwise register another interface than the one it listens on
    node = ["--node-ip-address=127.0.0.1", "--num-cpus=2", "--disable-usage-stats", "--block"]
    head = ["--head", f"--port={port}", "--dashboard-host=127.0.0.1", f"--temp-dir={folder}"]
    head += [f"--dashboard-port={dashboard}", "--include-dashboard=true"]
    address = f"http://127.0.0.1:{dashboard}"
    started: list[subprocess.Popen[bytes]] = []
    try:
        started.append(_start(folder / "head.out", *head, *node))
        _wait(lambda: _nodes(address) == 1, started, folder)
        started.append(_start(folder / "second.out", f"--address=127.0.0.1:{port}", *node))
        _wait(lambda: _nodes(address) == 2, started, folder)
        yield address
    finally:
        for process in reversed(started):
            process.terminate()  # a blocking `ray start` ends what it started
        for process in reversed(started):
            process.wait(timeout=60)
            with suppress(ProcessLookupError):  # what a start that failed left behind
                os.killpg(process.pid, signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)


def _start(log: Path, *options: str) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    ray = Path(sys.executable).parent / "ray"
    with log.open("wb") as file:
        return subprocess.Popen(
            [ray, "start", *options],
            stdout=file,
            stderr=file,
            env=environment,
            start_new_session=True,
        )


def _nodes(address: str) -> int:
    try:
        answer = httpx.get(f"{address}/nodes?view=summary", timeout=10).json()
    except (httpx.HTTPError, ValueError):
        return 0
    nodes = answer.get("data", {}).get("summary", [])
    return sum(node.get("raylet", {}).get("state") == "ALIVE" for node in nodes)


def _wait(
    is_so: Callable[[], bool], started: Sequence[subprocess.Popen[bytes]], folder: Path
) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        has_ended = any(process.poll() is not None for process in started)
        if has_ended or time.monotonic() > deadline:
            said = "\n".join(path.read_text()[-2000:] for path in sorted(folder.glob("*.out")))
            raise AssertionError(f"Ray did not get ready\n{said}")
        time.sleep(0.5)
