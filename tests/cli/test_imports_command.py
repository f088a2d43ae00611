import json
from pathlib import Path

from tests.builders import arc_row
from tests.cli.runner import run_command, run_json


def test_arc_is_imported_once_with_the_six_counts(arc_folder: Path) -> None:
    first = run_json("import", "questions", arc_folder, "--dataset", "arc")
    assert (
        first.items()
        >= {
            "datasets": {
                "arc-challenge": {"train": 1119, "validation": 299, "test": 1172},
                "arc-easy": {"train": 2251, "validation": 570, "test": 2376},
            },
            "added": 7787,
            "already_there": 0,
            "rejected": 0,
        }.items()
    )
    second = run_json("import", "questions", arc_folder, "--dataset", "arc")
    assert (second["added"], second["already_there"]) == (0, 7787)


def test_a_bad_row_exits_1_with_one_sentence_and_no_traceback(tmp_path: Path) -> None:
    path = tmp_path / "Mine-Train.jsonl"
    path.write_text(json.dumps(arc_row(0) | {"answerKey": "Z"}))
    done = run_command("import", "questions", path, "--dataset", "mine")
    assert done.returncode == 1
    assert "Mine-Train.jsonl, row 1: answer_key 'Z' is not among A, B, C, D" in done.stderr
    assert "Traceback" not in done.stderr
    error = run_json("import", "questions", path, "--dataset", "mine", exit_code=1)
    assert error["error"].startswith("Mine-Train.jsonl, row 1")


def test_wrong_usage_exits_2() -> None:
    assert run_command("import", "questions").returncode == 2


def test_doctor_finds_a_fresh_home_healthy() -> None:
    findings = run_json("doctor")["findings"]
    assert {one["level"] for one in findings} <= {"good", "advice"}
    assert "database" in {one["area"] for one in findings}
