"""How each method answers: which stage reads what, and which options are scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scicot.pure.predictions.parsing import judge, read_answer, split_output
from scicot.pure.students.texts import (
    EXPLAIN_TASK,
    PREDICT_TASK,
    choice_answer,
    question_text,
    question_with_rationale,
    rationale_text,
)
from scicot.services.students.answering import Answering
from scicot.services.students.stages import TrainedStage
from scicot.words.records import Method, Prediction, StoredQuestion

ANSWER_TOKENS = 96  # the longest answer text of ARC has about 60
Stages = Mapping[str, TrainedStage]


def write_rationales(
    answering: Answering, stage: TrainedStage, questions: Sequence[StoredQuestion], task: str = ""
) -> dict[int, str]:
    """Return what the stage writes as rationale for each question, by question id."""
    outputs = answering.generate(
        stage,
        [task + question_text(one) for one in questions],
        answering.config.max_rationale_tokens,
        "writing rationales",
    )
    return {
        one.id: split_output(output)[0] or ""
        for one, output in zip(questions, outputs, strict=True)
    }


def answer_questions(
    answering: Answering, stages: Stages, questions: Sequence[StoredQuestion]
) -> list[Prediction]:
    """Return the method's prediction for each question, options scored."""
    method = answering.config.method
    rationales: dict[int, str | None] = {}
    given: list[str | None] = [None] * len(questions)
    inputs = [question_text(one) for one in questions]
    if method is Method.ONE_STAGE:
        stage = stages["one_stage"]
        limit = answering.config.max_target_tokens
        outputs = answering.generate(stage, inputs, limit, "answering")
        for place, (one, output) in enumerate(zip(questions, outputs, strict=True)):
            rationale, _ = split_output(output)
            rationales[one.id] = rationale
            given[place] = rationale_text(rationale) if rationale else None
    else:
        if method is Method.SCI_COT:
            stage = stages["answer"]
            rationales |= write_rationales(answering, stages["rationale"], questions)
            inputs = [question_with_rationale(one, rationales[one.id]) for one in questions]
        elif method is Method.STEP_BY_STEP:
            stage = stages["step_by_step"]
            rationales |= write_rationales(answering, stage, questions, EXPLAIN_TASK)
            inputs = [PREDICT_TASK + text for text in inputs]
        else:
            stage = stages["answer"]
        outputs = answering.generate(stage, inputs, ANSWER_TOKENS, "answering")
    options = [[choice_answer(choice) for choice in one.choices] for one in questions]
    scores = answering.score(stage, inputs, options, given)
    return [
        _predict(one, output, row, rationales.get(one.id))
        for one, output, row in zip(questions, outputs, scores, strict=True)
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
        option_label=max(likelihoods, key=lambda one: likelihoods[one]),
    )
