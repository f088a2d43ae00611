"""What if: a run's student answers an edited question or rationale at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from scicot.pure.predictions.metrics import option_probabilities
from scicot.pure.predictions.parsing import judge, read_answer, split_output
from scicot.pure.students.texts import (
    PREDICT_TASK,
    choice_answer,
    question_text,
    question_with_rationale,
    rationale_text,
)
from scicot.services.evaluation.attribution import ANSWER_TOKENS
from scicot.services.runs.runs import get_run
from scicot.services.students.opened import list_stage_roles, open_stage
from scicot.words.configs import TrainingConfig
from scicot.words.errors import InvalidInput, NotFound
from scicot.words.records import Choice, Method, Outcome, RunView, StoredQuestion
from scicot.words.settings import Settings

ANSWERING_ROLE = {
    Method.FINETUNE: "answer",
    Method.SCI_COT: "answer",
    Method.ONE_STAGE: "one_stage",
    Method.STEP_BY_STEP: "step_by_step",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """An edited question and rationale. `options` are the choices' texts in the labels' order."""

    stem: str
    options: tuple[str, ...]
    rationale: str | None


@dataclass(frozen=True, slots=True)
class WhatIfAnswer:
    """What the student makes of a draft; `probabilities` are shares of the options."""

    rationale: str | None
    output: str
    label: str | None
    outcome: Outcome
    probabilities: Mapping[str, float]


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
    if run.method is None:
        return False
    role = ANSWERING_ROLE.get(Method(run.method))
    return role is not None and role in list_stage_roles(session, run.id)


def answer_draft(
    session: Session,
    settings: Settings,
    run_id: int,
    question: StoredQuestion,
    draft: Draft,
    *,
    is_exact: bool = False,
) -> WhatIfAnswer:
    """Return what the run's student answers to the draft, options scored.

    In int8 unless it must be exact: fp32, as the run itself answered. A two-stage run answers
    from the draft's rationale; a one-stage run writes its own, and the others read none.
    """
    run = get_run(session, run_id)
    method = Method(run.method) if run.method else None
    if method not in ANSWERING_ROLE:
        raise InvalidInput(f"Run {run.id} ({run.name}) has no student here. Choose a trained run.")
    config = TrainingConfig.checked(**run.config)
    edited = to_question(question, draft)
    writes_first = method is Method.ONE_STAGE  # its options are scored after what it wrote
    student = open_stage(
        session,
        settings,
        run_id,
        ANSWERING_ROLE[method],
        is_exact=is_exact,
        at_once=1 if writes_first else 2,
    )
    text = question_text(edited)
    if method is Method.SCI_COT:
        text = question_with_rationale(edited, draft.rationale)
    elif method is Method.STEP_BY_STEP:
        text = PREDICT_TASK + text
    options = [choice_answer(choice) for choice in edited.choices]
    limit = config.max_input_tokens
    if writes_first:
        (output,) = student.generate([text], config.max_target_tokens, max_input_tokens=limit)
        rationale, _ = split_output(output)
        given = rationale_text(rationale) if rationale else None
        (scores,) = student.score([text], [options], max_input_tokens=limit, given=[given])
    else:
        output, scores = student.answer(text, options, ANSWER_TOKENS, max_input_tokens=limit)
        rationale = draft.rationale if method is Method.SCI_COT else None
    label = read_answer(output, edited)
    return WhatIfAnswer(
        rationale=rationale,
        output=output,
        label=label,
        outcome=judge(label, edited),
        probabilities=option_probabilities(dict(zip(edited.labels, scores, strict=True))),
    )


def write_rationale(
    session: Session, settings: Settings, run_id: int, question: StoredQuestion, draft: Draft
) -> str:
    """Return what a two-stage run's first student writes for the edited question."""
    run = get_run(session, run_id)
    if run.method != Method.SCI_COT:
        raise NotFound(f"Run {run.id} ({run.name}) has no stage that writes rationales alone.")
    config = TrainingConfig.checked(**run.config)
    student = open_stage(session, settings, run_id, "rationale")
    (output,) = student.generate(
        [question_text(to_question(question, draft))],
        config.max_rationale_tokens,
        max_input_tokens=config.max_input_tokens,
    )
    return split_output(output)[0] or ""


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
    lines.append(
        f"Answer {was} -> {became} (key {key}); share of the key "
        f"{before.probabilities.get(key, 0):.0%} -> {now.probabilities.get(key, 0):.0%}."
    )
    return "What if\n" + "\n".join(lines)
