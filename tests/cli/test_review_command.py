import json
from pathlib import Path

from sqlalchemy.orm import Session

from scicot.words.records import RationaleStatus, Split
from tests.builders import store_questions, store_rationale
from tests.cli.runner import run_command, run_json


def test_rationales_are_checked_exported_and_their_decisions_taken_both_ways(
    session: Session, tmp_path: Path
) -> None:
    questions = store_questions(session, tmp_path / "demo")[Split.TRAIN]
    store_rationale(session, questions[0], "The answer is (A).", status=RationaleStatus.ACCEPTED)
    store_rationale(session, questions[1])
    report = run_json("checks", "run", "--dataset", "demo")
    assert (report["rationales"], report["by_check"]["leaks_letter"]) == (2, 1)
    approved = tmp_path / "approved.jsonl"
    assert run_json("export", "rationales", approved)["rationales"] == 1
    line = json.loads(approved.read_text(encoding="utf-8"))
    assert {"id", "rationale", "source", "status", "flags", "original"} <= set(line)
    assert "leaks_letter" in line["flags"]
    decisions = tmp_path / "decisions.jsonl"
    assert run_json("review", "export", decisions)["rationales"] == 2
    assert run_json("review", "import", decisions) == {
        "added": 0,
        "already_there": 2,
        "unmatched": 0,
        "conflicting": 0,
    }


def test_the_checks_are_listed_with_what_was_measured() -> None:
    rows = {row["check"]: row for row in run_json("checks", "list")["checks"]}
    assert rows["leaks_letter"]["precision"] > 0.9
    assert rows["leaks_letter"]["spoke_in"] > 0  # a share without its number says little


def test_a_status_that_is_none_is_named(tmp_path: Path) -> None:
    done = run_command("export", "rationales", tmp_path / "x.jsonl", "--include", "good")
    assert done.returncode == 1
    assert "'good' is no status" in done.stderr
