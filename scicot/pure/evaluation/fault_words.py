"""What a run's errors are called: by whose fault they are only where the control tells blame.

Every screen, file and command takes its words from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scicot.pure.evaluation.attribution import Fault


@dataclass(frozen=True, slots=True)
class FaultWords:
    """A group of errors in words: its title, and which errors are in it.

    `is_told` is False where it is not told whose they are: no share of them is then said.
    """

    title: str
    definition: str
    is_told: bool = True


_BY_FAULT: Mapping[Fault, FaultWords] = {
    Fault.UNPARSABLE: FaultWords("Unparsable", "The output names no option that can be read."),
    Fault.UNSTEADY: FaultWords(
        "Right without a rationale",
        "Right with no rationale at all, wrong with the one that the student wrote. Whether it "
        "knew or guessed is not told by this: see how many right answers turn wrong as well.",
    ),
    Fault.RATIONALE: FaultWords(
        "The rationale's fault",
        "Wrong without a rationale, right with the reference rationale: a better rationale would "
        "have been enough.",
    ),
    Fault.ANSWERING: FaultWords(
        "The answering's fault",
        "Wrong, or unreadable, with the reference rationale too: a better rationale would not "
        "have helped.",
    ),
    Fault.UNKNOWN: FaultWords(
        "Cannot be told",
        "No reference rationale was tried on the question, and it was not right without one or was "
        "not asked without one: the rationale's and the answering's fault cannot be told apart.",
    ),
}
# the two that a reference tells apart, by what is seen of them
_SEEN: Mapping[Fault, FaultWords] = {
    Fault.RATIONALE: FaultWords(
        "Right with the reference",
        "Wrong without a rationale, right with the reference rationale. It is not shown that the "
        "reference mends more than another text: blame is not told.",
        is_told=False,
    ),
    Fault.ANSWERING: FaultWords(
        "Wrong with the reference too",
        "Wrong, or unreadable, with the reference rationale too. It is not shown that the "
        "reference mends more than another text: blame is not told.",
        is_told=False,
    ),
}


def name_faults(*, tells_blame: bool) -> Mapping[Fault, FaultWords]:
    """Return what each group of errors is called, and what is in it.

    `tells_blame`: the control shows that the reference mends more than another question's
    rationale. Else no word lays an error to the rationale or to the answering.
    """
    return _BY_FAULT if tells_blame else {**_BY_FAULT, **_SEEN}
