"""Whose fault an error of a two-stage run is: the rationale's or the answering's.

The answering stage is asked again with other rationales for the same question; what it then
answers tells the two apart.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import mean

from scicot.pure.checks.table import AGAINST_KEY
from scicot.pure.hashing import content_hash
from scicot.pure.shares import say_share
from scicot.pure.statistics import Interval, mean_interval, wilson_interval
from scicot.words.records import Outcome, Question

MISSES_KEY = "misses_key"  # the check that says it argues for no option
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"\w+")


class Fault(StrEnum):
    """Where a wrong answer of a two-stage run comes from."""

    UNPARSABLE = "unparsable"
    UNSTEADY = "unsteady"
    RATIONALE = "rationale"
    ANSWERING = "answering"
    UNKNOWN = "unknown"


TITLES: Mapping[Fault, str] = {
    Fault.UNPARSABLE: "Unparsable",
    Fault.UNSTEADY: "Right without a rationale",
    Fault.RATIONALE: "The rationale's fault",
    Fault.ANSWERING: "The answering's fault",
    Fault.UNKNOWN: "Cannot be told",
}
DEFINITIONS: Mapping[Fault, str] = {
    Fault.UNPARSABLE: "The output names no option that can be read.",
    Fault.UNSTEADY: (
        "Right with no rationale at all, wrong with the one that the student wrote. Whether it "
        "knew or guessed is not told by this: see how many right answers turn wrong as well."
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


def pair_with_others(external_ids: Sequence[str], step: int = 1) -> dict[str, str]:
    """Return another question for each, each given out once, the same ones every time.

    Another `step` gives others. A question is never paired with itself: of so few questions that
    the step comes round to it, none has a partner.
    """
    ranked = sorted(external_ids, key=lambda name: content_hash(["other rationale", name]))
    if not ranked or step % len(ranked) == 0:
        return {}
    turned = step % len(ranked)
    return dict(zip(ranked, [*ranked[turned:], *ranked[:turned]], strict=True))


def mask_rationale(text: str, question: Question) -> str:
    """Return a rationale without sentences that state the answer, options' words blanked out.

    What is left can explain; it cannot be copied from.
    """
    labels = "|".join(re.escape(label) for label in question.labels)
    states = re.compile(rf"\b(?:answer|option|choice)\b|\((?:{labels})\)", re.IGNORECASE)
    kept = " ".join(part for part in _SENTENCE.split(text) if part and not states.search(part))
    words = {
        word
        for choice in question.choices
        for word in _WORD.findall(choice.text.lower())
        if len(word) > 2 or word.isdecimal()
    }
    if not words:
        return kept
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(words)))})\b", re.IGNORECASE)
    return pattern.sub("___", kept)


@dataclass(frozen=True, slots=True)
class Flips:
    """What other rationales change, over the questions on which all of them were tried.

    Of the `wrong` answers `mended` become right with the reference; with another question's
    rationale `mended_by_others` do (a mean over the others, so no whole number). Of the `right`
    ones `spoilt` and `spoilt_by_others` become wrong. `gain` is the share mended by the reference
    minus that mended by the others, with its paired interval.
    """

    wrong: int
    mended: int
    mended_by_others: float
    right: int
    spoilt: int
    spoilt_by_others: float
    others: int
    gain: float | None
    interval: Interval | None

    @property
    def sentence(self) -> str:
        """What the control says, in words."""
        if self.gain is None or self.interval is None:
            return "No wrong answer was asked again with a reference and another's rationale."
        bounds = self.interval.to_words("+.1f")
        said = (
            f"Of {self.wrong:,} wrong answers {say_share(self.mended / self.wrong, 0)} become "
            f"right with the reference and {say_share(self.mended_by_others / self.wrong, 0)} "
            f"with another question's rationale: {self.gain * 100:+.1f} points "
            f"(95 % interval {bounds})."
        )
        if self.right:
            said += (
                f" Of {self.right:,} right ones {say_share(self.spoilt / self.right, 0)} and "
                f"{say_share(self.spoilt_by_others / self.right, 0)} become wrong."
            )
        if not self.tells_blame:
            said += (
                " It is not shown that the reference mends more than another text: blame is not "
                "told."
            )
        return said

    @property
    def tells_blame(self) -> bool:
        """True where the reference is shown to mend more than another question's rationale."""
        return self.interval is not None and self.interval.low > 0


def count_flips(
    main: Mapping[int, Outcome],
    reference: Mapping[int, Outcome],
    others: Sequence[Mapping[int, Outcome]],
) -> Flips | None:
    """Return what the reference changes against other questions' rationales.

    Only questions on which the reference and every other rationale were tried count; None where
    no other rationale was tried.
    """
    tried = [outcomes for outcomes in others if outcomes]
    if not tried:
        return None
    ids = sorted(set(main).intersection(reference, *tried))
    by_reference = {key: float(reference[key] is Outcome.CORRECT) for key in ids}
    by_others = {key: mean(of[key] is Outcome.CORRECT for of in tried) for key in ids}
    wrong = [key for key in ids if main[key] is not Outcome.CORRECT]
    right = [key for key in ids if main[key] is Outcome.CORRECT]
    gains = [by_reference[key] - by_others[key] for key in wrong]
    return Flips(
        wrong=len(wrong),
        mended=round(sum(by_reference[key] for key in wrong)),
        mended_by_others=sum(by_others[key] for key in wrong),
        right=len(right),
        spoilt=round(sum(1 - by_reference[key] for key in right)),
        spoilt_by_others=sum(1 - by_others[key] for key in right),
        others=len(tried),
        gain=mean(gains) if gains else None,
        interval=mean_interval(gains),
    )


@dataclass(frozen=True, slots=True)
class Followed:
    """What the student's own rationales argue for, against what was answered.

    A rationale is taken to argue against the key where a check says so, and for it where it
    mentions the key; the `unclear` do neither and are in no cell.
    """

    for_key_right: int = 0
    for_key_wrong: int = 0
    against_right: int = 0
    against_wrong: int = 0
    unclear: int = 0

    @property
    def told(self) -> int:
        """How many rationales argue for something."""
        return self.for_key_right + self.for_key_wrong + self.against_right + self.against_wrong

    @property
    def sentence(self) -> str:
        """How often the answer is what the rationale argues for."""
        followed = self.for_key_right + self.against_wrong
        interval = wilson_interval(followed, self.told)
        if interval is None:
            return "No rationale clearly argues for or against the key."
        bounds = interval.to_words()
        return (
            f"Stage 2 is right after a rationale that mentions the key, or wrong after one that "
            f"argues against it, in {say_share(followed / self.told, 0)} of {self.told:,} "
            f"questions (95 % interval {bounds}): right with {self.for_key_right:,} of "
            f"{self.for_key_right + self.for_key_wrong:,} that mention it, and with "
            f"{self.against_right:,} of {self.against_right + self.against_wrong:,} that argue "
            "against it."
        )


def count_followed(answers: Iterable[tuple[Collection[str], Outcome]]) -> Followed:
    """Return the 2x2 from (checks that a rationale sets off, outcome of the answer)."""
    cells: Counter[str] = Counter()
    for flags, outcome in answers:
        against = any(flag in AGAINST_KEY for flag in flags)
        if not against and MISSES_KEY in flags:
            cells["unclear"] += 1
            continue
        side = "against" if against else "for_key"
        cells[f"{side}_{'right' if outcome is Outcome.CORRECT else 'wrong'}"] += 1
    return Followed(**cells)
