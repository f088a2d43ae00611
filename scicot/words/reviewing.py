"""The nouns of the review room: queues, filters and what one screen shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from scicot.words.records import Flag, Rationale, RationaleStatus, StoredQuestion, Verdict
from scicot.words.worth import Worth


class Queue(StrEnum):
    """A pile of rationales that a reviewer works through."""

    UNREVIEWED = "unreviewed"
    FLAGGED = "flagged"
    CLEAN = "clean"
    ACCEPTED = "accepted"
    EDITED = "edited"
    REJECTED = "rejected"
    SKIPPED = "skipped"
    CONFLICTING = "conflicting"
    SECOND = "second"
    ALL = "all"


class WorthFilter(StrEnum):
    """Rationales that a student measured, by what it found; each puts the worst first."""

    HARMS = "harms"  # makes the key less likely
    HELPS_LITTLE = "helps_little"  # least help first
    GIVES_AWAY = "gives_away"  # leads to the key without the question


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which rationales of a queue are shown; None and empty mean any.

    `changed` is whether the text differs from the first revision; lengths are in characters;
    `pattern` is a regular expression looked for in the text; with `worth` only what a student
    measured is shown, and its order counts before the risk's.
    """

    dataset: str
    queue: Queue = Queue.UNREVIEWED
    check: str | None = None
    source: str | None = None
    reviewer: str | None = None
    changed: bool | None = None
    shortest: int | None = None
    longest: int | None = None
    pattern: str = ""
    own_answer_right: bool | None = None  # does the teacher, without the key, come to it?
    worth: WorthFilter | None = None
    likely_first: bool = False  # by the probability of rejection, before the checks' risk
    judged_first: bool = False  # what a judge last rejected, then what none read
    touched: bool = False  # decided ones that a newer rule touches


@dataclass(frozen=True, slots=True)
class OtherRationale:
    """What another source says about the same question."""

    source: str
    origin: str
    text: str


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """What the teacher answers without the key; the label is None when it cannot be read."""

    label: str | None


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """All that a decision about one rationale needs.

    `samples` are all rationales of this source for the question, itself included, the one that
    fits the answer key best first; empty when there is only this one. `own_answer` is None when
    the teacher was not asked without the key, `worth` when no student measured this text.
    """

    rationale: Rationale
    question: StoredQuestion
    flags: Sequence[Flag]
    risk: float
    draft: str | None
    verdict: Verdict | None
    reason: str | None
    reviewer: str | None
    others: Sequence[OtherRationale]
    samples: Sequence[ReviewItem] = ()
    own_answer: OwnAnswer | None = None
    worth: Worth | None = None
    first_wrong: int | None = None  # the first wrong sentence, of one that was rejected


STATUS_AFTER = {
    Verdict.ACCEPT: RationaleStatus.ACCEPTED,
    Verdict.EDIT: RationaleStatus.EDITED,
    Verdict.REJECT: RationaleStatus.REJECTED,
    Verdict.SKIP: RationaleStatus.SKIPPED,
}
TAKEN = (Verdict.ACCEPT, Verdict.EDIT)
# The samples of a question that are skipped when another one is taken. What somebody approved
# stays approved: a question may be taught by several rationales.
GIVES_WAY = (RationaleStatus.UNREVIEWED,)
PASSED_OVER = "Passed over"  # why a sample is skipped when another one was taken
REASONS = (
    "Wrong science",
    "Other option",
    "Only restates",
    "Off topic",
    "Leads nowhere",
    "Circular",
    "Cut off",
    "Badly written",
    "Other",
)  # by digit, 1 to 9
