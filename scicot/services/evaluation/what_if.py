"""What if: a run's student answers an edited question or rationale at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from scicot.pure.methods.plan import AnswerSpec
from scicot.pure.methods.registry import plan_of, scores_end, usual_plan
from scicot.pure.predictions.judging import judge_output, read_student
from scicot.pure.predictions.metrics import most_likely, option_probabilities
from scicot.pure.predictions.parsing import (
    read_rationale,
    split_answer_first,
    split_output,
)
from scicot.pure.predictions.stripping import Cut, Cuts
from scicot.pure.shares import say_share
from scicot.services.runs.runs import get_run
from scicot.services.students.answers import (
    ANSWER_TOKENS,
    answer_input,
    find_unanswered,
    option_texts,
    output_room,
    rationale_room,
)
from scicot.services.students.opened import list_stage_roles, open_stage
from scicot.services.students.trained import trained_config
from scicot.words.configs import TrainingConfig
from scicot.words.errors import InvalidInput, NotFound
from scicot.words.records import Choice, Outcome, RunKind, StoredQuestion
from scicot.words.runs import RunView
from scicot.words.settings import Settings


@dataclass(frozen=True, slots=True)
class Draft:
    """An edited question and rationale. `options` are the choices' texts in the labels' order."""

    stem: str
    options: tuple[str, ...]
    rationale: str | None


@dataclass(frozen=True, slots=True)
class WhatIfAnswer:
    """What the student makes of a draft; `probabilities` are shares of the options.

    `cut` says whether the rationale stated the answer and lost it before the student read it.
    """

    rationale: str | None
    output: str
    label: str | None
    outcome: Outcome
    probabilities: Mapping[str, float]
    cut: Cut = field(default_factory=Cut)


def to_draft(question: StoredQuestion, rationale: str | None) -> Draft:
    """Return the question as it stands, ready to be edited."""
    return Draft(question.stem, tuple(choice.text for choice in question.choices), rationale)


def to_question(question: StoredQuestion, draft: Draft) -> StoredQuestion:
    """Return the edited question; raises InvalidQuestion where a text is empty."""
    choices = tuple(
        Choice(choice.label, text)
        for choice, text in zip(question.choices, draft.options, strict=True)
    )
    return replace(question, stem=draft.stem, choices=choices)


def can_answer(session: Session, run: RunView) -> bool:
    """Return whether the run's students are here to be asked."""
    plan = usual_plan(run.method)
    return plan is not None and plan.answers.answer.role in list_stage_roles(session, run.id)


def answer_draft(
    session: Session,
    settings: Settings,
    run_id: int,
    question: StoredQuestion,
    draft: Draft,
) -> WhatIfAnswer:
    """Return what the run's student answers to the draft, options scored.

    In fp32, as the run itself answered. A two-stage run answers from the draft's rationale; a
    one-stage run writes its own, and the others read none.
    """
    run = get_run(session, run_id)
    config, spec = _how_it_answers(run)
    edited = to_question(question, draft)
    at_once = 1 if spec.writes_both else 2
    student = open_stage(session, settings, run_id, spec.answer.role, at_once=at_once)
    cuts = Cuts()
    text = answer_input(config, spec.answer.task, edited, draft.rationale, cuts)
    has_end = scores_end(config)
    limit = config.max_input_tokens
    if spec.writes_both:
        (output,) = student.generate([text], output_room(config), max_input_tokens=limit)
        if spec.writes_first:
            begun = find_unanswered(student.codec, config, [output])
            for beginning in begun.values():
                (answer_text,) = student.generate(
                    [text], ANSWER_TOKENS, max_input_tokens=limit, given=[beginning]
                )
                output = f"{beginning} {answer_text}"
        said, rationale = split_answer_first(output) if spec.writes_after else (output, None)
        if spec.writes_first:
            rationale, _ = split_output(output)
        given, options = option_texts(config, edited, rationale if spec.writes_first else None)
        (scores,) = student.score(
            [text], [options], max_input_tokens=limit, given=[given], has_end=has_end
        )
    else:
        given, options = option_texts(config, edited)
        output, scores = student.answer(
            text, options, ANSWER_TOKENS, max_input_tokens=limit, given=given, has_end=has_end
        )
        said, rationale = output, draft.rationale if spec.reads_rationale else None
    likeliest = most_likely(dict(zip(edited.labels, scores, strict=True)))
    reading = read_student(said, edited, config, likeliest, is_cut=False)
    answer = judge_output(edited, output, reading, rationale)
    return WhatIfAnswer(
        rationale=answer.rationale,
        output=answer.output,
        label=answer.label,
        outcome=answer.outcome,
        probabilities=option_probabilities(dict(zip(edited.labels, scores, strict=True))),
        cut=cuts.kinds.get("", Cut()) if spec.reads_rationale else Cut(),
    )


def _how_it_answers(run: RunView) -> tuple[TrainingConfig, AnswerSpec]:
    if run.kind is not RunKind.TRAIN:
        raise InvalidInput(f"Run {run.id} ({run.name}) has no student here. Choose a trained run.")
    config = trained_config(run)
    return config, plan_of(config).answers


def write_rationale(
    session: Session, settings: Settings, run_id: int, question: StoredQuestion, draft: Draft
) -> str:
    """Return what a two-stage run's first student writes for the edited question."""
    run = get_run(session, run_id)
    config, spec = _how_it_answers(run)
    if spec.rationale is None:
        raise NotFound(
            f"Run {run.id} ({run.name}) has no stage that writes rationales alone. Choose a "
            "Sci-CoT run, or write the rationale yourself."
        )
    student = open_stage(session, settings, run_id, spec.rationale.role)
    asked = to_question(question, draft)
    (output,) = student.generate(
        [answer_input(config, spec.rationale.task, asked, None)],
        rationale_room(config),
        max_input_tokens=config.max_input_tokens,
    )
    return read_rationale(output)


def describe_draft(
    question: StoredQuestion, draft: Draft, before: WhatIfAnswer, now: WhatIfAnswer
) -> str:
    """Return the experiment as a note: what was changed, and what came of it."""
    lines = []
    if draft.stem != question.stem:
        lines.append(f"Question: {draft.stem}")
    for choice, text in zip(question.choices, draft.options, strict=True):
        if choice.text != text:
            lines.append(f"Option {choice.label}: {text}")
    if draft.rationale != before.rationale:
        lines.append(f"Rationale: {draft.rationale or 'none'}")
    was, became = before.label or "no answer", now.label or "no answer"
    key = question.answer_key
    before_share, now_share = (
        say_share(answer.probabilities.get(key, 0), 0) for answer in (before, now)
    )
    lines.append(
        f"Answer {was} -> {became} (key {key}); share of the key {before_share} -> {now_share}."
    )
    return "What if\n" + "\n".join(lines)
