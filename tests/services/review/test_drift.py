"""When a rule changes, the earlier verdicts that it touches wait to be given once more."""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from db.models import CompletionRow, JudgementRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.pure.judge.rubric import Criterion
from scicot.services.judge.rubrics import save_rubric
from scicot.services.review.drift import touched_ids
from scicot.services.review.items import load_item
from scicot.services.review.policies import Touches, save_policy
from scicot.services.review.queue import next_items
from scicot.services.review.verdicts import decide
from scicot.words.errors import InvalidInput
from scicot.words.records import Actor, CompletionState, RationaleStatus, Split, Verdict
from scicot.words.reviewing import Queue, QueueFilter
from tests.builders import store_questions, store_rationale

ADA = Actor("Ada")
BEFORE = (Criterion("true", "It is true."), Criterion("short", "It is short."))
AFTER = (Criterion("true", "It is true."), Criterion("short", "It has one sentence."))


@pytest.fixture
def rationale_ids(session: Session, tmp_path: Path) -> list[int]:
    questions = store_questions(session, tmp_path / "data", train=4, validation=0, test=0)
    return [
        store_rationale(session, question, f"Rule {number} as stated.")
        for number, question in enumerate(questions[Split.TRAIN])
    ]


def review(
    session: Session, rationale_id: int, verdict: Verdict, reason: str | None = None
) -> None:
    item = load_item(session, ADA, rationale_id)
    decide(
        *(session, ADA, rationale_id, item.rationale.revision_id, verdict),
        reason=reason,
        operation_id=uuid.uuid4().hex,
        seen=item.rationale.status,
    )


def judged(session: Session, rationale_id: int, rubric_id: int, fails: str | None) -> None:
    item = load_item(session, ADA, rationale_id)
    with write(session):
        call = CompletionRow(
            question_id=item.question.id,
            prompt_hash=uuid.uuid4().hex,
            model="fake",
            parameters_hash="p",
            sample=0,
            state=CompletionState.STORED,
        )
        session.add(call)
        session.flush()
        names = ("true", "short")
        session.add(
            JudgementRow(
                rubric_id=rubric_id,
                rationale_id=rationale_id,
                revision_id=item.rationale.revision_id,
                completion_id=call.id,
                judge="fake",
                rejects=fails is not None,
                findings=[{"criterion": name, "passes": name != fails} for name in names],
                created_at=utc_now() + timedelta(seconds=1),
            )
        )


def test_a_changed_criterion_brings_back_what_it_judges_otherwise(
    session: Session, rationale_ids: list[int]
) -> None:
    accepted, fine, rejected, other = rationale_ids
    old = save_rubric(session, ADA, BEFORE).id
    review(session, accepted, Verdict.ACCEPT)
    review(session, fine, Verdict.ACCEPT)
    review(session, rejected, Verdict.REJECT, "Badly written")
    review(session, other, Verdict.ACCEPT)
    judged(session, rejected, old, "short")
    assert touched_ids(session, "demo") == []
    new = save_rubric(session, ADA, AFTER).id
    judged(session, accepted, new, "short")  # passes no longer
    judged(session, fine, new, None)
    judged(session, rejected, new, None)  # fails no longer
    judged(session, other, new, "true")  # this criterion is as it was
    assert touched_ids(session, "demo") == [accepted, rejected]
    wanted = QueueFilter("demo", Queue.ALL, touched=True)
    assert {item.rationale.id for item in next_items(session, ADA, wanted)} == {accepted, rejected}
    review(session, accepted, Verdict.REJECT, "Badly written")  # given once more, by the new rule
    assert touched_ids(session, "demo") == [rejected]


def test_new_guidelines_bring_back_what_they_name(
    session: Session, rationale_ids: list[int]
) -> None:
    first, second, third, _ = rationale_ids
    review(session, first, Verdict.REJECT, "Circular")
    review(session, second, Verdict.REJECT, "Off topic")
    review(session, third, Verdict.ACCEPT)
    save = partial(save_policy, session, ADA, "demo", guidelines="New.", second_share=0.0)
    save(touches=Touches(("Circular",), "Rule 2"))
    assert touched_ids(session, "demo") == [first, third]
    review(session, first, Verdict.ACCEPT)
    assert touched_ids(session, "demo") == [third]
    assert load_item(session, ADA, second).rationale.status is RationaleStatus.REJECTED
    with pytest.raises(InvalidInput, match="regular expression"):
        save(touches=Touches((), "("))
