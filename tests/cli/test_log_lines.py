"""Lines of logs say when in UTC, wherever the machine is."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scicot.adapters.parcel_folders import LOG
from scicot.adapters.parcel_logs import logged
from scicot.cli import main
from scicot.pure.runs.log_lines import LogForm
from tests.cli.runner import run_command

LINE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) INFO scicot\.x: It goes\.")


@pytest.fixture(autouse=True)
def far_from_greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "XYZ-9")  # nine hours ahead
        time.tzset()
        yield
    time.tzset()


def say_something() -> None:
    logging.getLogger("scicot.x").info("It goes.")


def test_a_moment_is_written_in_utc_and_says_so() -> None:
    moment = datetime(2026, 1, 31, 12, 0, 0, 7000, UTC)
    record = logging.makeLogRecord({"name": "scicot.x", "levelname": "INFO", "msg": "It goes."})
    record.created = moment.timestamp()
    assert LogForm().format(record) == "2026-01-31T12:00:00.007Z INFO scicot.x: It goes."


def test_a_command_logs_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "app", say_something)
    assert_now(run_command().stderr)


def test_the_log_of_work_on_a_parcel_is_in_utc(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setattr(logging.getLogger(), "level", logging.INFO)
    with logged(tmp_path):
        say_something()
    assert_now((tmp_path / LOG).read_text())


def assert_now(text: str) -> None:
    line = LINE.fullmatch(text.strip())
    assert line is not None, text
    assert abs(datetime.now(UTC) - datetime.fromisoformat(line[1])) < timedelta(minutes=5)
