from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from scicot.pure.methods.registry import make_config
from scicot.words.records import Split, StoredQuestion
from tests.builders import store_questions
from tests.cli.runner import run_command, run_json
from tests.predictions import store_experiment, store_run

COMPARE_KEYS = (
    "matched both only_a only_b neither accuracy_a accuracy_b difference interval "
    "mcnemar_mid_p sentence"
)


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> list[StoredQuestion]:
    made = store_questions(session, tmp_path / "files", dataset="arc-easy", test=8)
    return list(made[Split.TEST])


@pytest.fixture
def runs(session: Session, questions: list[StoredQuestion]) -> tuple[int, int]:
    config = make_config(method="sci_cot", dataset="arc-easy", snapshot="s", evaluate_on="test")
    a = store_run(
        session,
        questions,
        right=[0, 1, 2],
        method="sci_cot",
        config=config.model_dump(mode="json"),
    )
    return a, store_run(session, questions, right=[0, 3], name="peer")


def test_compare_prints_the_keys_that_scripts_rely_on(runs: tuple[int, int]) -> None:
    found = run_json("compare", runs[0], runs[1], "--also", str(runs[1]))
    assert set(COMPARE_KEYS.split()) <= set(found)
    assert [found[key] for key in ("matched", "both", "only_a", "only_b", "neither")] == [
        8,
        1,
        2,
        1,
        4,
    ]
    assert (found["accuracy_a"], found["accuracy_b"]) == (3 / 8, 2 / 8)
    assert found["difference"] == 1 / 8
    assert found["interval"][0] <= found["difference"] <= found["interval"][1]
    assert found["mcnemar_mid_p"] == 1 - 3 / 8  # P(X <= 1) - half P(X = 1), doubled, of 3
    assert (found["only_a_ids"], found["only_b_ids"]) == (["Test-1", "Test-2"], ["Test-3"])
    assert len(found["pairs"]) == 3


def test_an_experiment_is_meant_by_its_name_or_its_number(
    session: Session, questions: list[StoredQuestion], runs: tuple[int, int]
) -> None:
    number = store_experiment(session, "claim")
    config = make_config(method="finetune", dataset="arc-easy", evaluate_on="test")
    store_run(
        session,
        questions,
        right=[0],
        method="finetune",
        config=config.model_dump(mode="json"),
        experiment_id=number,
    )
    found = [run_json("results", "--experiment", named) for named in ("claim", str(number))]
    assert found[0] == found[1]
    assert found[0]["experiment"] == number
    assert len(found[0]["runs"]) == 1
    for named in ("clain", "99"):
        missing = run_json("results", "--experiment", named, exit_code=1)
        assert f"{number} (claim)" in missing["error"]


def test_a_run_that_is_not_there_is_said_in_a_sentence(runs: tuple[int, int]) -> None:
    found = run_json("compare", runs[0], "99", exit_code=1)
    assert "There is no run '99'" in found["error"]


def test_results_prints_ours_beside_the_papers(runs: tuple[int, int]) -> None:
    found = run_json("results")
    assert {line["run"] for line in found["runs"]} == set(runs)
    assert "**My runs.**" in run_command("results").stdout
    (table,) = [one for one in found["tables"] if one["key"] == "table_2"]
    cells = {row["label"]: row["cells"]["ARC-E"] for row in table["rows"]}
    assert cells["Sci-CoT"]["paper"] == pytest.approx(0.4373)
    assert cells["Sci-CoT"]["ours"] == 3 / 8
    assert cells["One-stage"]["ours"] is None
    assert r"\begin{tabular}" in run_command("results", "--format", "latex").stdout
    assert run_json("results", "--settings", found["shown_set"])["tables"] == found["tables"]
    refused = run_json("results", "--settings", "nosuch", exit_code=1)
    assert f"there are: {found['shown_set']}: the only ones" in refused["error"]


def test_predictions_go_out_and_come_back_under_another_name(
    runs: tuple[int, int], tmp_path: Path
) -> None:
    path = tmp_path / "out.jsonl"
    assert run_json("export", "predictions", runs[0], path)["predictions"] == 8
    row = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    assert {"id", "rationale", "output", "label", "answer_key", "outcome"} <= set(row)
    words = ("--dataset", "arc-easy", "--split", "test", "--name", "again")
    found = run_json("import", "predictions", path, *words)
    assert (found["added"], found["no_answer"], found["rejected"]) == (8, 0, 0)
    path.write_text('{"id": "nowhere", "output": "B"}\n', encoding="utf-8")
    refused = run_json("import", "predictions", path, *words[:-1], "third", exit_code=1)
    assert "row 1: there is no question 'nowhere'" in refused["error"]


def test_report_writes_one_file(runs: tuple[int, int], tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    found = run_json("report", "--out", path)
    assert (found["runs"], found["pairs"]) == (2, 1)
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_faults_are_counted(runs: tuple[int, int]) -> None:
    found = run_json("faults", runs[0])
    assert (found["errors"], found["faults"]["unknown"]) == (5, 5)
    refused = run_json("attribute", runs[1], exit_code=1)
    assert "Choose a Sci-CoT run" in refused["error"]
