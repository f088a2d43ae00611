"""`bench worth`: how many rationales a student measures in a second."""

from __future__ import annotations

from typing import Any

from scicot.adapters.students.torch_student import TorchStudent
from scicot.bench.generate import prepare_student
from scicot.bench.students import open_bench, timed
from scicot.bench.texts import make_questions
from scicot.pure.students.texts import choice_answer, question_with_rationale, rationale_text
from scicot.words.settings import Settings

TEXT = "It follows from what the question says, because one thing leads to the other."


def bench_worth(settings: Settings, *, student: str, rationales: int) -> dict[str, Any]:
    """Return rationales per second: four inputs each, with their options scored."""
    asked = make_questions(rationales, seed=1)
    options = [[choice_answer(choice) for choice in question.choices] for question in asked]
    inputs = [
        [question_with_rationale(question, None) for question in asked],
        [question_with_rationale(question, TEXT) for question in asked],
        [rationale_text(f"{TEXT} {place}") for place in range(rationales)],
        [rationale_text("")] * rationales,
    ]
    with open_bench(student, settings) as bench:
        prepare_student(bench, training=0)
        opened = TorchStudent.open(
            bench.folder / "model", bench.student.family, threads=bench.threads
        )
        opened.score(inputs[0][:4], options[:4])
        _, seconds = timed(lambda: [opened.score(texts, options) for texts in inputs])
        return {
            "rationales_per_second": round(rationales / seconds, 2),
            "minutes_for_1000": round(1000 / rationales * seconds / 60, 2),
            "rationales": rationales,
            **bench.describe(),
        }
