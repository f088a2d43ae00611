"""Review policies: the guidelines beside the record and the share that is read twice."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import ReviewPolicyRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.services.questions.lookup import find_dataset_id
from scicot.words.errors import InvalidInput
from scicot.words.patterns import check_pattern
from scicot.words.people import Action, needs
from scicot.words.records import Actor

FIRST_GUIDELINES = (
    "Accept a rationale that a student could learn from: true, about this question, leading to "
    "the correct option, and nothing but the explanation. Edit it when a few words make it so. "
    "Reject it when it argues for another option, is wrong, or says nothing beyond the answer."
)
LONGEST_GUIDELINES = 5_000  # characters: they are read beside each record


@dataclass(frozen=True, slots=True)
class Touches:
    """Which earlier verdicts new guidelines put in question.

    Rejections for these reasons, and texts in which the pattern is found, whatever was said of
    them.
    """

    reasons: tuple[str, ...] = ()
    pattern: str = ""


NOTHING = Touches()


@dataclass(frozen=True, slots=True)
class ReviewPolicy:
    """One version of how a dataset is reviewed; version 0 is the built-in one."""

    version: int
    guidelines: str
    second_share: float
    actor: str | None
    created_at: datetime | None


def get_policy(session: Session, dataset: str) -> ReviewPolicy:
    """Return the newest policy of a dataset, or the built-in one."""
    row = _newest(session, find_dataset_id(session, dataset))
    if row is None:
        return ReviewPolicy(0, FIRST_GUIDELINES, 0.0, None, None)
    return ReviewPolicy(row.version, row.guidelines, row.second_share, row.actor, row.created_at)


@needs(Action.SET_POLICY)
def save_policy(
    session: Session,
    actor: Actor,
    dataset: str,
    *,
    guidelines: str,
    second_share: float,
    touches: Touches = NOTHING,
) -> ReviewPolicy:
    """Write the next version of a dataset's policy; the same content again writes nothing.

    `touches` are the earlier verdicts that wait to be given once more from then on.
    """
    if not guidelines.strip() or len(guidelines) > LONGEST_GUIDELINES:
        raise InvalidInput(f"Write guidelines of 1 to {LONGEST_GUIDELINES} characters.")
    if not 0 <= second_share <= 1:
        raise InvalidInput(f"The share read twice is {second_share}. Give a fraction of 0 to 1.")
    check_pattern(touches.pattern)
    dataset_id = find_dataset_id(session, dataset)
    before = get_policy(session, dataset)
    if touches == NOTHING and (before.guidelines, before.second_share) == (
        guidelines,
        second_share,
    ):
        return before
    with write(session):
        newest = _newest(session, dataset_id)
        session.add(
            ReviewPolicyRow(
                dataset_id=dataset_id,
                version=newest.version + 1 if newest else 1,
                guidelines=guidelines,
                second_share=second_share,
                touches=asdict(touches) if touches != NOTHING else None,
                actor=actor.name,
                created_at=utc_now(),
            )
        )
    return get_policy(session, dataset)


def read_touches(policy: ReviewPolicyRow) -> Touches:
    """Return which earlier verdicts a version of the guidelines touches."""
    told = policy.touches or {}
    return Touches(tuple(told.get("reasons", ())), str(told.get("pattern", "")))


def second_share(session: Session, dataset_id: int) -> float:
    """Return the fraction of a dataset's rationales that two people read."""
    row = _newest(session, dataset_id)
    return row.second_share if row else 0.0


def _newest(session: Session, dataset_id: int) -> ReviewPolicyRow | None:
    return session.scalar(
        select(ReviewPolicyRow)
        .where(ReviewPolicyRow.dataset_id == dataset_id)
        .order_by(ReviewPolicyRow.version.desc())
        .limit(1)
    )
