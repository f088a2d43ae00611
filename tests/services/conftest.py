"""What the tests of the services share: both databases, and a teacher."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from scicot.words.settings import get_settings
from tests.fake_teacher import FakeTeacher, serve
from tests.postgresql import find_programs

BOTH = ("sqlite", "postgresql")
# rooms whose tests spend their time in torch, and fixtures of tests elsewhere that do
TRAINING_ROOMS = {"training", "students", "parcels", "worth", "demo"}
STUDENTS = {"tiny_t5", "tiny_causal"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test on SQLite and PostgreSQL; one that trains on that which its name falls to."""
    if metafunc.definition.get_closest_marker("sqlite") is not None:
        return
    metafunc.parametrize("database", databases_for(metafunc), indirect=True)


def databases_for(metafunc: pytest.Metafunc) -> list[str]:
    """Return the databases of a test: the one that SCICOT_TEST_DATABASE names, or both.

    Without a server of PostgreSQL all is SQLite's, as the head of pytest's output says.
    """
    if asked := os.environ.get("SCICOT_TEST_DATABASE"):
        return [asked]
    if missing_server():
        return ["sqlite"]
    room = Path(metafunc.module.__file__ or "").parent.name
    if room in TRAINING_ROOMS or STUDENTS & set(metafunc.fixturenames):
        # the same at each run: what fails on one database fails there again
        return [BOTH[zlib.crc32(metafunc.definition.nodeid.encode()) % 2]]
    return list(BOTH)


def missing_server() -> str:
    """Return what PostgreSQL's half of the tests lacks here; empty when it can be started."""
    if find_programs() is None:
        return "PostgreSQL is not installed (Debian: postgresql)"
    return "" if find_spec("psycopg") else "psycopg is not installed (pip install psycopg[binary])"


def pytest_report_header() -> list[str]:
    missing = missing_server()
    return [f"tests/services on SQLite alone: {missing}"] if missing else []


@pytest.fixture
def teacher(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTeacher]:
    monkeypatch.setenv("SCICOT_TEACHER_RETRY_SECONDS", "0.01")
    get_settings.cache_clear()
    with serve(FakeTeacher()) as served:
        yield served
