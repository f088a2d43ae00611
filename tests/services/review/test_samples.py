"""Several samples of one question: which leads, what a choice does to the others, and back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import ReviewRow
from scicot.services.cleaning.audits import accept_pile, note_finding, start_audit, undo_acceptance
from scicot.services.rationales.checks import refresh_flags
from scicot.services.review.desk import ReviewDesk
from scicot.services.review.exports import render_rationales
from scicot.services.review.figures import count_reasons
from scicot.services.review.items import load_item
from scicot.services.review.queue import count_filtered, count_queues, next_items
from scicot.services.review.undo import undo
from scicot.services.review.verdicts import decide
from scicot.services.training.choosing import Criteria
from scicot.services.training.snapshots import create_snapshot, snapshot_texts
from scicot.words.records import Actor, RationaleStatus, Split, StoredQuestion, Verdict
from scicot.words.reviewing import Queue, QueueFilter
from tests.builders import store_questions, store_rationale

ADA, BOB = Actor("Ada"), Actor("Bob")
DEMO = QueueFilter("demo")
STATUS = RationaleStatus


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> list[StoredQuestion]:
    return list(store_questions(session, tmp_path / "demo")[Split.TRAIN])


def store_samples(session: Session, question: StoredQuestion, *texts: str) -> list[int]:
    ids = [
        store_rationale(session, question, text, sample=number) for number, text in enumerate(texts)
    ]
    refresh_flags(session, ids)
    return ids


def good(question: StoredQuestion, ending: str = "year by year") -> str:
    return f"Look how {question.key_text} behaves under gravity: it pulls, {ending}."


def three(session: Session, question: StoredQuestion) -> list[int]:
    """Store one that argues for another option, one that names a letter, and a good one."""
    other = next(one for one in question.choices if one.label != question.answer_key)
    return store_samples(
        session,
        question,
        f"Gravity pulls at it all year long. The answer is {other.text}.",
        f"{good(question)} Hence ({question.answer_key}) it is.",
        good(question),
    )


def shown(session: Session, queue: Queue = Queue.UNREVIEWED, actor: Actor = ADA) -> list[int]:
    found = next_items(session, actor, replace(DEMO, queue=queue))
    return [one.rationale.id for one in found]


def judge(session: Session, rationale_id: int, verdict: Verdict, operation: str = "") -> None:
    revision = load_item(session, ADA, rationale_id).rationale.revision_id
    operation = operation or f"{verdict}-{rationale_id}"
    session.rollback()
    decide(session, ADA, rationale_id, revision, verdict, operation_id=operation)


def statuses(session: Session, ids: list[int]) -> list[RationaleStatus]:
    session.rollback()
    return [load_item(session, ADA, one).rationale.status for one in ids]


def test_the_sample_that_fits_the_key_stands_in_the_queue_for_all(
    session: Session, questions: list[StoredQuestion]
) -> None:
    against, letter, best = three(session, questions[0])
    single = store_rationale(session, questions[1], good(questions[1]))
    refresh_flags(session, [single])
    assert set(shown(session)) == {best, single}
    item = next(one for one in next_items(session, ADA, DEMO) if one.samples)
    assert [one.rationale.id for one in item.samples] == [best, letter, against]
    assert item.others == []


def test_one_that_argues_for_another_option_comes_last_however_clean_it_is_else(
    session: Session, questions: list[StoredQuestion]
) -> None:
    question = questions[0]
    other = next(one for one in question.choices if one.label != question.answer_key)
    letters = " ".join(f"So ({question.answer_key}) it is." for _ in range(3))
    against, flagged = store_samples(
        session,
        question,
        f"Gravity pulls at it all year long. The answer is {other.text}.",
        f"- {good(question)} {letters} The answer is {question.key_text}. And then",
    )
    risks = [load_item(session, ADA, one).risk for one in (against, flagged)]
    assert risks[1] > risks[0]
    assert shown(session) == [flagged]


def test_counts_are_of_places_in_the_queue(
    session: Session, questions: list[StoredQuestion]
) -> None:
    three(session, questions[0])
    three(session, questions[1])
    counts = count_queues(session, ADA, "demo")
    assert (counts[Queue.UNREVIEWED], counts[Queue.CLEAN], counts[Queue.FLAGGED]) == (2, 2, 0)
    assert counts[Queue.ALL] == 6
    assert count_filtered(session, ADA, replace(DEMO, source="starter")) == 2


def test_taking_a_sample_passes_the_others_over_and_undo_brings_all_back(
    session: Session, questions: list[StoredQuestion]
) -> None:
    ids = three(session, questions[0])
    judge(session, ids[2], Verdict.ACCEPT)
    assert statuses(session, ids) == [STATUS.SKIPPED, STATUS.SKIPPED, STATUS.ACCEPTED]
    assert load_item(session, ADA, ids[0]).reason == "Passed over"
    assert shown(session) == shown(session, Queue.SKIPPED) == []
    assert count_queues(session, ADA, "demo")[Queue.SKIPPED] == 0
    assert sum(count for _, count in count_reasons(session, "demo")) == 0
    session.rollback()
    assert len(undo(session, ADA)) == 3
    assert set(statuses(session, ids)) == {STATUS.UNREVIEWED}
    assert shown(session) == [ids[2]]


def test_what_was_accepted_stays_accepted_beside_another_choice(
    session: Session, questions: list[StoredQuestion]
) -> None:
    ids = three(session, questions[0])
    judge(session, ids[2], Verdict.ACCEPT)
    judge(session, ids[1], Verdict.ACCEPT)
    assert statuses(session, ids) == [STATUS.SKIPPED, STATUS.ACCEPTED, STATUS.ACCEPTED]
    undo(session, ADA)
    assert statuses(session, ids) == [STATUS.SKIPPED, STATUS.SKIPPED, STATUS.ACCEPTED]


def test_a_rejected_sample_gives_its_place_to_the_next_best(
    session: Session, questions: list[StoredQuestion]
) -> None:
    against, letter, best = three(session, questions[0])
    judge(session, best, Verdict.REJECT)
    assert shown(session) == [letter]
    judge(session, letter, Verdict.SKIP)
    assert shown(session) == []  # the question waits among the skipped, in one place
    assert shown(session, Queue.SKIPPED) == [letter]
    judge(session, letter, Verdict.REJECT, "later")
    assert shown(session) == [against]


def test_a_verdict_touches_no_other_question_and_no_other_source(
    session: Session, questions: list[StoredQuestion]
) -> None:
    ids = three(session, questions[0])
    peer = store_rationale(session, questions[0], good(questions[0]), source="peer")
    neighbours = three(session, questions[1])
    judge(session, ids[0], Verdict.ACCEPT)
    assert set(statuses(session, [peer, *neighbours])) == {STATUS.UNREVIEWED}


def test_the_samples_beside_what_one_reads_are_nobody_elses(
    session: Session, questions: list[StoredQuestion]
) -> None:
    _, letter, best = three(session, questions[0])
    assert shown(session) == [best]
    judge(session, best, Verdict.REJECT)
    assert shown(session, actor=BOB) == []
    assert shown(session) == [letter]


def test_a_snapshot_takes_the_accepted_sample_and_the_export_says_which_it_is(
    session: Session, questions: list[StoredQuestion]
) -> None:
    ids = three(session, questions[0])
    judge(session, ids[1], Verdict.ACCEPT)
    session.rollback()
    everything = Criteria(include=(STATUS.SKIPPED, STATUS.ACCEPTED))
    made = create_snapshot(session, ADA, name="one", dataset="demo", criteria=everything)
    assert [text.text for texts in snapshot_texts(session, made.id).values() for text in texts] == [
        load_item(session, ADA, ids[1]).rationale.text
    ]
    _, content = render_rationales(session, ADA, dataset="demo")
    assert [json.loads(line)["sample"] for line in content.decode().splitlines()] == [1]


def test_the_clean_pile_holds_one_sample_a_question_and_its_acceptance_passes_the_others_over(
    session: Session, questions: list[StoredQuestion]
) -> None:
    ids = three(session, questions[0])
    twins = store_samples(session, questions[1], good(questions[1]), good(questions[1], "again"))
    audit = start_audit(session, ADA, "demo", size=5, seed=1)
    assert audit.pile == 2
    for one in audit.left:
        audit = note_finding(session, ADA, audit.id, one, is_error=False)
    assert accept_pile(session, ADA, audit.id) == 2
    expected = [STATUS.SKIPPED, STATUS.SKIPPED, STATUS.ACCEPTED, STATUS.ACCEPTED, STATUS.SKIPPED]
    assert statuses(session, [*ids, *twins]) == expected
    undo_acceptance(session, ADA, audit.id)
    assert set(statuses(session, [*ids, *twins])) == {STATUS.UNREVIEWED}


def test_the_desk_brings_one_card_back_for_a_choice_undone(
    session: Session, questions: list[StoredQuestion]
) -> None:
    ids = three(session, questions[0])
    judge(session, ids[2], Verdict.ACCEPT, "press")
    operation = {"op": "u", "kind": "undo", "target": "press", "id": ids[2]}
    session.rollback()
    for _ in range(2):
        answer = ReviewDesk(session, ADA).carry_out([operation])["u"]
        assert [one.rationale.id for one in answer.items] == [ids[2]]
        assert len(answer.items[0].samples) == 3
        session.rollback()
    standing = session.scalars(select(ReviewRow).where(ReviewRow.undone_at.is_(None))).all()
    assert standing == []


def test_a_sample_is_accepted_beside_another_and_undone_alone(
    session: Session, questions: list[StoredQuestion]
) -> None:
    against, letter, best = three(session, questions[0])

    def press(rationale_id: int, operation: str, *, also: bool) -> None:
        session.rollback()
        rationale = load_item(session, ADA, rationale_id).rationale
        session.rollback()
        asked = {
            "op": operation,
            "kind": "decide",
            "id": rationale_id,
            "revision": rationale.revision_id,
            "status": rationale.status.value,
            "verdict": "accept",
            "text": None,
            "reason": None,
            "also": also,
        }
        assert ReviewDesk(session, ADA).carry_out([asked])[operation].error is None

    press(best, "first", also=True)
    assert statuses(session, [against, letter, best]) == [
        STATUS.UNREVIEWED,
        STATUS.UNREVIEWED,
        STATUS.ACCEPTED,
    ]
    assert shown(session) == [letter]  # the question waits with what is left of it
    press(letter, "second", also=False)
    taken = [STATUS.SKIPPED, STATUS.ACCEPTED, STATUS.ACCEPTED]
    assert statuses(session, [against, letter, best]) == taken
    press(against, "third", also=True)  # passed over before
    assert set(statuses(session, [against, letter, best])) == {STATUS.ACCEPTED}
    three_each = Criteria(per_question=3)
    made = create_snapshot(session, ADA, name="all", dataset="demo", criteria=three_each)
    assert made.items == 3
    session.rollback()
    undo(session, ADA, "third")
    assert statuses(session, [against, letter, best]) == taken
