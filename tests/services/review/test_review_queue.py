from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.models import LeaseRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.services.rationales.checks import refresh_flags
from scicot.services.review.drafts import save_draft
from scicot.services.review.queue import (
    count_filtered,
    count_queues,
    list_reviewers,
    list_sources,
    next_items,
)
from scicot.services.review.verdicts import decide
from scicot.words.errors import InvalidInput
from scicot.words.patterns import LONGEST_PATTERN, check_pattern
from scicot.words.records import Actor, Origin, Split, StoredQuestion, Verdict
from scicot.words.reviewing import Queue, QueueFilter
from tests.builders import store_questions, store_rationale

ADA, BOB = Actor("Ada"), Actor("Bob")
DEMO = QueueFilter("demo")


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> list[StoredQuestion]:
    return list(store_questions(session, tmp_path / "demo")[Split.TRAIN])


def ids(session: Session, wanted: QueueFilter = DEMO, actor: Actor = ADA, **more: Any) -> list[int]:
    return [one.rationale.id for one in next_items(session, actor, wanted, **more)]


def judge(session: Session, rationale_id: int, verdict: Verdict, actor: Actor = ADA) -> None:
    item = next_items(session, actor, replace(DEMO, queue=Queue.ALL), first=rationale_id)[0]
    decide(
        session,
        actor,
        rationale_id,
        item.rationale.revision_id,
        verdict,
        operation_id=f"{verdict}-{rationale_id}-{actor.name}",
        seen=item.rationale.status,
    )


def test_the_riskiest_comes_first_and_the_clean_pile_stands_apart(
    session: Session, questions: list[StoredQuestion]
) -> None:
    clean = store_rationale(session, questions[1], "Moon fact b1 is so since it keeps its side.")
    bad = store_rationale(session, questions[2], "The answer is (A).")
    refresh_flags(session, [clean, bad])
    assert ids(session)[0] == bad
    assert ids(session, replace(DEMO, queue=Queue.FLAGGED)) == [bad, clean][:1]
    counts = count_queues(session, ADA, "demo")
    assert (counts[Queue.UNREVIEWED], counts[Queue.FLAGGED], counts[Queue.CLEAN]) == (2, 1, 1)


def test_a_decided_rationale_moves_to_the_queue_of_its_verdict(
    session: Session, questions: list[StoredQuestion]
) -> None:
    one, two = (store_rationale(session, question) for question in questions[:2])
    judge(session, one, Verdict.ACCEPT)
    judge(session, two, Verdict.SKIP)
    assert ids(session) == []
    assert ids(session, replace(DEMO, queue=Queue.ACCEPTED)) == [one]
    assert ids(session, replace(DEMO, queue=Queue.SKIPPED)) == [two]


def test_two_reviewers_are_handed_different_rationales(
    session: Session, questions: list[StoredQuestion]
) -> None:
    for question in questions:
        store_rationale(session, question)
    ada, bob = ids(session, size=4), ids(session, actor=BOB, size=4)
    assert len(set(ada) | set(bob)) == 8
    assert ids(session, size=4) == ada


def test_a_lease_that_has_expired_returns(
    session: Session, questions: list[StoredQuestion]
) -> None:
    one = store_rationale(session, questions[0])
    assert ids(session) == [one]
    assert ids(session, actor=BOB) == []
    with write(session):
        session.execute(update(LeaseRow).values(expires_at=utc_now() - timedelta(seconds=1)))
    assert ids(session, actor=BOB) == [one]


def test_a_lease_of_a_clock_that_was_put_back_holds_nobody_up(
    session: Session, questions: list[StoredQuestion]
) -> None:
    one = store_rationale(session, questions[0])
    assert ids(session) == [one]
    with write(session):
        session.execute(update(LeaseRow).values(expires_at=utc_now() + timedelta(days=400)))
    assert ids(session, actor=BOB) == [one]


def test_leases_are_given_back_when_the_filter_changes(
    session: Session, questions: list[StoredQuestion]
) -> None:
    one = store_rationale(session, questions[0])
    ids(session)
    ids(session, replace(DEMO, source="somebody else"))
    assert ids(session, actor=BOB) == [one]


def test_what_the_screen_holds_already_is_not_sent_again(
    session: Session, questions: list[StoredQuestion]
) -> None:
    stored = [store_rationale(session, question) for question in questions[:3]]
    assert ids(session, have=stored[:2]) == stored[2:]


def test_a_link_brings_its_rationale_first_whatever_the_filter(
    session: Session, questions: list[StoredQuestion]
) -> None:
    one, two = (store_rationale(session, question) for question in questions[:2])
    judge(session, one, Verdict.ACCEPT)
    assert ids(session, first=one) == [one, two]


def test_filters_leave_what_they_name(session: Session, questions: list[StoredQuestion]) -> None:
    long = store_rationale(session, questions[0], "Because " + "water flows downhill " * 20)
    short = store_rationale(session, questions[1], "Ice.", source="peer")
    human = store_rationale(session, questions[2], "Iron rusts.", origin=Origin.HUMAN)
    refresh_flags(session, [long, short, human])
    every = replace(DEMO, queue=Queue.ALL)
    for wanted, expected in (
        (replace(every, source="peer"), {short}),
        (replace(every, shortest=100), {long}),
        (replace(every, longest=10), {short}),
        (replace(every, pattern=r"^I\w+ rusts"), {human}),
        (replace(every, check="repeats_itself"), {long}),
        (replace(every, changed=False), {long, short, human}),
        (replace(every, changed=True), set()),
    ):
        assert set(ids(session, wanted)) == expected
        assert count_filtered(session, ADA, wanted) == len(expected)
    judge(session, short, Verdict.ACCEPT, BOB)
    assert ids(session, replace(every, reviewer="Bob")) == [short]
    assert list_sources(session, "demo") == ["peer", "starter"]
    assert list_reviewers(session) == ["Bob"]


@pytest.mark.parametrize("pattern", ["(a", "x" * (LONGEST_PATTERN + 1)])
def test_a_pattern_that_cannot_be_used_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidInput):
        check_pattern(pattern)


@pytest.mark.sqlite  # whose expressions are ours; PostgreSQL has its own
def test_a_pattern_that_backtracks_without_end_is_stopped(
    session: Session, questions: list[StoredQuestion]
) -> None:
    store_rationale(session, questions[0], "a" * 60 + "!")
    slow = replace(DEMO, queue=Queue.ALL, pattern=r"(?:a|a)+$")
    with pytest.raises(InvalidInput, match="takes too long"):
        next_items(session, ADA, slow)
    assert ids(session)  # the session goes on


def test_an_item_holds_all_that_a_decision_needs(
    session: Session, questions: list[StoredQuestion]
) -> None:
    human = "A person wrote this."
    store_rationale(session, questions[0], human, origin=Origin.HUMAN, source="worldtree")
    one = store_rationale(session, questions[0], "The answer is (A).")
    refresh_flags(session, [one])
    item = next_items(session, ADA, replace(DEMO, source="starter"))[0]
    save_draft(session, ADA, one, item.rationale.revision_id, "a draft")
    item = next_items(session, ADA, replace(DEMO, source="starter"))[0]
    assert item.question.stem == questions[0].stem
    assert item.draft == "a draft"
    assert item.flags
    assert [(other.source, other.text) for other in item.others] == [("worldtree", human)]
