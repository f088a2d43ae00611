"""A large model's answers, read from the ledger into predictions: by majority, by second call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import CompletionRow, RunCompletionRow
from scicot.pure.predictions.judging import judge_output
from scicot.pure.predictions.llm_parsing import read_llm_output
from scicot.pure.predictions.parsing import Reading, split_output
from scicot.pure.predictions.votes import count_votes, majority
from scicot.services.predictions.store import store_predictions
from scicot.services.teacher.job import TeacherJob
from scicot.services.teacher.second_call import second_ask
from scicot.words.records import HAS_TEXT, CompletionState, Prediction, StoredQuestion

READ = (*HAS_TEXT, CompletionState.REFUSED)  # a refusal is the model's answer: no_answer


@dataclass(frozen=True, slots=True)
class Sample:
    """One output of a model, and whether it was cut at its limit."""

    output: str
    is_cut: bool = False


def store_answers(
    session: Session, run_id: int, job: TeacherJob, questions: Iterable[StoredQuestion]
) -> None:
    """Read the run's answers and store them as predictions; what was read before is read anew."""
    second = second_ask(job.asks[0], {}).call_settings.parameters_hash
    rows = _list_answers(session, run_id)
    predictions = []
    for question in questions:
        answers = rows.get(question.id, [])
        samples = [sample for parameters, sample in answers if parameters != second]
        again = [sample for parameters, sample in answers if parameters == second]
        if samples or again:
            predictions.append(read_prediction(question, samples, again))
    store_predictions(session, run_id, predictions, replace=True)


def find_unread(
    session: Session, run_id: int, job: TeacherJob, questions: Iterable[StoredQuestion]
) -> dict[int, str]:
    """Return the first output of each question of which no sample can be read, by question id."""
    second = second_ask(job.asks[0], {}).call_settings.parameters_hash
    rows = _list_answers(session, run_id)
    unread = {}
    for question in questions:
        answers = rows.get(question.id, []) if question.choices else []
        written = [
            sample
            for parameters, sample in answers
            if parameters != second and sample.output.strip()
        ]
        if written and not any(_read(sample, question).label for sample in written):
            unread[question.id] = written[0].output
    return unread


def read_prediction(
    question: StoredQuestion, samples: Sequence[Sample], again: Sequence[Sample] = ()
) -> Prediction:
    """Return what the samples amount to: explanation, label by majority, or why there is none.

    `again`: what a second call answered, where no sample could be read.
    """
    readings = [_read(sample, question) for sample in samples]
    labels = [reading.label for reading in readings]
    label = majority(labels)
    chosen = labels.index(label) if samples else 0
    reason = readings[chosen].reason if samples else None
    output = samples[chosen].output if samples else ""
    rationale, _ = split_output(output)
    if label is None and again:
        second = _read_again(again[0], question)
        label, reason = second.label, second.reason or reason
        rationale = output.strip() or None
        output = f"{output}\n\nTherefore, the answer is {again[0].output}".strip()
    read = Reading(label, None if label else reason)
    votes = count_votes(labels) if len(samples) > 1 else None
    return replace(judge_output(question, output, read, rationale), votes=votes)


def _read(sample: Sample, question: StoredQuestion) -> Reading:
    return read_llm_output(sample.output, question, is_cut=sample.is_cut)


def _read_again(sample: Sample, question: StoredQuestion) -> Reading:
    """Return what goes on from "the answer is"."""
    whole = _read(sample, question)
    return whole if whole.label else _read(Sample(f"The answer is {sample.output}"), question)


def _list_answers(session: Session, run_id: int) -> Mapping[int, list[tuple[str, Sample]]]:
    """Return (parameters, sample) of the run's answers by question id, in sample order."""
    rows = session.execute(
        select(
            CompletionRow.question_id,
            CompletionRow.parameters_hash,
            CompletionRow.text,
            CompletionRow.state,
        )
        .join(RunCompletionRow, RunCompletionRow.completion_id == CompletionRow.id)
        .where(RunCompletionRow.run_id == run_id, CompletionRow.state.in_(READ))
        .order_by(CompletionRow.sample, CompletionRow.id)
    )
    answers: dict[int, list[tuple[str, Sample]]] = {}
    for question_id, parameters, text, state in rows:
        sample = Sample(text or "", is_cut=state is CompletionState.TRUNCATED)
        answers.setdefault(question_id, []).append((parameters, sample))
    return answers
