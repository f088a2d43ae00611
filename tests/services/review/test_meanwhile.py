"""Two reviewers and one rationale: no verdict is overridden by one that has not seen it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.models import LeaseRow, ReviewRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.pure.cleaning.rules import Rule
from scicot.services.cleaning.audits import accept_pile, note_finding, start_audit
from scicot.services.cleaning.batches import apply_saved_rule, revert_batch
from scicot.services.cleaning.rules import preview_rule, save_rule
from scicot.services.review import queue
from scicot.services.review.desk import ReviewDesk
from scicot.services.review.items import load_item
from scicot.services.review.leases import take_leases
from scicot.services.review.undo import restore_revision, undo
from scicot.words.errors import Conflict, DecidedMeanwhile
from scicot.words.records import Actor, RationaleStatus, RuleKind, Split
from scicot.words.reviewing import QueueFilter
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


def test_what_was_decided_between_being_found_and_leased_is_not_shown(
    session: Session, rationale_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def after_ada(session: Session, actor: Actor, ids: Sequence[int]) -> set[int]:
        ReviewDesk(session, ADA).carry_out(
            [press(session, rationale_id, "accept", "unreviewed", "a")]
        )
        return take_leases(session, actor, ids)

    monkeypatch.setattr(queue, "take_leases", after_ada)
    shown = queue.next_items(session, BOB, QueueFilter("demo"))
    assert [item.rationale.id for item in shown] == []


def decide(session: Session, actor: Actor, rationale_id: int, verdict: str, seen: str) -> str:
    """Press once under an operation of its own, and return what the desk said against it."""
    operation = press(session, rationale_id, verdict, seen, uuid.uuid4().hex)
    (answer,) = ReviewDesk(session, actor).carry_out([operation]).values()
    return answer.error or ""


def test_a_verdict_taken_back_since_is_asked_about_too(session: Session, rationale_id: int) -> None:
    decide(session, ADA, rationale_id, "skip", "unreviewed")
    undo(session, ADA)
    assert "taken a verdict back" in decide(session, BOB, rationale_id, "accept", "skipped")
    assert decide(session, BOB, rationale_id, "accept", "unreviewed") == ""


def test_a_press_that_does_not_say_what_it_saw_saw_nothing_decided(
    session: Session, rationale_id: int
) -> None:
    decide(session, ADA, rationale_id, "accept", "unreviewed")
    operation = press(session, rationale_id, "reject", "unreviewed", "old") | {"status": None}
    answer = ReviewDesk(session, BOB).carry_out([operation])["old"]
    assert "Ada has decided" in (answer.error or "")


def test_nothing_is_taken_back_under_another_reader(session: Session, rationale_id: int) -> None:
    decide(session, ADA, rationale_id, "skip", "unreviewed")
    take_leases(session, BOB, [rationale_id])
    with pytest.raises(Conflict, match="Bob is reading"):
        undo(session, ADA)
    assert load_item(session, ADA, rationale_id).rationale.status is RationaleStatus.SKIPPED


def test_the_clean_pile_leaves_what_another_is_reading(session: Session, rationale_id: int) -> None:
    audit = start_audit(session, ADA, "demo", size=1, seed=0)
    note_finding(session, ADA, audit.id, rationale_id, is_error=False)
    take_leases(session, BOB, [rationale_id])
    assert accept_pile(session, ADA, audit.id) == 0
    assert load_item(session, ADA, rationale_id).rationale.status is RationaleStatus.UNREVIEWED


def test_an_older_text_does_not_come_back_over_anothers_verdict(
    session: Session, rationale_id: int
) -> None:
    first = load_item(session, ADA, rationale_id).rationale
    edit = press(session, rationale_id, "edit", "unreviewed", "e") | {"text": "Another text."}
    ReviewDesk(session, ADA).carry_out([edit])
    current = load_item(session, ADA, rationale_id).rationale.revision_id
    with pytest.raises(DecidedMeanwhile, match="Ada has decided"):
        restore_revision(
            session,
            BOB,
            rationale_id,
            first.revision_id,
            current_revision_id=current,
            seen=RationaleStatus.UNREVIEWED,
            operation_id="r",
        )


def test_a_rule_is_not_applied_to_what_was_decided_since_nor_reverted_over_a_verdict(
    session: Session, rationale_id: int
) -> None:
    saved = save_rule(session, ADA, "shorter", Rule(RuleKind.LITERAL, "follows from", "follows"))
    planned = preview_rule(session, "demo", saved.rule)
    decide(session, BOB, rationale_id, "accept", "unreviewed")
    with pytest.raises(Conflict, match="accepted now"):
        apply_saved_rule(session, ADA, "demo", saved, planned, operation_id="one")
    planned = preview_rule(session, "demo", saved.rule)
    batch = apply_saved_rule(session, ADA, "demo", saved, planned, operation_id="two")
    assert decide(session, BOB, rationale_id, "accept", "edited") == ""
    assert revert_batch(session, ADA, batch.id) == (0, 1)
    assert "follows what" in load_item(session, BOB, rationale_id).rationale.text


def test_who_asks_in_the_same_moment_as_others_gets_what_is_further_down(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = store_questions(session, tmp_path / "data")[Split.TRAIN]
    ids = {store_rationale(session, question) for question in questions[:6]}
    others = [Actor("Bob"), Actor("Eve")]

    def raced(session: Session, actor: Actor, found: Sequence[int]) -> set[int]:
        if others:  # first again
            take_leases(session, others.pop(), found)
        return take_leases(session, actor, found)

    monkeypatch.setattr(queue, "take_leases", raced)
    shown = queue.next_items(session, ADA, QueueFilter("demo"), size=2)
    assert len(shown) == 2
    assert {item.rationale.id for item in shown} <= ids
    assert others == []
