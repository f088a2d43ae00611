"""What each method trains on: which texts go in, which come out.

A stage has one task, or two with weights (step_by_step, Hsieh et al. 2023). The tasks of a stage
have one example a question each, in the same order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scicot.pure.students.texts import (
    EXPLAIN_TASK,
    PREDICT_TASK,
    answer_text,
    question_text,
    question_with_rationale,
    rationale_text,
    rationale_then_answer,
)
from scicot.words.records import Example, Method, Stage, StoredQuestion

STAGES: Mapping[Method, tuple[Stage, ...]] = {
    Method.FINETUNE: (Stage.ANSWER,),
    Method.ONE_STAGE: (Stage.ONE_STAGE,),
    Method.SCI_COT: (Stage.RATIONALE, Stage.ANSWER),
    Method.STEP_BY_STEP: (Stage.STEP_BY_STEP,),
}
Rationales = Mapping[int, str]  # by question id


@dataclass(frozen=True, slots=True)
class Task:
    """Examples of one kind and the weight of their loss."""

    examples: tuple[Example, ...]
    weight: float = 1.0


def needs_rationales(method: Method) -> bool:
    """Return whether a method cannot train without a snapshot."""
    return method is not Method.FINETUNE


def answer_tasks(
    questions: Sequence[StoredQuestion], written: Rationales | None = None
) -> list[Task]:
    """Return x -> a, or x + r' -> a with the rationales written for these questions."""
    written = written or {}
    return [
        Task(
            tuple(
                Example(
                    question_id=one.id,
                    input=question_with_rationale(one, written.get(one.id)),
                    target=answer_text(one),
                )
                for one in questions
            )
        )
    ]


def rationale_tasks(questions: Sequence[StoredQuestion], rationales: Rationales) -> list[Task]:
    """Return x -> r."""
    return [
        Task(
            tuple(
                Example(one.id, question_text(one), rationale_text(rationales[one.id]))
                for one in questions
            )
        )
    ]


def one_stage_tasks(questions: Sequence[StoredQuestion], rationales: Rationales) -> list[Task]:
    """Return x -> r, then a, in one target."""
    return [
        Task(
            tuple(
                Example(one.id, question_text(one), rationale_then_answer(one, rationales[one.id]))
                for one in questions
            )
        )
    ]


def step_by_step_tasks(
    questions: Sequence[StoredQuestion], rationales: Rationales, rationale_weight: float
) -> list[Task]:
    """Return "predict: " x -> a and "explain: " x -> r, the latter with its weight."""
    answers = (
        Example(one.id, PREDICT_TASK + question_text(one), answer_text(one)) for one in questions
    )
    explanations = (
        Example(one.id, EXPLAIN_TASK + question_text(one), rationale_text(rationales[one.id]))
        for one in questions
    )
    return [Task(tuple(answers)), Task(tuple(explanations), rationale_weight)]
