from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from scicot.services.review.items import load_item
from scicot.services.review.policies import FIRST_GUIDELINES, get_policy, save_policy
from scicot.services.review.queue import count_queues, next_items
from scicot.services.review.second_readings import agreement, read_again
from scicot.services.review.undo import undo
from scicot.services.review.verdicts import decide
from scicot.words.errors import Conflict, InvalidInput
from scicot.words.records import Actor, RationaleStatus, Split, Verdict
from scicot.words.reviewing import Queue, QueueFilter
from tests.builders import store_questions, store_rationale

ADA, BOB, EVE = Actor("Ada"), Actor("Bob"), Actor("Eve")


@pytest.fixture
def rationale_id(session: Session, tmp_path: Path) -> int:
    """A rationale of a dataset that is read twice throughout."""
    question = store_questions(session, tmp_path / "demo")[Split.TRAIN][0]
    save_policy(session, ADA, "demo", guidelines=FIRST_GUIDELINES, second_share=1.0)
    return store_rationale(session, question)


def judge(session: Session, actor: Actor, rationale_id: int, verdict: Verdict) -> None:
    now = load_item(session, actor, rationale_id).rationale
    operation = f"{actor.name}-{verdict}"
    decide(
        session,
        actor,
        rationale_id,
        now.revision_id,
        verdict,
        operation_id=operation,
        seen=now.status,
    )


def in_queue(session: Session, actor: Actor, queue: Queue) -> int:
    count = count_queues(session, actor, "demo")[queue]
    assert len(next_items(session, actor, QueueFilter("demo", queue))) == count
    return count


def test_what_one_has_read_another_reads_again(session: Session, rationale_id: int) -> None:
    judge(session, ADA, rationale_id, Verdict.ACCEPT)
    assert in_queue(session, ADA, Queue.SECOND) == 0
    assert in_queue(session, BOB, Queue.SECOND) == 1
    assert read_again(session, BOB, rationale_id, Verdict.ACCEPT, operation_id="bob") is True
    assert in_queue(session, BOB, Queue.SECOND) == 0
    measured = agreement(session, "demo")
    assert measured is not None
    assert (measured.n, measured.share) == (1, 1.0)


def test_a_second_reader_sees_what_the_first_one_saw_and_not_their_verdict(
    session: Session, rationale_id: int
) -> None:
    before = load_item(session, ADA, rationale_id).rationale
    text = "Ada's better text."
    decide(session, ADA, rationale_id, before.revision_id, Verdict.EDIT, text, operation_id="ada")
    (item,) = next_items(session, BOB, QueueFilter("demo", Queue.SECOND))
    assert item.rationale.text == before.text
    assert item.rationale.status is RationaleStatus.UNREVIEWED
    assert (item.verdict, item.reviewer) == (None, None)


def test_a_skip_is_no_first_reading(session: Session, rationale_id: int) -> None:
    judge(session, ADA, rationale_id, Verdict.SKIP)
    assert in_queue(session, BOB, Queue.SECOND) == 0


def test_nobody_reads_their_own_again(session: Session, rationale_id: int) -> None:
    judge(session, ADA, rationale_id, Verdict.ACCEPT)
    with pytest.raises(Conflict, match="somebody else"):
        read_again(session, ADA, rationale_id, Verdict.ACCEPT, operation_id="ada-2")


def test_a_disagreement_waits_until_a_third_look_settles_it(
    session: Session, rationale_id: int
) -> None:
    judge(session, ADA, rationale_id, Verdict.ACCEPT)
    assert read_again(session, BOB, rationale_id, Verdict.REJECT, operation_id="bob") is False
    assert read_again(session, BOB, rationale_id, Verdict.REJECT, operation_id="bob") is False
    assert load_item(session, EVE, rationale_id).rationale.status is RationaleStatus.ACCEPTED
    assert in_queue(session, EVE, Queue.CONFLICTING) == 1
    judge(session, EVE, rationale_id, Verdict.REJECT)
    assert in_queue(session, EVE, Queue.CONFLICTING) == 0
    assert load_item(session, EVE, rationale_id).rationale.status is RationaleStatus.REJECTED


def test_undo_takes_a_reading_back_step_by_step(session: Session, rationale_id: int) -> None:
    judge(session, ADA, rationale_id, Verdict.ACCEPT)
    read_again(session, BOB, rationale_id, Verdict.REJECT, operation_id="bob")
    judge(session, EVE, rationale_id, Verdict.REJECT)
    undo(session, EVE)
    assert in_queue(session, EVE, Queue.CONFLICTING) == 1
    undo(session, BOB)
    assert in_queue(session, BOB, Queue.SECOND) == 1
    undo(session, ADA)
    assert in_queue(session, BOB, Queue.SECOND) == 0
    assert agreement(session, "demo") is None


def test_a_second_reading_accepts_or_rejects(session: Session, rationale_id: int) -> None:
    judge(session, ADA, rationale_id, Verdict.ACCEPT)
    with pytest.raises(InvalidInput, match="accepts or rejects"):
        read_again(session, BOB, rationale_id, Verdict.EDIT, operation_id="bob")


def test_a_share_beyond_all_is_refused(session: Session, rationale_id: int) -> None:
    with pytest.raises(InvalidInput, match="fraction of 0 to 1"):
        save_policy(session, ADA, "demo", guidelines="Read.", second_share=1.5)


def test_guidelines_are_versioned_and_the_same_again_is_no_version(
    session: Session, rationale_id: int
) -> None:
    assert get_policy(session, "demo").version == 1
    assert save_policy(session, ADA, "demo", guidelines="Read.", second_share=0.1).version == 2
    assert save_policy(session, BOB, "demo", guidelines="Read.", second_share=0.1).version == 2
