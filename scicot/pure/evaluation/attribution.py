"""Whose fault an error of a two-stage run is: the rationale's or the answering's.

The answering stage is asked again with other rationales for the same question; what it then
answers tells the two apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from scicot.pure.hashing import content_hash
from scicot.words.records import Outcome


class Fault(StrEnum):
    """Where a wrong answer of a two-stage run comes from."""

    UNPARSABLE = "unparsable"
    UNSTEADY = "unsteady"
    RATIONALE = "rationale"
    ANSWERING = "answering"
    UNKNOWN = "unknown"


TITLES: Mapping[Fault, str] = {
    Fault.UNPARSABLE: "Unparsable",
    Fault.UNSTEADY: "Unsteady",
    Fault.RATIONALE: "The rationale's fault",
    Fault.ANSWERING: "The answering's fault",
    Fault.UNKNOWN: "Cannot be told",
}
DEFINITIONS: Mapping[Fault, str] = {
    Fault.UNPARSABLE: "The output names no option that can be read.",
    Fault.UNSTEADY: (
        "With no rationale at all the answering stage is right: it knew, and the rationale that "
        "the student wrote led it away."
    ),
    Fault.RATIONALE: (
        "Wrong without a rationale, right with the reference rationale: a better rationale would "
        "have been enough."
    ),
    Fault.ANSWERING: (
        "Wrong, or unreadable, with the reference rationale too: a better rationale would not "
        "have helped."
    ),
    Fault.UNKNOWN: (
        "Not right without a rationale, and no reference rationale was tried on the question: the "
        "rationale's and the answering's fault cannot be told apart."
    ),
}


def find_fault(main: Outcome, *, bare: Outcome | None, reference: Outcome | None) -> Fault | None:
    """Return whose fault an outcome is, None when it is correct.

    `bare` is the outcome without a rationale, `reference` with the teacher's or a human's; None
    where it was not tried, and then nothing is said that would need it.
    """
    if main is Outcome.CORRECT:
        return None
    if main is Outcome.NO_ANSWER:
        return Fault.UNPARSABLE
    if bare is Outcome.CORRECT:
        return Fault.UNSTEADY
    if bare is None or reference is None:
        return Fault.UNKNOWN
    return Fault.RATIONALE if reference is Outcome.CORRECT else Fault.ANSWERING


def pair_with_others(external_ids: Sequence[str]) -> dict[str, str]:
    """Return another question for each, each given out once, the same ones every time.

    A single question has no other, and gets none.
    """
    ranked = sorted(external_ids, key=lambda one: content_hash(["other rationale", one]))
    if len(ranked) < 2:
        return {}
    return dict(zip(ranked, [*ranked[1:], ranked[0]], strict=True))
