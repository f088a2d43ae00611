"""Answer questions by any method's plan: who writes, who answers, which options are scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from scicot.adapters.students.asking.scoring import OptionScore
from scicot.adapters.students.codec import Codec
from scicot.pure.methods.plan import TaskSpec
from scicot.pure.methods.registry import plan_of
from scicot.pure.methods.tasks import input_text
from scicot.pure.predictions.judging import judge_output, read_student
from scicot.pure.predictions.metrics import most_likely
from scicot.pure.predictions.parsing import (
    read_rationale,
    split_answer_first,
    split_output,
    strip_answer,
)
from scicot.pure.predictions.stripping import Cuts
from scicot.pure.students.texts import ANSWER_PREFIX, form_of, scored_after, scored_options
from scicot.services.students.answered import Answer, Answered
from scicot.services.students.answering import Answering
from scicot.services.students.groups import Group, answer_in_groups
from scicot.services.students.stages import TrainedStage
from scicot.words.configs import RATIONALE_TOKENS, TrainingConfig
from scicot.words.records import Prediction, Question, StoredQuestion

ANSWER_TOKENS = 96  # the longest answer text of ARC has about 60
FRAME_TOKENS = 8  # "Rationale:" and the end, by any tokenizer
Stages = Mapping[str, TrainedStage]


def write_rationales(
    answering: Answering, stage: TrainedStage, questions: Sequence[StoredQuestion], task: TaskSpec
) -> dict[int, str]:
    """Return what the stage writes as rationale for each question, unedited, by question id."""
    config = answering.config
    inputs = [answer_input(config, task, question, None) for question in questions]
    limit = rationale_room(config)
    outputs = answering.generate(stage, inputs, limit, "writing rationales")
    return {
        question.id: read_rationale(output)
        for question, output in zip(questions, outputs, strict=True)
    }


def rationale_room(config: TrainingConfig) -> int:
    """Return how many tokens a rationale may take when it is written, its frame included."""
    return (config.max_rationale_tokens or RATIONALE_TOKENS) + FRAME_TOKENS


def output_room(config: TrainingConfig) -> int:
    """Return how many tokens an output of rationale and answer may take."""
    return config.max_target_tokens or rationale_room(config) + ANSWER_TOKENS


def answer_room(config: TrainingConfig) -> int:
    """Return how many tokens the answering stage may write."""
    return output_room(config) if plan_of(config).answers.writes_both else ANSWER_TOKENS


def find_unanswered(codec: Codec, config: TrainingConfig, outputs: Sequence[str]) -> dict[int, str]:
    """Return what the answer is to be written after, by the output's place, where none was begun.

    A rationale has the same room whether the answer follows in the same output or in another's: one
    that took more is cut there, and the answer's prefix put behind it.
    """
    begun = {}
    for place, output in enumerate(outputs):
        cut = codec.cut_text(output, rationale_room(config))
        if len(cut) < len(output.rstrip()) and not split_output(cut)[1]:
            begun[place] = f"{cut.rstrip()} {ANSWER_PREFIX}"
    return begun


def as_read(
    config: TrainingConfig, rationale: str | None, cuts: Cuts | None = None, kind: str = ""
) -> str | None:
    """Return a rationale as the run's students read it: whole, or without the answer stated.

    What that took is counted in `cuts`, under the kind of text; without `cuts` it is not.
    """
    if rationale is None or config.strip_answer == "none":
        return rationale
    left = strip_answer(rationale)
    if cuts is not None:
        cuts.count(kind, rationale, left)
    return left


def answer_input(
    config: TrainingConfig,
    task: TaskSpec,
    question: Question,
    rationale: str | None,
    cuts: Cuts | None = None,
    kind: str = "",
) -> str:
    """Return what a student is asked, in training, at test and in What if alike."""
    return input_text(task, question, as_read(config, rationale, cuts, kind), form_of(config))


def option_texts(
    config: TrainingConfig, question: Question, written: str | None = None
) -> tuple[str | None, list[str]]:
    """Return what the options are scored after, and their texts.

    `written` is the rationale that a student wrote in the same output.
    """
    prefix, options = scored_options(question, form_of(config))
    return scored_after(prefix, written), options


def answer_questions(
    answering: Answering, stages: Stages, questions: Sequence[StoredQuestion]
) -> list[Prediction]:
    """Return the method's prediction for each question, options scored."""
    spec = plan_of(answering.config).answers
    rationales: Mapping[int, str | None] = {}
    if spec.rationale:
        writer = stages[spec.rationale.role]
        rationales = write_rationales(answering, writer, questions, spec.rationale.task)
    kind = f"written for {answering.split}"
    return answer_with(answering, stages, questions, rationales, kind=kind)


def answer_with(
    answering: Answering,
    stages: Stages,
    questions: Sequence[StoredQuestion],
    given: Mapping[int, str | None],
    *,
    kind: str | None = None,
) -> list[Prediction]:
    """Return what the answering stage makes of each question with the rationale given for it.

    What `strip_answer` takes from these is counted under their kind; None where it was before.
    """
    config = answering.config
    spec = plan_of(config).answers
    stage, task = stages[spec.answer.role], spec.answer.task
    rationales = dict(given)
    cuts = answering.cuts if kind else None
    inputs = [
        answer_input(config, task, question, rationales.get(question.id), cuts, kind or "")
        for question in questions
    ]
    about = [[list(question.labels), option_texts(config, question)] for question in questions]
    limit = answer_room(config)

    def answer(group: Group) -> Answered:
        asked = [questions[place] for place in group.places]
        return _answer(answering, stage, asked, [inputs[place] for place in group.places], group)

    predictions: dict[int, Prediction] = {}
    for group, answered in answer_in_groups(
        answering,
        stage,
        inputs,
        limit,
        answer,
        about=about,
        read=Answered.read,
        as_json=Answered.as_json,
    ):
        for what, number in answered.unended.items():
            answering.count_unended(stage, what, number)
        for place, one in zip(group.places, answered.answers, strict=True):
            question = questions[place]
            rationale = rationales.get(question.id)
            if spec.writes_first:
                rationale = split_output(one.output)[0]
            elif spec.writes_after:
                rationale = split_answer_first(one.output)[1]
            predictions[place] = replace(
                _predict(config, question, one.said, one.scores, rationale, is_cut=one.is_cut),
                output=one.output,
            )
    return [predictions[place] for place in range(len(questions))]


def _answer(
    answering: Answering,
    stage: TrainedStage,
    questions: Sequence[StoredQuestion],
    inputs: Sequence[str],
    group: Group,
) -> Answered:
    """Return what the stage says to a group of questions, and how it scores their options."""
    config = answering.config
    spec = plan_of(config).answers
    limit = answer_room(config)
    outputs = answering.write(stage, inputs, limit, "answering", group)
    cut = answering.are_cut(stage, outputs, limit)
    unended = {"answering": sum(cut)}
    if spec.writes_first:
        _finish(answering, stage, inputs, outputs, cut, unended, group)
    said = outputs  # what is read for the answer
    if spec.writes_after:
        said = [split_answer_first(output)[0] for output in outputs]
        cut = answering.are_cut(stage, said, limit)
    scored = [
        option_texts(config, question, split_output(output)[0] if spec.writes_first else None)
        for question, output in zip(questions, outputs, strict=True)
    ]
    after, options = [text for text, _ in scored], [texts for _, texts in scored]
    scores: list[Sequence[OptionScore]] = [() for _ in questions]
    choosing = [place for place, texts in enumerate(options) if texts]  # a free answer has none
    if choosing:
        chosen = answering.score(
            stage,
            [inputs[place] for place in choosing],
            [options[place] for place in choosing],
            [after[place] for place in choosing],
            group,
        )
        for place, row in zip(choosing, chosen, strict=True):
            scores[place] = row
    answers = [Answer(*one) for one in zip(outputs, said, cut, scores, strict=True)]
    return Answered(answers, unended)


def _finish(
    answering: Answering,
    stage: TrainedStage,
    inputs: Sequence[str],
    outputs: list[str],
    cut: list[bool],
    unended: dict[str, int],
    group: Group,
) -> None:
    """Let the outputs whose rationale was longer than its room come to an answer; in place."""
    begun = find_unanswered(answering.codec(stage), answering.config, outputs)
    if not begun:
        return
    what, written = "answering after the cut", list(begun.values())
    asked = [inputs[place] for place in begun]
    unended["answering"] += sum(not cut[place] for place in begun)
    answers = answering.write(stage, asked, ANSWER_TOKENS, what, group.part(len(asked)), written)
    are_cut = answering.are_cut(stage, answers, ANSWER_TOKENS)
    unended[what] = sum(are_cut)
    for place, answer, is_cut in zip(begun, answers, are_cut, strict=True):
        outputs[place], cut[place] = f"{begun[place]} {answer}", is_cut


def _predict(
    config: TrainingConfig,
    question: StoredQuestion,
    output: str,
    scores: Sequence[OptionScore],
    rationale: str | None,
    *,
    is_cut: bool,
) -> Prediction:
    likelihoods = {label: score.total for label, score in zip(question.labels, scores, strict=True)}
    letters = {label: score.first for label, score in zip(question.labels, scores, strict=True)}
    likeliest = most_likely(likelihoods)
    reading = read_student(output, question, config, likeliest, is_cut)
    return replace(
        judge_output(question, output, reading, rationale),
        option_log_likelihoods=likelihoods or None,
        option_label=likeliest,
        letter_log_likelihoods=letters if letters and config.answer_form != "text" else None,
    )
