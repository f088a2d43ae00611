"""Slices: the ways to part a set of questions, so that accuracy can be read in each part."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from scicot.pure.evaluation.comparison import Comparison, count_cells, sort_into_cells

SMALL = 30  # questions below which a slice is greyed: its interval spans tens of points
QUESTION_WORDS = ("which", "what", "how", "why", "where", "when", "who")
STEM_LENGTHS = ((10, "up to 10 words"), (20, "11-20 words"), (35, "21-35 words"))
LONGEST = "over 35 words"
NO_ANSWER = "no answer"
_WORD = re.compile(r"[a-z]+")
_LETTER = re.compile(r"\b[AB]\b")


class Dimension(StrEnum):
    """What questions, or a run's answers to them, are parted by."""

    DATASET = "dataset"
    QUESTION_WORD = "question_word"
    OPTIONS = "options"
    STEM_LENGTH = "stem_length"
    LABEL_STYLE = "label_style"
    KEY_POSITION = "key_position"
    ANSWER_A = "answer_a"
    ANSWER_B = "answer_b"
    FLAG_A = "flag_a"
    FLAG_B = "flag_b"
    TAG_A = "tag_a"
    TAG_B = "tag_b"


TITLES: Mapping[Dimension, str] = {
    Dimension.DATASET: "Dataset",
    Dimension.QUESTION_WORD: "Question word",
    Dimension.OPTIONS: "Number of options",
    Dimension.STEM_LENGTH: "Length of the stem",
    Dimension.LABEL_STYLE: "Label style",
    Dimension.KEY_POSITION: "Position of the key",
    Dimension.ANSWER_A: "Position that A answers",
    Dimension.ANSWER_B: "Position that B answers",
    Dimension.FLAG_A: "Flags on A's rationale",
    Dimension.FLAG_B: "Flags on B's rationale",
    Dimension.TAG_A: "Tags on A",
    Dimension.TAG_B: "Tags on B",
}


def by_run(title: str, first: str, second: str) -> str:
    """Return a title that speaks of A and B with what these two runs are called."""
    return _LETTER.sub(lambda letter: first if letter.group() == "A" else second, title)


@dataclass(frozen=True, slots=True)
class Sliced:
    """One question with what it can be parted by; each dimension has one or more values."""

    question_id: int
    values: Mapping[Dimension, tuple[str, ...]]


def question_word(stem: str) -> str:
    """Return the question word that the stem asks with: the first of its last sentence."""
    sentences = re.split(r"(?<=[.!?])\s+", stem.strip().lower())
    for sentence in reversed(sentences):
        for word in _WORD.findall(sentence):
            if word in QUESTION_WORDS:
                return str(word)
    return "none"


def stem_length(stem: str) -> str:
    """Return the range of words that the stem's length lies in."""
    words = len(stem.split())
    return next((name for most, name in STEM_LENGTHS if words <= most), LONGEST)


def label_style(labels: Sequence[str]) -> str:
    """Return whether the labels are letters or digits."""
    return "digits" if all(label.isdecimal() for label in labels) else "letters"


def position(label: str | None, labels: Sequence[str]) -> str:
    """Return the place of a label among the labels, from 1, or that there is no answer."""
    return str(labels.index(label) + 1) if label in labels else NO_ANSWER


def slice_question(
    stem: str, labels: Sequence[str], answer_key: str, dataset: str
) -> dict[Dimension, tuple[str, ...]]:
    """Return what a question can be parted by, whatever was answered."""
    return {
        Dimension.DATASET: (dataset,),
        Dimension.QUESTION_WORD: (question_word(stem),),
        Dimension.OPTIONS: (str(len(labels)),),
        Dimension.STEM_LENGTH: (stem_length(stem),),
        Dimension.LABEL_STYLE: (label_style(labels),),
        Dimension.KEY_POSITION: (position(answer_key, labels),),
    }


@dataclass(frozen=True, slots=True)
class SliceRow:
    """Two runs on the questions of one slice; `same_place` is the best constant place's share."""

    dimension: Dimension
    value: str
    question_ids: tuple[int, ...]
    found: Comparison
    same_place: float | None = None

    @property
    def is_small(self) -> bool:
        """True when the slice holds too few questions to say much."""
        return len(self.question_ids) < SMALL


def compare_slices(
    sliced: Iterable[Sliced],
    correct_a: Mapping[int, bool],
    correct_b: Mapping[int, bool],
    dimension: Dimension,
) -> list[SliceRow]:
    """Return A against B in each slice of a dimension, the values in their natural order."""
    members: dict[str, list[int]] = {}
    keys: dict[str, Counter[str]] = defaultdict(Counter)
    for question in sliced:
        for value in question.values.get(dimension, ()):
            members.setdefault(value, []).append(question.question_id)
            keys[value].update(question.values.get(Dimension.KEY_POSITION, ()))
    rows = []
    for value, ids in sorted(members.items(), key=_natural(dimension)):
        in_a = {key: correct_a[key] for key in ids if key in correct_a}
        in_b = {key: correct_b[key] for key in ids if key in correct_b}
        rows.append(
            SliceRow(
                dimension,
                value,
                tuple(ids),
                count_cells(sort_into_cells(in_a, in_b)),
                max(keys[value].values()) / len(ids) if keys[value] else None,
            )
        )
    return rows


def _natural(dimension: Dimension) -> Callable[[tuple[str, list[int]]], tuple[int, str]]:
    lengths = [name for _, name in STEM_LENGTHS] + [LONGEST]
    if dimension is Dimension.STEM_LENGTH:
        return lambda item: (lengths.index(item[0]), item[0])
    if dimension in (Dimension.QUESTION_WORD, Dimension.FLAG_A, Dimension.FLAG_B):
        return lambda item: (-len(item[1]), item[0])
    return lambda item: (0, item[0])


@dataclass(frozen=True, slots=True)
class PositionBias:
    """How a run's answers spread over the positions, against the key's own spread.

    `confusion` counts the `n` questions by (position of the key, position answered).
    """

    n: int
    positions: tuple[str, ...]
    key_shares: Mapping[str, float]
    answer_shares: Mapping[str, float]
    confusion: Mapping[tuple[str, str], int]


def measure_position_bias(pairs: Sequence[tuple[str, str]]) -> PositionBias:
    """Return the bias from (position of the key, position answered) of each question."""
    positions = tuple(sorted({position for pair in pairs for position in pair}))
    n = len(pairs) or 1
    confusion: dict[tuple[str, str], int] = {}
    for pair in pairs:
        confusion[pair] = confusion.get(pair, 0) + 1
    return PositionBias(
        n=len(pairs),
        positions=positions,
        key_shares={
            position: sum(key == position for key, _ in pairs) / n for position in positions
        },
        answer_shares={
            position: sum(given == position for _, given in pairs) / n for position in positions
        },
        confusion=confusion,
    )
