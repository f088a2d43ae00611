"""Whose fault an error of a two-stage run is: the rationale's or the answering's.

The answering stage is asked again with other rationales for the same question; what it then
answers tells the two apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from scicot.pure.evaluation.crossed import (
    Groups,
    cell_variance,
    half_without_spread,
    number_groups,
)
from scicot.pure.hashing import content_hash
from scicot.pure.shares import say_share
from scicot.pure.statistics import Interval
from scicot.words.records import Outcome, Question, Variant

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"\w+")


class Fault(StrEnum):
    """Where a wrong answer of a two-stage run comes from."""

    UNPARSABLE = "unparsable"
    UNSTEADY = "unsteady"
    RATIONALE = "rationale"
    ANSWERING = "answering"
    UNKNOWN = "unknown"


# What the answering stage is given, as the end of "given ..." and "with ...".
GIVEN: Mapping[Variant, str] = {
    Variant.MAIN: "its own student's rationale",
    Variant.TEACHER_RATIONALE: "the reference rationale",
    Variant.MASKED_REFERENCE: "the reference without its answer and the options' words",
    Variant.NO_RATIONALE: "no rationale",
    Variant.OTHER_RATIONALE: "another question's rationale",
    Variant.OTHER_RATIONALE_2: "a second question's rationale",
    Variant.OTHER_RATIONALE_3: "a third question's rationale",
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
    minus that mended by the others, with its paired interval: over questions for one run, over
    questions and seeds for the `seeds` runs of a cell, whose answers are counted together.
    """

    seeds: int
    questions: int
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
            return self.verdict
        bounds = self.interval.to_words("+.1f")
        over = f" over questions and {self.seeds} seeds" if self.seeds > 1 else ""
        said = (
            f"Of {self.wrong:,} wrong answers to {self.questions:,} questions "
            f"{say_share(self.mended / self.wrong, 0)} become "
            f"right with the reference and {say_share(self.mended_by_others / self.wrong, 0)} "
            f"with another question's rationale: {self.gain * 100:+.1f} points "
            f"(95 % interval {bounds}{over})."
        )
        if self.right:
            said += (
                f" Of {self.right:,} right ones {say_share(self.spoilt / self.right, 0)} and "
                f"{say_share(self.spoilt_by_others / self.right, 0)} become wrong."
            )
        return said if self.tells_blame else f"{said} {self.verdict}"

    @property
    def verdict(self) -> str:
        """What follows from the control, in a sentence."""
        if self.gain is None or self.interval is None:
            return (
                "Fewer than two wrong answers were asked again with a reference and with another "
                "question's rationale: blame is not told."
            )
        if self.tells_blame:
            return "The reference is shown to mend more than another question's rationale."
        return "It is not shown that the reference mends more than another text: blame is not told."

    @property
    def tells_blame(self) -> bool:
        """True where the reference is shown to mend more than another question's rationale."""
        return self.interval is not None and self.interval.low > 0


def say_control(flips: Flips | None, masked: Flips | None) -> list[str]:
    """Return what the control says, in words: of the reference, then of it masked if that tells."""
    said = [flips.sentence] if flips else []
    if masked is not None and masked.gain is not None:
        said.append(f"Without its answer sentence and the options' words: {masked.sentence}")
    return said


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """How a run's answers came out: its own, with the reference, with each other rationale."""

    main: Mapping[int, Outcome]
    reference: Mapping[int, Outcome]
    others: Sequence[Mapping[int, Outcome]]

    @property
    def tried(self) -> set[int]:
        """The questions on which the reference and every other rationale were tried."""
        return set(self.main).intersection(self.reference, *self.others)


def count_flips(runs: Sequence[AskedAgain], groups: Groups | None = None) -> Flips | None:
    """Return what the reference changes against other questions' rationales, over a cell's seeds.

    Only questions on which the reference and every other rationale were tried in every run count;
    None where no other rationale was tried. The gain is a ratio, the errors that the reference
    mends beyond the others over all errors; its interval is that of the ratio's residuals over
    questions and seeds, which for one run is Student's over its errors. Questions of one group
    count as one draw.
    """
    import numpy as np  # 0.1 s that most commands need not wait

    asked = [AskedAgain(run.main, run.reference, [of for of in run.others if of]) for run in runs]
    if not all(run.others for run in asked):
        return None
    ids = sorted(set.intersection(*(run.tried for run in asked)))
    right, mended, by_others = (
        np.stack(columns, axis=1)  # [questions, runs]
        for columns in (
            [_are_right(run.main, ids) for run in asked],
            [_are_right(run.reference, ids) for run in asked],
            [np.mean([_are_right(of, ids) for of in run.others], axis=0) for run in asked],
        )
    )
    wrong = 1 - right
    errors = int(wrong.sum())
    gains = mended - by_others
    gain = float((gains * wrong).sum()) / errors if errors else None
    return Flips(
        seeds=len(asked),
        questions=len(ids),
        wrong=errors,
        mended=int((mended * wrong).sum()),
        mended_by_others=float((by_others * wrong).sum()),
        right=int(right.sum()),
        spoilt=int(((1 - mended) * right).sum()),
        spoilt_by_others=float(((1 - by_others) * right).sum()),
        others=min(len(run.others) for run in asked),
        gain=gain,
        interval=None if gain is None else _bound_gain(gains, wrong, gain, ids, groups),
    )


def _are_right(outcomes: Mapping[int, Outcome], ids: Sequence[int]) -> NDArray[Any]:
    """Return 1 for each question whose outcome is correct, else 0."""
    import numpy as np

    return np.array([outcomes[key] is Outcome.CORRECT for key in ids], dtype=float)


def _bound_gain(
    gains: NDArray[Any],
    wrong: NDArray[Any],
    gain: float,
    ids: Sequence[int],
    groups: Groups | None,
) -> Interval | None:
    """Return the gain's interval; None where fewer than two questions were answered wrong.

    `gains` and `wrong` are `[questions, runs]`; a question that every run has right says nothing.
    """
    import numpy as np

    places = np.flatnonzero(wrong.any(axis=1)).tolist()
    if len(places) < 2:
        return None
    kept = [ids[place] for place in places]
    weights = wrong[places]
    residuals = weights * (gains[places] - gain) / weights.mean()
    found = cell_variance(residuals, number_groups(kept, groups))
    half = float(found.half) or half_without_spread(gain, found.draws)
    return Interval(max(-1.0, gain - half), min(1.0, gain + half))
