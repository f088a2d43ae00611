"""The command line as scripts use it: a process, its exit code, its streams."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def run_command(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scicot", *map(str, words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def run_json(*words: object, exit_code: int = 0) -> dict[str, Any]:
    """Run a command with --json and return the object on the last line of its stdout."""
    done = run_command(*words, "--json")
    assert done.returncode == exit_code, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(result, dict)
    return result
