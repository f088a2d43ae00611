import json
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.base import Base
from db.models import DatasetRow, RationaleRow
from scicot.adapters.demo_file import DEMO_FOLDER, PACKED
from scicot.services.demo.demonstration import (
    add_demonstration,
    find_demonstration,
    remove_demonstration,
    say_own_work,
)
from scicot.services.evaluation.comparison import compare_runs, list_predicted_runs
from scicot.services.evaluation.pairs import default_pair
from scicot.services.questions.lookup import count_questions
from scicot.services.review.items import load_item
from scicot.services.review.queue import count_queues
from scicot.services.review.verdicts import decide
from scicot.services.runs.runs import list_metrics, list_runs
from scicot.services.system.invariants import find_violations
from scicot.services.training.snapshots import list_snapshots, snapshot_texts
from scicot.words.errors import Conflict
from scicot.words.records import Actor, RationaleStatus, RunKind, RunStatus, Verdict
from scicot.words.reviewing import Queue
from scicot.words.settings import Settings
from tests.builders import store_questions

ADA = Actor("Ada")


def rows_by_table(session: Session) -> dict[str, int]:
    """What may be left when it is gone: the log of who did what, and what belongs to no dataset."""
    kept = ("deed", "preference", "prompt", "tag", "price")
    return {
        table.name: count
        for table in Base.metadata.sorted_tables
        if table.name not in kept
        and (count := session.scalar(select(func.count()).select_from(table)))
    }


def test_the_demonstration_has_something_for_every_page_and_leaves_without_a_trace(
    session: Session, settings: Settings
) -> None:
    demonstration = add_demonstration(session, ADA)
    assert add_demonstration(session, ADA) == demonstration  # a second press changes nothing
    assert find_violations(session) == []
    assert sum(count_questions(session)[demonstration.dataset].values()) == 60
    queues = count_queues(session, ADA, demonstration.dataset)
    lines = (DEMO_FOLDER / "decisions.jsonl").read_text(encoding="utf-8").splitlines()
    decided = {json.loads(line)["id"] for line in lines}
    assert queues[Queue.UNREVIEWED] == queues[Queue.ALL] - len(decided) == len(decided)
    (snapshot,) = list_snapshots(session)
    assert len(snapshot_texts(session, snapshot.id)) == snapshot.items
    trained = list_runs(session, kinds=[RunKind.TRAIN], statuses=[RunStatus.DONE])
    assert {run.method for run in trained} == {"finetune", "one_stage", "sci_cot"}
    assert all(list_metrics(session, run.id, "loss") for run in trained)
    pair = default_pair(list_predicted_runs(session))
    assert pair is not None
    compared = compare_runs(session, *pair)
    assert sum(map(len, compared.cells.values())) == 18
    assert say_own_work(session, demonstration) == ""
    first = next(iter(_unreviewed(session)))
    revision = load_item(session, ADA, first).rationale.revision_id
    decide(session, ADA, first, revision, Verdict.ACCEPT, operation_id="mine")
    assert say_own_work(session, demonstration) == "1 decision"
    remove_demonstration(session, settings, ADA)
    assert find_demonstration(session) is None
    assert rows_by_table(session) == {}


def _unreviewed(session: Session) -> list[int]:
    query = select(RationaleRow.id).where(RationaleRow.status == RationaleStatus.UNREVIEWED)
    return list(session.scalars(query))


def test_it_comes_into_no_workspace_that_holds_something_else(
    session: Session, tmp_path: Path
) -> None:
    store_questions(session, tmp_path / "files", dataset="mine")
    with pytest.raises(Conflict, match="'mine'"):
        add_demonstration(session, ADA)
    assert session.scalars(select(DatasetRow.name)).all() == ["mine"]


def test_what_others_bring_after_it_stays_when_it_goes(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    add_demonstration(session, ADA)
    store_questions(session, tmp_path / "files", dataset="mine")
    before = count_questions(session)["mine"]
    remove_demonstration(session, settings, ADA)
    assert count_questions(session) == {"mine": before}


def test_it_is_small_enough_to_travel_with_the_package() -> None:
    assert PACKED.stat().st_size < 300_000
