"""A plan's tasks as examples: which texts go in, which come out.

A stage has one task, or several with weights (step_by_step, Hsieh et al. 2023). The tasks of a
stage have as many examples each, in the same order: one a question, or one for each of the
rationales that a question has.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

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
from scicot.words.configs import TrainingConfig
from scicot.words.records import Example, Question, SoftTarget, StoredQuestion

Rationales = Mapping[int, str]  # by question id
NOTHING: Rationales = {}
EVEN: Mapping[int, float] = {}  # no text weighs more than another
Shares = Mapping[int, Mapping[str, float]]  # each option's, by question id
HARD: Shares = {}  # the key alone is right


@dataclass(frozen=True, slots=True)
class OtherOption:
    """A teacher's rationale for an option that is not the key."""

    label: str
    text: str


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

    def shares(self, count: int) -> list[Validation]:
        """Return its questions and examples in `count` parts that are alike in size."""
        task = self.task
        return [
            replace(
                self,
                task=task and replace(task, examples=task.examples[place::count]),
                choosing=self.choosing[place::count],
            )
            for place in range(count)
        ]


def make_task(
    spec: TaskSpec,
    questions: Sequence[StoredQuestion],
    *,
    targets: Rationales = NOTHING,
    read: Rationales = NOTHING,
    form: TextForm = PAPER_FORM,
    weights: Mapping[int, float] = EVEN,
    shares: Shares = HARD,
) -> Task:
    """Return a task's examples: `targets` are the rationales to learn, `read` those in the input.

    A question without a rationale to read is asked alone, as at test. `weights` are of the
    examples' losses, by question. `shares` are a teacher's, for a task that learns them.
    """
    examples = [_example(spec, question, targets, read, form) for question in questions]
    if spec.soft and shares:
        examples = [
            replace(example, soft=_soft_target(spec, question, shares, form))
            for example, question in zip(examples, questions, strict=True)
        ]
    if weights:
        examples = [
            replace(example, weight=weights.get(example.question_id, 1.0)) for example in examples
        ]
    return Task(tuple(examples), spec.weight)


def make_other_options(
    spec: TaskSpec,
    questions: Sequence[StoredQuestion],
    others: Mapping[int, OtherOption],
    form: TextForm = PAPER_FORM,
) -> Task:
    """Return the examples whose rationale argues for another option, which they answer with."""
    examples = []
    for question in questions:
        other = others.get(question.id)
        if other is not None:
            asked = replace(question, answer_key=other.label)
            example = _example(spec, asked, NOTHING, {question.id: other.text}, form)
            examples.append(replace(example, weight=spec.other_options))
    return Task(tuple(examples), spec.weight)


def _soft_target(
    spec: TaskSpec, question: StoredQuestion, shares: Shares, form: TextForm
) -> SoftTarget | None:
    """Return the options' answers with their shares; None for a question without them."""
    of = shares.get(question.id)
    if not of:
        return None
    return SoftTarget(
        tuple((choice_answer(choice, form), of[choice.label]) for choice in question.choices),
        spec.soft,
    )


def join_tasks(tasks: Sequence[Task]) -> Task:
    """Return tasks of one kind as one."""
    return Task(tuple(example for task in tasks for example in task.examples), tasks[0].weight)


def draws(examples: Sequence[Example], config: TrainingConfig) -> bool:
    """Return whether an epoch shows one of a question's examples, and there are several."""
    return config.per_question == "one_an_epoch" and len(examples) > len(
        {example.question_id for example in examples}
    )


def count_seen(examples: Sequence[Example], config: TrainingConfig) -> int:
    """Return how many of a stage's examples an epoch shows: all, or one a question."""
    if config.per_question == "all":
        return len(examples)
    return len({example.question_id for example in examples})


def draw_places(examples: Sequence[Example], seed: int, epoch: int) -> list[int]:
    """Return the place of one example of each question, by chance, which seed and epoch repeat."""
    places: dict[int, list[int]] = defaultdict(list)
    for place, example in enumerate(examples):
        places[example.question_id].append(place)
    chance = random.Random(f"{seed}/{epoch}/one of several")
    return [chance.choice(those) for those in places.values()]


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
    before = after = ""
    if spec.writes is Writes.RATIONALE_THEN_ANSWER:
        before = f"{rationale_text(targets[key])} "
    elif spec.writes is Writes.ANSWER_THEN_RATIONALE:
        after = f" {rationale_text(targets[key])}"
    right = right_choice(question)
    start, end = (len(before) + place for place in deciding_span(right, form))
    return Example(key, asked, before + choice_answer(right, form) + after, (start, end))
