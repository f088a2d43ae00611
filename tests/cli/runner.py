"""The command line as scripts use it: its exit code, its streams."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from scicot.cli.main import main
from scicot.words.settings import get_settings

ROOT = Path(__file__).resolve().parents[2]
Done = subprocess.CompletedProcess[str]


def run_process(*words: object) -> Done:
    """Run a command in a process of its own, which takes seconds to start."""
    return subprocess.run(
        [sys.executable, "-m", "scicot", *map(str, words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def run_command(*words: object) -> Done:
    """Run a command in this process, through the same `main`, as if it had one of its own."""
    typed = ["scicot", *map(str, words)]
    with _fresh_process(typed) as (stdout, stderr):
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
    return subprocess.CompletedProcess(typed, code, _text(stdout), _text(stderr))


@contextmanager
def _fresh_process(typed: list[str]) -> Iterator[tuple[io.TextIOWrapper, io.TextIOWrapper]]:
    """Yield a new stdout and stderr; what a command changes for its process is put back."""
    stdout, stderr = (
        io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors=errors)
        for errors in ("strict", "backslashreplace")
    )
    root, umask = logging.getLogger(), os.umask(0o077)
    handlers, level = root.handlers[:], root.level
    get_settings.cache_clear()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "argv", typed)
        patched.setattr(sys, "stdin", io.StringIO())
        patched.setattr(sys, "stdout", stdout)
        patched.setattr(sys, "stderr", stderr)
        root.handlers[:] = []
        try:
            yield stdout, stderr
        finally:
            root.handlers[:] = handlers
            root.setLevel(level)
            os.umask(umask)
            get_settings.cache_clear()


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    content = stream.buffer
    assert isinstance(content, io.BytesIO)
    return content.getvalue().decode("utf-8")


def run_json(*words: object, exit_code: int = 0) -> dict[str, Any]:
    """Run a command with --json and return the object on the last line of its stdout."""
    done = run_command(*words, "--json")
    assert done.returncode == exit_code, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(result, dict)
    return result
