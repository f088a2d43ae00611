from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.models import RunRow
from db.session import write
from scicot.pure.methods.registry import make_config
from scicot.services.review.items import load_item
from scicot.services.runs.runs import create_run
from scicot.services.worth.store import store_worths
from scicot.words.records import Actor, RationaleStatus, RunKind, Split, StoredQuestion
from scicot.words.worth import Worth
from tests.builders import store_questions, store_rationale
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
    assert found["one_place_there"] == {"main": 2 / 8}
    assert found["followed"]["argues_for"]["unknown"] == {"right": 3, "wrong": 5, "no_answer": 0}
    assert (found["followed"]["share"], found["followed"]["without_rationale"]) == (None, None)
    assert "cannot be told " in run_command("faults", runs[0]).stdout
    refused = run_json("attribute", runs[1], exit_code=1)
    assert "Choose a Sci-CoT run" in refused["error"]


def test_what_compare_says_is_of_the_questions_that_both_answered(
    session: Session, questions: list[StoredQuestion]
) -> None:
    a = store_run(session, questions, right=[0], unreadable=[6, 7], name="whole")
    b = store_run(session, questions[:5], right=[0], name="part")
    found = run_json("compare", a, b, "--reading", "options")
    assert (found["matched"], found["questions_a"], found["questions_b"]) == (5, 8, 5)
    assert (found["no_answer_a"], found["reading"]) == (0, "options")
    assert found["interval_a"][0] < found["accuracy_a"] < found["interval_a"][1]
    said = run_command("compare", a, b).stdout
    assert "whole 20.0\u00a0% [3.6, 62.4] (no answer 0)" in said


def test_a_share_of_right_answers_says_of_how_many(session: Session) -> None:
    create_run(session, Actor("Ada"), kind=RunKind.IMPORTED, name="made", config={})
    with write(session):
        metrics = {"accuracy": 0.5, "questions": 1200, "same_place": 0.25}
        session.execute(update(RunRow).values(result={"metrics": metrics}))
    assert (
        "(50.0\u00a0% of 1,200 right; one place always 25.0\u00a0%)"
        in run_command("runs", "list").stdout
    )


def test_an_auc_says_of_how_many_rejected_and_approved_texts(
    session: Session, tmp_path: Path
) -> None:
    questions = store_questions(session, tmp_path / "files", train=4)[Split.TRAIN]
    run = create_run(session, Actor("Ada"), kind=RunKind.WORTH, name="worth", config={})
    for place, question in enumerate(questions):
        status = RationaleStatus.ACCEPTED if place else RationaleStatus.REJECTED
        rationale_id = store_rationale(session, question, status=status)
        revision = load_item(session, Actor("Ada"), rationale_id).rationale.revision_id
        worth = {(rationale_id, revision): Worth(0.1 * place, 0.0, "A", "A", "A")}
        store_worths(session, run, "run 1", worth)
    said = run_command("worth", "show", "--dataset", "demo").stdout
    assert "against reject (1 rejected, 3 approved)" in said
