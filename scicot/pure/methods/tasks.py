"""A plan's tasks as examples: which texts go in, which come out.

A stage has one task, or several with weights (step_by_step, Hsieh et al. 2023). The tasks of a
stage have one example a question each, in the same order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scicot.pure.methods.plan import TaskSpec, Writes
from scicot.pure.students.texts import (
    PAPER_FORM,
    TextForm,
    choice_answer,
    deciding_span,
    question_with_rationale,
    rationale_text,
    right_choice,
    scored_options,
)
from scicot.words.records import Example, Question, StoredQuestion

Rationales = Mapping[int, str]  # by question id
NOTHING: Rationales = {}


@dataclass(frozen=True, slots=True)
class Task:
    """Examples of one kind and the weight of their loss."""

    examples: tuple[Example, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Choosing:
    """A question whose options are scored: what is read, and which of them is right, from 0.

    `after` is what every option is scored after; None: from the start.
    """

    question_id: int
    input: str
    after: str | None
    options: tuple[str, ...]
    right: int


@dataclass(frozen=True, slots=True)
class Validation:
    """What tells a stage's good weights from bad ones, on the validation split.

    More options chosen rightly are better, then a lower loss on the task; one of them may be
    missing. `writes` is how many tokens the student may write before it chooses, as at test; 0
    where it chooses at once.
    """

    task: Task | None
    choosing: tuple[Choosing, ...] = ()
    writes: int = 0


def make_task(
    spec: TaskSpec,
    questions: Sequence[StoredQuestion],
    *,
    targets: Rationales = NOTHING,
    read: Rationales = NOTHING,
    form: TextForm = PAPER_FORM,
) -> Task:
    """Return a task's examples: `targets` are the rationales to learn, `read` those in the input.

    A question without a rationale to read is asked alone, as at test.
    """
    return Task(
        tuple(_example(spec, question, targets, read, form) for question in questions), spec.weight
    )


def input_text(
    spec: TaskSpec, question: Question, rationale: str | None = None, form: TextForm = PAPER_FORM
) -> str:
    """Return what a task reads: its prefix, x, and the rationale where it reads one."""
    read = rationale if spec.reads else None
    return spec.prefix + question_with_rationale(question, read, form)


def make_choosing(
    spec: TaskSpec,
    questions: Sequence[StoredQuestion],
    *,
    read: Rationales = NOTHING,
    form: TextForm = PAPER_FORM,
) -> tuple[Choosing, ...]:
    """Return the questions that have options and a known key, as their options are scored."""
    chosen = []
    for question in questions:
        after, options = scored_options(question, form)
        if options and question.is_labelled:
            asked = input_text(spec, question, read.get(question.id), form)
            right = question.labels.index(question.answer_key)
            chosen.append(Choosing(question.id, asked, after, tuple(options), right))
    return tuple(chosen)


def _example(
    spec: TaskSpec, question: StoredQuestion, targets: Rationales, read: Rationales, form: TextForm
) -> Example:
    key = question.id
    asked = input_text(spec, question, read.get(key), form)
    if spec.writes is Writes.RATIONALE:
        return Example(key, asked, rationale_text(targets[key]))
    before = ""
    if spec.writes is Writes.RATIONALE_THEN_ANSWER:
        before = f"{rationale_text(targets[key])} "
    right = right_choice(question)
    start, end = (len(before) + place for place in deciding_span(right, form))
    return Example(key, asked, before + choice_answer(right, form), (start, end))
