from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from db.models import RunRow
from db.session import write
from scicot.pure.methods.registry import make_config
from scicot.services.evaluation.teachers import compare_teachers
from scicot.services.training.snapshots import create_snapshot
from scicot.words.records import Actor, RationaleStatus, Split
from tests.builders import store_questions, store_rationale
from tests.predictions import store_trained


@pytest.fixture
def runs(session: Session, tmp_path: Path) -> tuple[int, int]:
    """Two runs on a snapshot of one teacher's texts, which the first of them does not read."""
    questions = store_questions(session, tmp_path / "files", validation=6)
    store_rationale(session, questions[Split.TRAIN][0], status=RationaleStatus.ACCEPTED)
    snapshot = create_snapshot(session, Actor("Ada"), name="s", dataset="demo")
    ids = [
        store_trained(
            session,
            questions[Split.VALIDATION],
            make_config(method=method, dataset="demo", snapshot="s"),
        )
        for method in ("finetune", "one_stage")
    ]
    with write(session):
        for run_id in ids:
            session.get_one(RunRow, run_id).snapshot_id = snapshot.id
    return ids[0], ids[1]


def test_a_student_that_read_no_rationale_was_not_made_by_a_teacher(
    session: Session, runs: tuple[int, int]
) -> None:
    (line,) = compare_teachers(session, "demo").lines
    assert [made.runs for made in line.students] == [(runs[1],)]


def test_a_students_accuracy_says_over_how_many_questions_and_of_which_run(
    session: Session, runs: tuple[int, int]
) -> None:
    (line,) = compare_teachers(session, "demo").lines
    (made,) = line.students
    assert made.say().endswith(
        f"(1 seed, 6 questions; one place always 33.3\u00a0%; run {runs[1]})"
    )
