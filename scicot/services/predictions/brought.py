"""What the outputs that somebody brings amount to, in the options' own order or in another one."""

from __future__ import annotations

from dataclasses import replace

from scicot.adapters.sources.written_rows import WrittenRow
from scicot.pure.predictions.judging import judge_output
from scicot.pure.predictions.llm_parsing import read_llm_output
from scicot.pure.predictions.orders import (
    as_it_was_asked,
    labels_of,
    labels_of_ends,
    options_in,
    stands_elsewhere,
)
from scicot.pure.predictions.parsing import Reading, read_output, split_output
from scicot.pure.predictions.votes import count_votes, majority
from scicot.pure.students.texts import choice_answer
from scicot.words.configs import Reader
from scicot.words.errors import InvalidPrediction
from scicot.words.records import Prediction, StoredQuestion


def judge_row(row: WrittenRow, question: StoredQuestion, reader: Reader = "student") -> Prediction:
    """Return the prediction of one row; a rationale inside the output is split off.

    A letter means the option that the file's own row has at that place. Several replies to one
    question are put to the vote. Raises InvalidPrediction where the options are not the question's.
    """
    if row.scores:
        return _scored(row, question)
    outputs = (row.text, *row.further)
    readings = [_read(output, row, question, reader) for output in outputs]
    labels = [reading.label for reading in readings]
    label = majority(labels)
    chosen = labels.index(label)
    reading, output = readings[chosen], outputs[chosen]
    rationale = row.rationale
    if rationale is None:
        written, answer = split_output(output)
        # "One week" alone is an answer, not a rationale without one
        rationale = written if answer or reading.label is None else None
    votes = count_votes(labels) if len(labels) > 1 else None
    return replace(judge_output(question, output, reading, rationale), votes=votes)


def _read(output: str, row: WrittenRow, question: StoredQuestion, reader: Reader) -> Reading:
    read = read_llm_output if reader == "llm" else read_output
    asked = as_it_was_asked(question, row.options or options_in(row.question, question))
    if asked is None:
        return read(output, question, is_cut=row.is_cut)
    there, back = asked
    reading = read(output, there, is_cut=row.is_cut)
    return replace(reading, label=back[reading.label]) if reading.label else reading


def _scored(row: WrittenRow, question: StoredQuestion) -> Prediction:
    """Return the prediction of a harness's sample that scored the options and wrote nothing."""
    count = len(question.choices)
    scores, named = row.scores, row.named
    if len(scores) == 2 * count:  # mutual information: each option once more, without the question
        scores, named = scores[:count], named[:count]
    if len(scores) != count:
        raise InvalidPrediction(
            f"{row.where}: {len(scores)} scores for a question with {count} options. Check that "
            "the file is of this dataset, or leave the row out."
        )
    options = row.options or options_in(row.question, question)
    texts = [choice.text for choice in options]
    labels = (
        labels_of(named, question) or labels_of_ends(named, question) or labels_of(texts, question)
    )
    if labels is None and (other := stands_elsewhere(texts, question)) is not None:
        raise InvalidPrediction(
            f"{row.where}: the file's options are not those of '{question.external_id}': there "
            f"'{other}' stands at another place. Import the questions from the same source."
        )
    by_label = dict(zip(labels or question.labels, scores, strict=True))
    likely = max(by_label, key=by_label.__getitem__)
    answer = choice_answer(next(choice for choice in question.choices if choice.label == likely))
    return replace(
        judge_output(question, answer, Reading(likely), None),
        option_log_likelihoods=by_label,
        option_label=likely,
    )
