"""What a soak found, as JSON: its seed, the machine, how busy that was, and the figures."""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scicot.adapters.students.training.identity import ENGINE
from scicot.adapters.versions import code_version

FIGURES = Path(__file__).resolve().parents[2] / "docs" / "soak"


ON_BOTH = ("kills", "training", "cancels")  # the soaks that heed the database
_followed: dict[str, Any] = {}  # the figures of the report that is being made


def follow(name: str, counts: Any) -> None:
    """Let a record's figures stand in the report from now on, as they are at its end."""
    _followed[name] = counts


@contextmanager
def report(name: str, about: str | None, **defaults: float) -> Iterator[argparse.Namespace]:
    """Yield what was asked for; then write and print the figures that were followed.

    Each default is an option of its own; `--seed` stands beside them, and `--database` for a soak
    that heeds it. The figures go to docs/soak/NAME.json (NAME-postgresql.json), or to `--out`; a
    soak that is ended early says what it had until then.
    A figure that says `"agree": false` ends with exit code 1.
    """
    parser = argparse.ArgumentParser(prog=f"python -m tests.soak {name}", description=about)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    on_both = name in ON_BOTH
    base = os.environ.get("SCICOT_TEST_DATABASE", "sqlite") if on_both else "sqlite"
    bases = ("sqlite", "postgresql") if on_both else ("sqlite",)
    parser.add_argument("--database", choices=bases, default=base)
    parser.add_argument("--out", type=Path)
    for option, value in defaults.items():
        parser.add_argument(f"--{option}", type=type(value), default=value)
    asked = parser.parse_args(sys.argv[2:])
    suffix = "" if asked.database == "sqlite" else f"-{asked.database}"
    out = asked.out or FIGURES / f"{name}{suffix}.json"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended early"))
    began, load = time.monotonic(), os.getloadavg()[0]
    made_by = machine()  # as it is now: its sources may be worked on meanwhile
    is_whole = False
    try:
        yield asked
        is_whole = True
    finally:
        figures = {name: _plain(counts) for name, counts in _followed.items()}
        result = {
            "soak": name,
            **({"database": asked.database} if on_both else {}),
            "whole": is_whole,
            "seed": asked.seed,
            **{option: getattr(asked, option) for option in defaults},
            "figures": figures,
            "seconds": round(time.monotonic() - began),
            "date": datetime.now(UTC).date().isoformat(),
            "machine": made_by | {"load": [round(load, 1), round(os.getloadavg()[0], 1)]},
        }
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
        print(json.dumps(result))
    if not all(agrees(figures)):
        raise SystemExit(1)


def _plain(counts: Any) -> dict[str, Any]:
    return asdict(counts) | {"agree": counts.agree}


def agrees(figures: Any) -> Iterator[bool]:
    """Yield every `agree` in the figures."""
    if isinstance(figures, dict):
        for key, value in figures.items():
            if key == "agree":
                yield bool(value)
            else:
                yield from agrees(value)


def machine() -> dict[str, Any]:
    """Return what the figures depend on: the code, and what it ran on."""
    return {
        "code_version": code_version(),
        "engine": ENGINE,
        "cores": os.cpu_count(),
        "processor": processor(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }


def say_code(machine: Mapping[str, Any]) -> str:
    """Return which code figures are of, of what `machine` said when they were made."""
    if "code_version" not in machine:
        return "code not recorded"
    return f"code {machine['code_version']}, engine {machine['engine']}"


def processor() -> str:
    """Return the processor's name with its widest vector unit."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    said = dict(line.split(":", 1) for line in lines if ":" in line)
    said = {key.strip(): value.strip() for key, value in said.items()}
    wide = [unit for unit in ("avx512f", "avx2") if unit in said.get("flags", "").split()]
    return " ".join([said.get("model name") or platform.machine(), *wide[:1]])
