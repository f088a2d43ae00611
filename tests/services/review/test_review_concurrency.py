"""Many reviewers on few rationales, each in a process of its own."""

import random
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import RationaleRow, ReviewRow, RevisionRow
from db.session import open_session
from scicot.services.review.items import load_items
from scicot.services.review.verdicts import decide
from scicot.words.errors import DatabaseBusy, DecidedMeanwhile, StaleRevision
from scicot.words.records import Actor, Cause, Split, Verdict
from scicot.words.settings import Settings
from tests.builders import store_questions, store_rationale
from tests.soak.kills import forking


def work(url: str, seed: int, decisions: int, ids: list[int]) -> tuple[int, int, int]:
    """Return how many verdicts were written, how many of them edits, and how many were refused."""
    draw = random.Random(seed)
    written = edits = refused = 0
    with open_session(url) as session:
        for number in range(decisions):
            is_edit = draw.random() < 0.5
            text = f"Text {number} of {seed}." if is_edit else None
            try:
                press(
                    session, Actor(f"reviewer {seed}"), draw.choice(ids), text, f"{seed}-{number}"
                )
            except StaleRevision as error:
                refused += error.current_text != error.submitted_text
            except DecidedMeanwhile:
                refused += 1
            else:
                written += 1
                edits += is_edit
    return written, edits, refused


def press(session: Session, actor: Actor, one: int, text: str | None, operation: str) -> None:
    """Read a rationale, then decide on it; what a busy database did not take is sent again."""
    (item,) = load_items(session, actor, [one])
    verdict = Verdict.ACCEPT if text is None else Verdict.EDIT
    revision = item.rationale.revision_id
    while True:
        try:
            decide(
                session,
                actor,
                one,
                revision,
                verdict,
                text,
                operation_id=operation,
                seen=item.rationale.status,
            )
        except DatabaseBusy:
            continue
        return


def run_reviewers(
    session: Session, settings: Settings, folder: Path, *, processes: int, decisions: int, few: int
) -> None:
    questions = store_questions(session, folder / "demo", train=few)[Split.TRAIN]
    ids = [store_rationale(session, question) for question in questions]
    url = settings.resolved_database_url
    with forking().Pool(processes) as pool:
        jobs = [(url, seed, decisions, ids) for seed in range(processes)]
        done = pool.starmap(work, jobs)
    session.expire_all()
    written, edits, refused = (sum(column) for column in zip(*done, strict=True))
    assert written + refused == processes * decisions
    assert session.scalar(select(func.count()).select_from(ReviewRow)) == written
    edited = select(func.count()).where(RevisionRow.cause == Cause.EDITED)
    assert session.scalar(edited) == edits
    for rationale_id, revision_id in session.execute(
        select(RationaleRow.id, RationaleRow.revision_id)
    ):
        numbers = session.scalars(
            select(RevisionRow.number)
            .where(RevisionRow.rationale_id == rationale_id)
            .order_by(RevisionRow.id)
        ).all()
        assert list(numbers) == list(range(1, len(numbers) + 1))
        newest = select(func.max(RevisionRow.id)).where(RevisionRow.rationale_id == rationale_id)
        assert session.scalar(newest) == revision_id


def test_no_decision_of_reviewers_at_once_is_lost(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    run_reviewers(session, settings, tmp_path, processes=4, decisions=12, few=4)


@pytest.mark.slow
def test_twenty_reviewers_decide_five_thousand_times_and_none_is_lost(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    run_reviewers(session, settings, tmp_path, processes=20, decisions=250, few=50)
