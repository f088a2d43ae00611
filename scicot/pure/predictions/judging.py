"""From an output that has been read to its prediction, whoever wrote it and whoever read it."""

from __future__ import annotations

from scicot.pure.predictions.parsing import Reading, read_output
from scicot.pure.questions.free import free_label
from scicot.words.configs import TrainingConfig
from scicot.words.records import Outcome, Prediction, Question, StoredQuestion, Variant


def judge(label: str | None, question: Question) -> Outcome:
    """Return how a label compares with the answer key; None is `no_answer`, not incorrect.

    Unscored where the key is not known.
    """
    if not question.is_labelled:
        return Outcome.UNSCORED
    if label is None:
        return Outcome.NO_ANSWER
    key: str | None = question.answer_key
    if question.answer_form is not None:
        key = free_label(question.answer_key, question.answer_form)
    return Outcome.CORRECT if label == key else Outcome.INCORRECT


def read_student(
    output: str, question: Question, config: TrainingConfig, likeliest: str | None, is_cut: bool
) -> Reading:
    """Return which option a student answers with.

    It is the one that was written; of a student that was not shown the options, and so can name
    none word for word, the one it finds likeliest, as in the cloze form.
    """
    if not config.show_options and question.choices:
        return Reading(likeliest)
    return read_output(output, question, is_cut=is_cut, form=config.answer_form)


def judge_output(
    question: StoredQuestion,
    output: str,
    reading: Reading,
    rationale: str | None,
    variant: Variant = Variant.MAIN,
) -> Prediction:
    """Return the prediction that an output amounts to, as its reader read it.

    The strict reader is for students and the files of runs made elsewhere, the other for large
    models; where a vote decides, the reading is what the vote came to.
    """
    return Prediction(
        question_id=question.id,
        rationale=rationale,
        output=output,
        label=reading.label,
        outcome=judge(reading.label, question),
        variant=variant,
        no_answer_reason=reading.reason,
    )
