"""The pages' JavaScript, tested by Node where it is installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def test_the_pages_javascript_does_what_its_own_tests_say() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed: install your system's package 'nodejs'")
    files = sorted(str(path) for path in (ROOT / "tests" / "js").glob("*.test.js"))
    assert files
    done = subprocess.run(
        [node, "--test", *files], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
