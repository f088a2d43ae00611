"""Two reviewers and one rationale: no verdict is overridden by one that has not seen it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.models import LeaseRow, ReviewRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.services.review.desk import ReviewDesk
from scicot.services.review.items import load_item
from scicot.services.review.leases import take_leases
from scicot.words.records import Actor, RationaleStatus, Split
from tests.builders import store_questions, store_rationale

ADA, BOB = Actor("Ada"), Actor("Bob")


@pytest.fixture
def rationale_id(session: Session, tmp_path: Path) -> int:
    question = store_questions(session, tmp_path / "data")[Split.TRAIN][0]
    return store_rationale(session, question)


def press(
    session: Session, rationale_id: int, verdict: str, seen: str, op: str
) -> dict[str, object]:
    revision = load_item(session, ADA, rationale_id).rationale.revision_id
    return {
        "op": op,
        "kind": "decide",
        "id": rationale_id,
        "revision": revision,
        "after": None,
        "status": seen,
        "verdict": verdict,
        "text": None,
        "reason": None,
    }


def test_anothers_verdict_is_shown_and_asked_about(session: Session, rationale_id: int) -> None:
    ada, bob = ReviewDesk(session, ADA), ReviewDesk(session, BOB)
    ada.carry_out([press(session, rationale_id, "accept", "unreviewed", "a")])
    answer = bob.carry_out([press(session, rationale_id, "reject", "unreviewed", "b")])["b"]
    assert answer.error is not None
    assert "Ada has decided" in answer.error
    assert answer.conflict is not None
    assert answer.conflict.rationale.status is RationaleStatus.ACCEPTED
    assert session.scalars(select(ReviewRow.reviewer)).all() == ["Ada"]
    again = bob.carry_out([press(session, rationale_id, "reject", "accepted", "c")])["c"]
    assert again.error is None
    assert load_item(session, BOB, rationale_id).rationale.status is RationaleStatus.REJECTED


def test_ones_own_change_of_mind_asks_nothing(session: Session, rationale_id: int) -> None:
    ada = ReviewDesk(session, ADA)
    ada.carry_out([press(session, rationale_id, "accept", "unreviewed", "a")])
    assert (
        ada.carry_out([press(session, rationale_id, "reject", "unreviewed", "b")])["b"].error
        is None
    )


def test_a_verdict_after_the_lease_went_to_another_reader_is_not_written(
    session: Session, rationale_id: int
) -> None:
    take_leases(session, ADA, [rationale_id])
    with write(session):
        past = utc_now() - timedelta(minutes=1)
        session.execute(update(LeaseRow).values(expires_at=past))
    assert take_leases(session, BOB, [rationale_id]) == {rationale_id}
    late = press(session, rationale_id, "accept", "unreviewed", "a")
    answer = ReviewDesk(session, ADA).carry_out([late])["a"]
    assert answer.error is not None
    assert "Bob is reading" in answer.error
    assert load_item(session, ADA, rationale_id).rationale.status is RationaleStatus.UNREVIEWED
