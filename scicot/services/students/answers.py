"""Answer questions by any method's plan: who writes, who answers, which options are scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scicot.pure.methods.plan import TaskSpec
from scicot.pure.methods.registry import plan_of
from scicot.pure.methods.tasks import input_text
from scicot.pure.predictions.parsing import judge, read_answer, split_output
from scicot.pure.students.texts import choice_answer, form_of, rationale_text
from scicot.services.students.answering import Answering
from scicot.services.students.stages import TrainedStage
from scicot.words.records import Prediction, StoredQuestion

ANSWER_TOKENS = 96  # the longest answer text of ARC has about 60
Stages = Mapping[str, TrainedStage]


def write_rationales(
    answering: Answering, stage: TrainedStage, questions: Sequence[StoredQuestion], task: TaskSpec
) -> dict[int, str]:
    """Return what the stage writes as rationale for each question, by question id."""
    form = form_of(answering.config)
    outputs = answering.generate(
        stage,
        [input_text(task, question, form=form) for question in questions],
        answering.config.max_rationale_tokens,
        "writing rationales",
    )
    return {
        question.id: split_output(output)[0] or ""
        for question, output in zip(questions, outputs, strict=True)
    }


def answer_questions(
    answering: Answering, stages: Stages, questions: Sequence[StoredQuestion]
) -> list[Prediction]:
    """Return the method's prediction for each question, options scored."""
    spec, form = plan_of(answering.config).answers, form_of(answering.config)
    stage, task = stages[spec.answer.role], spec.answer.task
    rationales: dict[int, str | None] = {}
    given: list[str | None] = [None] * len(questions)
    if spec.rationale:
        writer = stages[spec.rationale.role]
        rationales |= write_rationales(answering, writer, questions, spec.rationale.task)
    inputs = [
        input_text(task, question, rationales.get(question.id), form) for question in questions
    ]
    limit = answering.config.max_target_tokens if spec.writes_first else ANSWER_TOKENS
    outputs = answering.generate(stage, inputs, limit, "answering")
    if spec.writes_first:
        for place, (question, output) in enumerate(zip(questions, outputs, strict=True)):
            rationale, _ = split_output(output)
            rationales[question.id] = rationale
            given[place] = rationale_text(rationale) if rationale else None
    options = [[choice_answer(choice, form) for choice in one.choices] for one in questions]
    scores = answering.score(stage, inputs, options, given)
    return [
        _predict(question, output, row, rationales.get(question.id))
        for question, output, row in zip(questions, outputs, scores, strict=True)
    ]


def _predict(
    question: StoredQuestion, output: str, scores: Sequence[float], rationale: str | None
) -> Prediction:
    label = read_answer(output, question)
    likelihoods = dict(zip(question.labels, scores, strict=True))
    return Prediction(
        question_id=question.id,
        rationale=rationale,
        output=output,
        label=label,
        outcome=judge(label, question),
        option_log_likelihoods=likelihoods,
        option_label=max(likelihoods, key=lambda label: likelihoods[label]),
    )
