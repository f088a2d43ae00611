from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import PredictionRow, QuestionRow
from db.session import write
from scicot.pure.evaluation.crossed import measure_cell
from scicot.pure.statistics import holm
from scicot.services.evaluation.cell_comparison import (
    compare_all_methods,
    compare_methods,
    compare_seeds,
)
from scicot.services.evaluation.cells import group_cells, measure_seeds
from scicot.services.evaluation.seed_answers import list_groups, load_answers
from scicot.services.runs.runs import get_run
from scicot.words.errors import InvalidInput
from scicot.words.records import NoAnswer, Outcome, Split, StoredQuestion
from tests.builders import store_questions
from tests.cli.runner import run_command, run_json
from tests.predictions import leave_unread, store_run

STUDENT = "tiny"


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> list[StoredQuestion]:
    return list(
        store_questions(session, tmp_path / "files", dataset="arc-easy", test=40)[Split.TEST]
    )


def store(
    session: Session,
    questions: list[StoredQuestion],
    method: Any,
    seed: int,
    right: Collection[int],
    **values: Any,
) -> int:
    config = {
        "method": method,
        "dataset": "arc-easy",
        "student": STUDENT,
        "seed": seed,
        "epochs": 3,
    }
    return store_run(session, questions, right=right, method=method, config=config | values)


def compare(session: Session, a: str = "sci_cot", b: str = "finetune") -> Any:
    return compare_methods(session, a, b, dataset="arc-easy", student=STUDENT)


def test_all_seeds_of_both_methods_go_in(session: Session, questions: list[StoredQuestion]) -> None:
    for seed in range(3):
        store(session, questions, "sci_cot", seed, range(30 + seed))
        store(session, questions, "finetune", seed, range(10 + seed))
    compared = compare(session)
    assert (compared.found.seeds_a, compared.found.seeds_b) == (3, 3)
    assert compared.found.difference == pytest.approx(0.5)
    assert compared.sentence.startswith("Sci-CoT is better than Fine-tune by 50.0 points")
    assert "3 seeds each" in compared.sentence


def test_runs_alike_in_all_but_the_method_are_preferred_to_more_seeds(
    session: Session, questions: list[StoredQuestion]
) -> None:
    a = store(session, questions, "sci_cot", 0, range(30))
    for seed in range(4):
        store(session, questions, "finetune", seed, range(5), epochs=30)
    b = store(session, questions, "finetune", 0, range(25))
    compared = compare(session)
    assert (compared.cell_a.ids, compared.cell_b.ids) == ((a,), (b,))
    assert compared.differences == ""


def test_what_else_sets_two_methods_apart_is_said(
    session: Session, questions: list[StoredQuestion]
) -> None:
    store(session, questions, "sci_cot", 0, range(30))
    store(session, questions, "finetune", 0, range(5), epochs=30)
    compared = compare(session)
    assert compared.sentence.startswith("In this run ")
    assert compared.sentence.endswith(
        "These runs differ in more than the method: epochs 3 against 30."
    )


def test_a_method_without_a_finished_run_is_named(
    session: Session, questions: list[StoredQuestion]
) -> None:
    store(session, questions, "sci_cot", 0, range(30))
    with pytest.raises(InvalidInput, match="no finished run of finetune on 'arc-easy'"):
        compare(session)


def test_of_two_runs_with_one_seed_the_newer_is_in_the_cell(
    session: Session, questions: list[StoredQuestion]
) -> None:
    ids = [store(session, questions[:2], "sci_cot", seed, [0]) for seed in (1, 0, 1)]
    (cell,) = group_cells(get_run(session, run_id) for run_id in ids)
    assert cell.ids == (ids[1], ids[2])


def test_one_method_with_two_snapshots_is_compared_over_all_its_seeds(
    session: Session, questions: list[StoredQuestion]
) -> None:
    ids = {
        snapshot: [
            store(session, questions, "one_stage", seed, range(right + seed), snapshot=snapshot)
            for seed in range(3)
        ]
        for snapshot, right in (("k1", 10), ("k3", 30))
    }
    found = run_json("compare", ids["k3"][1], ids["k1"][2], "--all-seeds")
    assert (found["runs_a"], found["runs_b"]) == (ids["k3"], ids["k1"])
    assert found["difference"] == pytest.approx(0.5)
    assert found["sentence"].startswith("One-stage (k3) is better than One-stage (k1) by 50.0")
    assert found["sentence"].endswith("They differ in this: snapshot k3 against k1.")
    with pytest.raises(InvalidInput, match="differ in more than the seed"):
        compare_seeds(session, *ids["k1"][:2])


def test_the_command_prints_the_keys_that_scripts_rely_on(
    session: Session, questions: list[StoredQuestion]
) -> None:
    for seed in range(2):
        store(session, questions, "sci_cot", seed, range(30))
        store(session, questions, "finetune", seed, range(10, 25))
    found = run_json(
        *("compare", "--methods", "sci_cot", "finetune"),
        *("--dataset", "arc-easy", "--student", STUDENT),
    )
    assert (found["seeds_a"], found["seeds_b"]) == (2, 2)
    assert found["difference"] == pytest.approx(15 / 40)
    assert found["interval"][0] < found["difference"] < found["interval"][1]
    assert found["sentence"].startswith("In this run ")


def test_methods_compared_give_the_share_without_an_answer_and_why(
    session: Session, questions: list[StoredQuestion]
) -> None:
    unread = [NoAnswer.LABEL_AGAINST_TEXT, NoAnswer.CUT_OFF, NoAnswer.CUT_OFF]
    for seed in range(2):
        ours = store(session, questions, "sci_cot", seed, range(30))
        leave_unread(session, ours, questions[seed:], unread)
        store(session, questions[:20], "finetune", seed, range(10))
    words = ("--dataset", "arc-easy", "--student", STUDENT)
    methods = ("compare", "--methods", "sci_cot", "finetune")
    found = run_json(*methods, *words)
    assert (found["matched"], found["no_answer_share_a"]) == (20, 6 / 40)
    assert found["no_answer_reasons_a"] == {"label_against_text": 2, "cut_off": 4}
    assert (found["no_answer_share_b"], found["no_answer_reasons_b"]) == (0, {})
    said = "No answer: Sci-CoT 15.0\u00a0% (2 label against text, 4 cut off), Fine-tune 0.0\u00a0%."
    assert said in run_command(*methods, *words).stdout
    options = run_json(*methods, *words, "--reading", "options")
    assert (options["no_answer_share_a"], options["no_answer_reasons_a"]) == (0, {})
    store(session, questions, "one_stage", 0, range(10))
    assert said in run_command(*methods, "--also-method", "one_stage", *words).stdout


def test_every_pair_of_methods_says_whether_it_stands_after_holm(
    session: Session, questions: list[StoredQuestion]
) -> None:
    for seed in range(3):
        store(session, questions, "sci_cot", seed, range(30 + seed))
        store(session, questions, "finetune", seed, range(10 + seed))
        store(session, questions, "one_stage", seed, range(5 + seed, 16 + seed))
    pairs = compare_all_methods(
        session, ["sci_cot", "finetune", "one_stage"], dataset="arc-easy", student=STUDENT
    )
    found = [pair.compared.found for pair in pairs]
    assert [pair.adjusted_p for pair in pairs] == holm([pair.p for pair in found])
    assert [pair.stands for pair in pairs] == [True, True, False]
    assert "It stands after Holm's correction (p " in pairs[0].sentence
    said = run_json(
        *("compare", "--methods", "sci_cot", "finetune", "--also-method", "one_stage"),
        *("--dataset", "arc-easy", "--student", STUDENT),
    )
    assert [pair["holm_p"] for pair in said["pairs"]] == [pair.adjusted_p for pair in pairs]
    assert [pair["stands_after_holm"] for pair in said["pairs"]] == [pair.stands for pair in pairs]


def test_a_method_has_one_cell_in_all_its_pairs_and_the_usual_one_of_equals(
    session: Session, questions: list[StoredQuestion]
) -> None:
    ids: dict[str, tuple[int, ...]] = {}
    stored: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("letter", "finetune", {}),
        ("text", "finetune", {"answer_form": "text"}),
        ("one, text", "one_stage", {"answer_form": "text"}),
        ("one, letter", "one_stage", {}),
        ("text, usual", "sci_cot", {"answer_form": "text"}),
        ("usual", "sci_cot", {}),
        ("folds", "sci_cot", {"stage2_rationales": "cross_fit", "folds": 2}),
    )
    for name, method, values in stored:
        ids[name] = tuple(
            store(session, questions, method, seed, range(20), **values) for seed in range(2)
        )
    pairs = compare_all_methods(
        session, ["sci_cot", "finetune", "one_stage"], dataset="arc-easy", student=STUDENT
    )
    assert [(pair.compared.cell_a.ids, pair.compared.cell_b.ids) for pair in pairs] == [
        (ids["usual"], ids["letter"]),
        (ids["usual"], ids["one, letter"]),
        (ids["letter"], ids["one, letter"]),
    ]
    folds = compare_seeds(session, ids["folds"][0], ids["letter"][0])
    assert folds.name_a == "Sci-CoT (stage2 rationales cross_fit, folds 2)"
    said = run_command(
        *("compare", "--methods", "sci_cot", "finetune"),
        *("--dataset", "arc-easy", "--student", STUDENT),
    ).stdout
    runs = "; ".join(
        f"{name} {', '.join(map(str, ids[of]))}"
        for name, of in (("Sci-CoT", "usual"), ("Fine-tune", "letter"))
    )
    assert f"Runs on the test split: {runs}. Alike in: answer form letter_and_text" in said


@pytest.mark.parametrize("group", [None, "a passage"])
@pytest.mark.parametrize("seeds", [1, 2])
def test_a_cell_that_the_database_counts_is_measured_as_one_in_a_table(
    session: Session, questions: list[StoredQuestion], seeds: int, group: str | None
) -> None:
    ids = [store(session, questions, "finetune", seed, range(seed, 17)) for seed in range(seeds)]
    with write(session):
        for question in questions[10:20]:
            session.get_one(QuestionRow, question.id).group = group
        unscored = session.scalars(select(PredictionRow).where(PredictionRow.run_id == ids[0]))
        unscored.all()[-1].outcome = Outcome.UNSCORED
    groups = list_groups(session, ids)
    assert groups == ({one.id: group for one in questions[10:20]} if group else {})
    answers = load_answers(session, ids)
    expected = measure_cell(list(answers.values()), groups)
    assert expected is not None
    assert expected.questions == 39
    assert measure_seeds(session, ids) == expected


def test_a_method_that_lacks_runs_on_the_named_split_is_named(
    session: Session, questions: list[StoredQuestion]
) -> None:
    for method, split in (("sci_cot", "validation"), ("one_stage", "test")):
        store(session, questions, method, 0, [0], evaluate_on=split)
    with pytest.raises(InvalidInput, match="no finished run of sci_cot on the test split of"):
        compare_methods(
            session,
            "sci_cot",
            "one_stage",
            dataset="arc-easy",
            student=STUDENT,
            split=Split.TEST,
        )


def test_what_one_place_would_give_says_of_which_questions(
    session: Session, questions: list[StoredQuestion]
) -> None:
    first = [question for question in questions if question.answer_key == "A"]
    store(session, questions, "sci_cot", 0, range(20), evaluate_on="test")
    store(session, first, "finetune", 0, range(5), evaluate_on="test")
    words = ("compare", "--methods", "sci_cot", "finetune", "--dataset", "arc-easy")
    said = run_command(*words, "--student", STUDENT).stdout
    assert "25.0\u00a0% (Sci-CoT, on its own 40 questions), 100.0\u00a0% (Fine-tune)." in said
    found = run_json(*words, "--student", STUDENT)
    assert (found["questions_a"], found["questions_b"], found["matched"]) == (40, 10, 10)
