"""What a student said to a group of questions, as it is kept beside the stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scicot.adapters.students.asking.scoring import OptionScore


@dataclass(frozen=True, slots=True)
class Answer:
    """One output: whole, what is read of it for the answer, whether that was cut, the scores."""

    output: str
    said: str
    is_cut: bool
    scores: Sequence[OptionScore]


@dataclass(frozen=True, slots=True)
class Answered:
    """The answers to a group of questions; `unended`: outputs that reached their limit, by part."""

    answers: Sequence[Answer]
    unended: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        """Return what is kept; a float's JSON is the float itself again."""
        answers = [[one.output, one.said, one.is_cut, list(one.scores)] for one in self.answers]
        return {"answers": answers, "unended": self.unended}

    @classmethod
    def read(cls, content: Any, count: int) -> Answered:
        """Return what was kept of `count` inputs.

        ValueError, TypeError or KeyError where it is anything else.
        """
        answers = [_read_answer(*row) for row in content["answers"]]
        if len(answers) != count:
            raise ValueError("not as many answers as there are inputs")
        unended = {str(what): int(number) for what, number in dict(content["unended"]).items()}
        return cls(answers, unended)


def _read_answer(output: Any, said: Any, is_cut: Any, scores: Any) -> Answer:
    if not isinstance(output, str) or not isinstance(said, str) or not isinstance(is_cut, bool):
        raise ValueError("not an answer")
    return Answer(output, said, is_cut, [OptionScore(float(t), float(f)) for t, f in scores])
