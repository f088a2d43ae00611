from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.builders import store_questions
from tests.cli.runner import run_json
from tests.fake_teacher import FakeTeacher, always, serve


@pytest.fixture(autouse=True)
def questions(session: Session, tmp_path: Path) -> None:
    store_questions(session, tmp_path / "data", train=4, validation=0, test=0)


def command(teacher: FakeTeacher) -> tuple[str, ...]:
    return ("generate", "--dataset", "demo", "--teacher", f"{teacher.url}#fake")


def test_generate_waits_and_prints_the_counts_and_the_second_time_asks_nothing() -> None:
    with serve(FakeTeacher()) as teacher:
        first = run_json(*command(teacher))
        counts = {key: first[key] for key in ("questions", "stored", "failed", "calls")}
        assert counts == {"questions": 4, "stored": 4, "failed": 0, "calls": 4}
        assert (first["status"], first["cost_usd"]) == ("done", None)
        second = run_json(*command(teacher))
        assert (second["calls"], second["stored"], teacher.count) == (0, 4, 4)


def test_a_run_that_failed_exits_1_with_its_reason() -> None:
    with serve(FakeTeacher(faults=always("401"))) as teacher:
        result = run_json(*command(teacher), exit_code=1)
    assert result["status"] == "failed"
    assert "key" in result["error"]


def test_no_key_exits_1_and_says_what_to_do() -> None:
    assert "OPENAI_API_KEY" in run_json("generate", "--dataset", "demo", exit_code=1)["error"]


def test_an_estimate_sends_nothing() -> None:
    with serve(FakeTeacher()) as teacher:
        result = run_json(*command(teacher), "--estimate")
    assert (result["calls"], teacher.count) == (4, 0)
    assert result["low_usd"] is None
