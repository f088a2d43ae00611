from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from scicot.services.cleaning.audits import (
    accept_pile,
    newest_audit,
    note_finding,
    start_audit,
    undo_acceptance,
)
from scicot.services.rationales.checks import refresh_flags
from scicot.services.review.queue import count_queues
from scicot.services.review.undo import undo
from scicot.words.errors import Conflict, InvalidInput, NotFound
from scicot.words.records import Actor, Split
from scicot.words.reviewing import Queue
from tests.builders import TOPICS, store_questions, store_rationale

ADA = Actor("Ada")


@pytest.fixture
def pile(session: Session, tmp_path: Path) -> list[int]:
    """Six sound rationales and one that a check speaks about."""
    questions = store_questions(session, tmp_path / "demo")[Split.TRAIN]
    ids = []
    for number, question in enumerate(questions[:6]):
        topic, key = TOPICS[number], question.key_text
        text = f"Look closely at how {topic} {key} behaves: gravity keeps pulling it, year by year."
        ids.append(store_rationale(session, question, text))
    store_rationale(session, questions[6], "The answer is (A).")
    refresh_flags(session, [*ids, ids[-1] + 1])
    return ids


def accepted(session: Session) -> int:
    return count_queues(session, ADA, "demo")[Queue.ACCEPTED]


def test_the_sample_is_drawn_from_the_clean_pile_alone(session: Session, pile: list[int]) -> None:
    audit = start_audit(session, ADA, "demo", size=4, seed=1)
    assert (audit.pile, audit.sample) == (6, 4)
    assert set(audit.left) <= set(pile)
    assert start_audit(session, ADA, "demo", size=4, seed=1).left == audit.left


def test_the_error_rate_has_its_interval(session: Session, pile: list[int]) -> None:
    audit = start_audit(session, ADA, "demo", size=4, seed=1)
    for place, one in enumerate(audit.left):
        audit = note_finding(session, ADA, audit.id, one, is_error=place == 0)
    assert (audit.read, audit.errors, audit.left) == (4, 1, [])
    assert audit.interval is not None
    assert audit.interval.low < 0.25 < audit.interval.high


def test_the_pile_is_accepted_as_one_without_the_errors_and_taken_back_as_one(
    session: Session, pile: list[int]
) -> None:
    audit = start_audit(session, ADA, "demo", size=2, seed=1)
    for place, one in enumerate(audit.left):
        note_finding(session, ADA, audit.id, one, is_error=place == 0)
    assert accept_pile(session, ADA, audit.id) == 5
    assert accept_pile(session, ADA, audit.id) == 0
    assert accepted(session) == 5
    assert undo_acceptance(session, ADA, audit.id) == 5
    assert accepted(session) == 0
    assert accept_pile(session, ADA, audit.id) == 5


def test_one_press_of_undo_never_takes_a_whole_pile_back(session: Session, pile: list[int]) -> None:
    audit = start_audit(session, ADA, "demo", size=1, seed=1)
    note_finding(session, ADA, audit.id, audit.left[0], is_error=False)
    accept_pile(session, ADA, audit.id)
    assert undo(session, ADA) == []
    assert accepted(session) == 6


def test_a_sample_half_read_accepts_nothing(session: Session, pile: list[int]) -> None:
    audit = start_audit(session, ADA, "demo", size=2, seed=1)
    with pytest.raises(Conflict, match="not read yet"):
        accept_pile(session, ADA, audit.id)
    assert accepted(session) == 0


def test_an_audit_is_found_again_by_its_reader_only(session: Session, pile: list[int]) -> None:
    audit = start_audit(session, ADA, "demo", size=2, seed=1)
    assert newest_audit(session, ADA, "demo") == audit
    assert newest_audit(session, Actor("Bob"), "demo") is None
    with pytest.raises(NotFound):
        note_finding(session, Actor("Bob"), audit.id, audit.left[0], is_error=True)


def test_an_empty_pile_cannot_be_audited(session: Session, tmp_path: Path) -> None:
    store_questions(session, tmp_path / "demo")
    with pytest.raises(InvalidInput, match="clean pile of 'demo' is empty"):
        start_audit(session, ADA, "demo", size=2, seed=1)
