from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.models import PredictionRow
from db.session import write
from scicot.pure.evaluation.comparison import Cell
from scicot.services.evaluation.answered import Reading
from scicot.services.evaluation.comparison import compare_all, compare_runs, list_predicted_runs
from scicot.services.runs.runs import create_run
from scicot.words.errors import InvalidInput, NotFound
from scicot.words.records import Actor, NoAnswer, RunKind, RunStatus, Split, StoredQuestion
from tests.builders import store_questions
from tests.cli.runner import run_command, run_json
from tests.predictions import leave_unread, store_run


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> list[StoredQuestion]:
    return list(store_questions(session, tmp_path / "files", test=6)[Split.TEST])


def test_runs_are_aligned_on_question_ids(
    session: Session, questions: list[StoredQuestion]
) -> None:
    a = store_run(session, questions, right=[0, 1, 2], method="sci_cot")
    b = store_run(session, questions[:4], right=[0, 3], method="one_stage")
    found = compare_runs(session, a, b)
    ids = [one.id for one in questions]
    assert found.cells == {
        Cell.BOTH: [ids[0]],
        Cell.ONLY_A: [ids[1], ids[2]],
        Cell.ONLY_B: [ids[3]],
        Cell.NEITHER: [],
    }
    assert (found.found.matched, found.score_a.n, found.score_b.n) == (4, 6, 4)
    assert (found.matched_a.n, found.matched_b.n) == (4, 4)
    assert found.matched_a.accuracy == found.found.accuracy_a == 3 / 4
    assert found.matched_b.accuracy == found.found.accuracy_b
    assert found.sentence.startswith("In this run Sci-CoT and One-stage cannot be told apart")


def test_why_answers_could_not_be_read_is_counted_on_the_matched_questions(
    session: Session, questions: list[StoredQuestion]
) -> None:
    a = store_run(session, questions, right=[0])
    leave_unread(session, a, questions[1:], [NoAnswer.CUT_OFF, NoAnswer.CUT_OFF, NoAnswer.NONE])
    b = store_run(session, questions[:3], right=[0])
    found = compare_runs(session, a, b)
    assert (found.matched_a.no_answer, found.reasons_a, found.reasons_b) == (2, {"cut_off": 2}, {})
    assert compare_runs(session, a, b, reading=Reading.OPTIONS).reasons_a == {}
    said = run_json("compare", a, b)
    assert (said["no_answer_reasons_a"], said["no_answer_reasons_b"]) == ({"cut_off": 2}, {})
    assert "(no answer 2: 2 cut off)" in run_command("compare", a, b).stdout


def test_a_pair_of_runs_says_how_many_seeds_it_is_of(
    session: Session, questions: list[StoredQuestion]
) -> None:
    trained = store_run(session, questions, right=[0, 1], method="sci_cot")
    other = store_run(session, questions, right=[0], method="finetune")
    bare = store_run(session, questions, right=[0], method="untrained")
    brought = store_run(session, questions, right=[0])
    assert "with 1 seed each and 6 questions" in compare_runs(session, trained, other).sentence
    assert "with 1 seed of Sci-CoT and 6" in compare_runs(session, trained, bare).sentence
    assert "with 1 seed of " in compare_runs(session, brought, trained).sentence
    assert "seed" not in compare_runs(session, brought, bare).said


def test_option_reading_counts_the_most_likely_option(
    session: Session, questions: list[StoredQuestion]
) -> None:
    a = store_run(session, questions, right=[0], options_right=[0, 1, 2])
    b = store_run(session, questions, right=[0], options_right=[0])
    assert compare_runs(session, a, b).found.only_a == 0
    assert compare_runs(session, a, b, reading=Reading.OPTIONS).found.only_a == 2


def test_a_comparison_among_some_questions_leaves_the_others_out(
    session: Session, questions: list[StoredQuestion]
) -> None:
    a = store_run(session, questions, right=[0, 1])
    b = store_run(session, questions, right=[0])
    among = [one.id for one in questions[1:3] if one.id]
    found = compare_runs(session, a, b, among=among)
    assert (found.found.matched, found.found.only_a) == (2, 1)


def test_a_run_without_predictions_is_named(
    session: Session, actor: Actor, questions: list[StoredQuestion]
) -> None:
    full = store_run(session, questions, right=[])
    empty = create_run(
        session, actor, kind=RunKind.IMPORTED, name="bare", config={}, status=RunStatus.DONE
    )
    with pytest.raises(InvalidInput, match="bare"):
        compare_runs(session, full, empty)
    with pytest.raises(NotFound):
        compare_runs(session, full, 999)
    assert [run.id for run in list_predicted_runs(session)] == [full]


def test_several_pairs_share_one_error_rate(
    session: Session, questions: list[StoredQuestion]
) -> None:
    runs = [store_run(session, questions, right=right) for right in ([0, 1, 2, 3, 4, 5], [], [0])]
    pairs = compare_all(session, runs)
    assert [(pair.comparison.run_a.id, pair.comparison.run_b.id) for pair in pairs] == [
        (runs[0], runs[1]),
        (runs[0], runs[2]),
        (runs[1], runs[2]),
    ]
    raw = [pair.comparison.found.mid_p for pair in pairs]
    assert pairs[0].adjusted_p == pytest.approx(3 * raw[0])
    assert pairs[1].adjusted_p == pytest.approx(2 * raw[1])


def test_two_runs_of_one_method_keep_their_own_names(
    session: Session, questions: list[StoredQuestion]
) -> None:
    a = store_run(session, questions, right=[0], name="seed 0", method="sci_cot")
    b = store_run(session, questions, right=[1], name="seed 1", method="sci_cot")
    found = compare_runs(session, a, b)
    assert (found.name_a, found.name_b) == ("seed 0", "seed 1")


def test_what_sets_two_runs_apart_beside_the_method_is_said(
    session: Session, questions: list[StoredQuestion]
) -> None:
    stored = {"dataset": "demo", "student": "tiny", "fraction": 1.0, "seed": 0}
    a = store_run(session, questions, right=[0], method="sci_cot", config={**stored, "folds": 5})
    b = store_run(session, questions, right=[0], method="one_stage", config=stored)
    c = store_run(
        session, questions, right=[0], method="one_stage", config={**stored, "student": "big"}
    )
    assert compare_runs(session, a, b).differences == ""
    assert compare_runs(session, a, c).differences == "student tiny against big"


def test_a_run_without_option_scores_is_told_so_and_not_called_unfinished(
    session: Session, questions: list[StoredQuestion]
) -> None:
    bare = store_run(session, questions, right=[0], name="bare")
    with write(session):
        session.execute(
            update(PredictionRow).where(PredictionRow.run_id == bare).values(option_label=None)
        )
    with pytest.raises(InvalidInput, match=r"no option scores\. Count the answers that it wrote"):
        compare_runs(session, bare, bare, reading=Reading.OPTIONS)
