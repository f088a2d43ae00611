"""Whether a two-stage run answers what its rationale argues for: counts, a share, its controls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from scicot.pure.shares import NONE, say_share
from scicot.pure.statistics import Interval, wilson_interval
from scicot.words.records import Outcome

COLUMNS = ("Questions", "Answered it", "Another option", "No answer", "Right")
_RESULTS = {
    Outcome.CORRECT: "right",
    Outcome.INCORRECT: "wrong",
    Outcome.NO_ANSWER: "no_answer",
}


@dataclass(frozen=True, slots=True)
class ArguedAnswer:
    """One answer: the option that its rationale argues for, the labels, and how it came out.

    `argued` is None where it cannot be told, `bare` the label answered without a rationale;
    `asked_bare` says whether that was asked.
    """

    argued: str | None
    answered: str | None
    answer_key: str
    outcome: Outcome
    options: int
    asked_bare: bool = False
    bare: str | None = None


@dataclass(frozen=True, slots=True)
class FollowedCounts:
    """The answers after rationales that argue for the same; `followed` of them are that option."""

    followed: int = 0
    right: int = 0
    wrong: int = 0
    no_answer: int = 0

    @property
    def questions(self) -> int:
        """How many there are."""
        return self.right + self.wrong + self.no_answer

    @property
    def otherwise(self) -> int:
        """How many answers are another option than the rationale's."""
        return self.right + self.wrong - self.followed


@dataclass(frozen=True, slots=True)
class Followed:
    """What the student's own rationales argue for, against what was answered.

    `by_chance` is the share that would be followed were answers independent of texts, each as often
    right as here and wrong ones spread evenly over the other options. Of `asked_bare` questions
    `with_own` are answered as the rationale argues when it is read, `without` when no rationale is.
    """

    key: FollowedCounts = FollowedCounts()
    other: FollowedCounts = FollowedCounts()
    unknown: FollowedCounts = FollowedCounts()
    by_chance: float | None = None
    asked_bare: int = 0
    with_own: int = 0
    without: int = 0

    @property
    def questions(self) -> int:
        """How many answered questions have a rationale and options that it could argue for."""
        return self.told + self.unknown.questions

    @property
    def told(self) -> int:
        """Of how many rationales it can be told which option they argue for."""
        return self.key.questions + self.other.questions

    @property
    def share(self) -> float | None:
        """The share of these whose answer is that option; None where there are none."""
        return (self.key.followed + self.other.followed) / self.told if self.told else None

    @property
    def interval(self) -> Interval | None:
        """Wilson's 95 % interval of the share."""
        return wilson_interval(self.key.followed + self.other.followed, self.told)

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The table under `COLUMNS`, each row with its title before; a dash where nothing tells."""
        return [
            _row("the key", self.key, f"{self.key.followed:,}", f"{self.key.otherwise:,}"),
            _row(
                "another option",
                self.other,
                f"{self.other.followed:,}",
                f"{self.other.otherwise:,}",
            ),
            _row("cannot be told", self.unknown, NONE, NONE),
        ]

    @property
    def sentences(self) -> list[str]:
        """How often the answer is what the rationale argues for, and how often without it."""
        if not self.questions:
            return []
        if self.share is None or self.interval is None:
            return [
                f"Of {self.questions:,} rationales none argues for one option that can be told."
            ]
        said = [
            f"Stage 2 answers what its rationale argues for in {say_share(self.share, 0)} of "
            f"{self.told:,} questions (95 % interval {self.interval.to_words()}).",
            f"Of {self.unknown.questions:,} more rationales it cannot be told which one option "
            "they argue for.",
            "Were answers independent of texts, each as often right as here and wrong ones spread "
            f"evenly over the other options, it would be {say_share(self.by_chance, 0)}.",
        ]
        if self.asked_bare:
            said.append(
                f"Of those {self.told:,} questions {self.asked_bare:,} were asked without a "
                "rationale too: the answer is that option in "
                f"{say_share(self.without / self.asked_bare, 0)} without it and in "
                f"{say_share(self.with_own / self.asked_bare, 0)} with it."
            )
        return said


def _row(title: str, of: FollowedCounts, followed: str, otherwise: str) -> tuple[str, ...]:
    return title, f"{of.questions:,}", followed, otherwise, f"{of.no_answer:,}", f"{of.right:,}"


def count_followed(answers: Iterable[ArguedAnswer]) -> Followed:
    """Return what answers come to, set against what their rationales argue for."""
    cells: dict[str, Counter[str]] = {kind: Counter() for kind in ("key", "other", "unknown")}
    controls: Counter[str] = Counter()
    hits = 0.0  # chances to name the same of the wrong options, added up
    for answer in answers:
        cell = cells[_kind_of(answer)]
        cell[_RESULTS[answer.outcome]] += 1
        if answer.argued is None:
            continue
        hits += 1 / (answer.options - 1)
        is_followed = answer.answered == answer.argued
        cell["followed"] += is_followed
        if answer.asked_bare:
            controls["asked_bare"] += 1
            controls["with_own"] += is_followed
            controls["without"] += answer.bare == answer.argued
    key, other, unknown = (FollowedCounts(**cell) for cell in cells.values())
    return Followed(key, other, unknown, _by_chance(key, other, hits), **controls)


def _kind_of(answer: ArguedAnswer) -> str:
    if answer.argued is None:
        return "unknown"
    return "key" if answer.argued == answer.answer_key else "other"


def _by_chance(key: FollowedCounts, other: FollowedCounts, hits: float) -> float | None:
    """Return the product of the margins: both the key, or both the same of the other options."""
    n = key.questions + other.questions
    if not n:
        return None
    both_key = key.questions * (key.right + other.right)
    both_other = other.questions * (key.wrong + other.wrong) * hits / n
    return (both_key + both_other) / (n * n)
