"""Kills, cancels and parcels on each launcher and database, for the table in docs/scaling.md.

`python -m tests.cluster` runs tests/cluster on each of them and writes
docs/cluster/LAUNCHER-DATABASE.json; `make docs` makes the table of them. With `--times 3` each
test is run three times. All of it runs in a network of its own that has nothing but loopback, where
that may be made: Ray's servers listen on every address there is, whatever they are told.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.cluster.table import DATABASES, FIGURES, LAUNCHERS
from tests.soak.figures import machine


def measure(launcher: str, database: str, times: int) -> dict[str, Any]:
    """Run a launcher's tests on a database; return each test's counts and all seconds noted."""
    load, began = os.getloadavg()[0], time.monotonic()
    made_by = machine()  # as it is now: its sources may be worked on meanwhile
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figures.jsonl"
        path.touch()
        environment = os.environ | {"TEST_FIGURES": str(path), "SCICOT_TEST_DATABASE": database}
        tests = Path(__file__).parent / f"test_{launcher}.py"
        command = [
            *_apart(),
            sys.executable,
            "-m",
            "pytest",
            str(tests),
            "-m",
            "cluster",
            "-v",
            "-rs",
        ]
        # what failed is counted; a run that was ended shows what it had until then
        ends = [
            subprocess.run(command, env=environment, check=False).returncode for _ in range(times)
        ]
        figures = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    passed: dict[str, list[int]] = {}
    seconds: dict[str, list[float]] = {}
    for figure in figures:
        if "test" in figure:
            counts = passed.setdefault(figure["test"], [0, 0])
            counts[0] += figure["passed"]
            counts[1] += 1
        else:
            seconds.setdefault(figure["what"], []).append(figure["seconds"])
    return {
        "launcher": launcher,
        "database": database,
        "whole": all(end in (0, 1) for end in ends),
        "passed": dict(sorted(passed.items())),
        "seconds": dict(sorted(seconds.items())),
        "took": round(time.monotonic() - began),
        "date": datetime.now(UTC).date().isoformat(),
        "machine": made_by | {"load": [round(load, 1), round(os.getloadavg()[0], 1)]},
    }


def _apart() -> tuple[str, ...]:
    """Return what a command is begun with so that it sees loopback and no other network.

    Loopback has a second address there: with 127.0.0.1 alone Slurm finds none to listen on.
    """
    if os.geteuid() != 0 or not (shutil.which("unshare") and shutil.which("ip")):
        return ()
    lone = 'ip link set lo up && ip addr add 10.255.255.1/32 dev lo && exec "$@"'
    return ("unshare", "--net", "sh", "-c", lone, "sh")


def main() -> None:
    """Measure what was asked for; ends with 1 where a test failed or none was run."""
    parser = argparse.ArgumentParser(prog="python -m tests.cluster", description=__doc__)
    parser.add_argument("--launchers", nargs="+", choices=LAUNCHERS, default=LAUNCHERS)
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--times", type=int, default=1)
    asked = parser.parse_args()
    is_well = True
    FIGURES.mkdir(parents=True, exist_ok=True)
    for launcher in asked.launchers:
        for database in asked.databases:
            found = measure(launcher, database, asked.times)
            counts = found["passed"].values()
            is_well = is_well and bool(counts) and all(good == runs for good, runs in counts)
            if counts:  # what is not installed has no figures
                path = FIGURES / f"{launcher}-{database}.json"
                path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    if not is_well:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
