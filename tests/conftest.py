"""What tests share: a home folder and migrated database each, ARC where it is, and builders."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

import db.migrate
from db.migrate import migrate, upgrade_file
from db.session import get_engine
from scicot.adapters.launchers.preemption import WARNING
from scicot.services.workspace import open_workspace
from scicot.words.records import Actor
from scicot.words.settings import Settings, get_settings
from tests.postgresql import drop_database, find_programs, new_database, running_server
from tests.s3 import running_bucket

# Several processes share the tests: threads that wait for each other by spinning would slow all.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session", autouse=True)
def new_databases_are_copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The migrations run once for all tests of a process; a new file is a copy of what they made.

    The tests of the migrations take them back: tests/db/conftest.py.
    """
    template = tmp_path_factory.mktemp("template") / "scicot.db"
    template.touch()
    upgrade_file(template)
    with sqlite3.connect(template) as connection:  # each that is opened chooses for itself
        connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    content = template.read_bytes()

    def upgrade_or_copy(path: Path) -> None:
        """Only a new file is written over: the demonstration's holds rows of an older schema."""
        if path.stat().st_size:
            upgrade_file(path)
        else:
            path.write_bytes(content)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(db.migrate, "upgrade_file", upgrade_or_copy)
        yield


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a migrated template on a PostgreSQL of the tests' own; skipped without one."""
    programs = find_programs()
    pytest.importorskip("psycopg")
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    with running_server(programs) as url:
        template = new_database(url)
        migrate(template)  # once: fifty tables take seconds, a copy of them does not
        get_engine(template).dispose()
        yield template


@pytest.fixture(scope="session")
def s3_bucket() -> Iterator[str]:
    """The URL of a bucket on an object store of the tests' own; skipped without its packages."""
    pytest.importorskip("moto")
    pytest.importorskip("s3fs")
    with running_bucket() as url:
        yield url


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """The URL of a migrated PostgreSQL database without rows."""
    url = new_database(*postgresql_server.rsplit("/", 1))
    yield url
    get_engine(url).dispose()
    drop_database(url)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """Which database the test has: `sqlite`, or `postgresql` where that is asked for.

    tests/services asks for both. Elsewhere SCICOT_TEST_DATABASE says it, but for tests that are
    marked `sqlite`: they are of the file itself.
    """
    if hasattr(request, "param"):
        return str(request.param)
    if request.node.get_closest_marker("sqlite") is not None:
        return "sqlite"
    return os.environ.get("SCICOT_TEST_DATABASE", "sqlite")


@pytest.fixture(autouse=True)
def settings(
    request: pytest.FixtureRequest,
    database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Settings]:
    """Settings whose home folder is the test's own; no key of the machine's is seen."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "SCICOT_DATABASE_URL", "SCICOT_LAUNCHER"):
        monkeypatch.setenv(name, "")  # so that what a test leaves there goes with it
        monkeypatch.delenv(name)
    monkeypatch.setenv("SCICOT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SCICOT_THREADS", "1")
    if database == "postgresql":
        url = request.getfixturevalue("postgresql_url")
        monkeypatch.setenv("SCICOT_DATABASE_URL", url)
    get_settings.cache_clear()
    yield get_settings()
    get_settings.cache_clear()


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """A worker's command heeds warnings for the life of its process; here many tests share one.

    What is left held back would be so in every process that a later test starts.
    """
    held = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    handlers = {number: signal.getsignal(number) for number in (WARNING, signal.SIGTERM)}
    yield
    for thread in threading.enumerate():
        if thread.name == "preemption" and thread.ident is not None:
            signal.pthread_kill(thread.ident, WARNING)  # what it waits for
            thread.join()
    signal.pthread_sigmask(signal.SIG_SETMASK, held)
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def session(settings: Settings) -> Iterator[Session]:
    """A session on a migrated database."""
    with open_workspace() as opened:
        yield opened


@pytest.fixture
def actor() -> Actor:
    return Actor("Ada")


@pytest.fixture
def arc_folder() -> Path:
    """The real ARC question sets; the test is skipped where they are absent."""
    folder = SHARED_DATA / "arc"
    if not folder.is_dir():
        pytest.skip(f"the ARC question sets are not at {folder}")
    return folder


@pytest.fixture
def cases_folder() -> Path:
    """The awkward inputs after public reports; the test is skipped where they are absent."""
    folder = SHARED_DATA.parent / "cases"
    if not folder.is_dir():
        pytest.skip(f"the awkward inputs are not at {folder}")
    return folder


@pytest.fixture
def rationales_folder() -> Path:
    """The human rationales; the test is skipped where they are absent."""
    folder = SHARED_DATA / "rationales"
    if not folder.is_dir():
        pytest.skip(f"the human rationales are not at {folder}")
    return folder
