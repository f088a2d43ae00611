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


def test_prompts_prices_and_retries_are_commands_too(tmp_path: Path) -> None:
    assert run_json("prompts", "list")["prompts"][0]["name"] == "paper"
    for part, text in (
        ("reference", "{question} {options} {answer}"),
        ("thinking", "Think."),
        ("specificity", "Be brief."),
    ):
        (tmp_path / part).write_text(text)
    parts = [
        word
        for part in ("reference", "thinking", "specificity")
        for word in (f"--{part}", tmp_path / part)
    ]
    assert run_json("prompts", "save", "brief", *parts)["version"] == 1
    price = ("--input-usd", "1", "--output-usd", "2", "--as-of", "2026-11-24")
    run_json("prices", "set", "mine", *price)
    assert run_json("prices", "list")["mine"]["as_of"] == "2026-11-24"
    error = run_json("retry", "1", "--state", "stored", exit_code=1)["error"]
    assert "no run '1'" in error
