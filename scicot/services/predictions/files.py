"""Predictions in and out as JSONL, so that runs made elsewhere can be compared with ours."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import ImportRow, RunRow
from db.session import write
from scicot.adapters.atomic_files import write_atomically
from scicot.adapters.clock import utc_now
from scicot.adapters.sources.written_rows import WrittenRow, read_written
from scicot.pure.hashing import content_hash
from scicot.pure.predictions.votes import count_reasons
from scicot.services.predictions.brought import judge_row
from scicot.services.predictions.store import add_predictions, flag_rationales, list_predictions
from scicot.services.questions.imports import RejectedRow
from scicot.services.questions.lookup import find_dataset_id, get_questions, list_questions
from scicot.services.questions.matching import Matcher
from scicot.services.runs.runs import add_run, get_run
from scicot.words.configs import ImportedConfig, Reader
from scicot.words.errors import Conflict, InvalidInput, InvalidPrediction
from scicot.words.people import Action, needs
from scicot.words.records import (
    Actor,
    Outcome,
    Prediction,
    RunKind,
    RunStatus,
    Split,
    StoredQuestion,
    Variant,
)


@dataclass(frozen=True, slots=True)
class PredictionImport:
    """What an import of predictions did; the run is the one that holds them now.

    `column` is the one that was read for outputs.
    """

    run: int
    added: int
    already_there: int
    no_answer: int
    reasons: Mapping[str, int] = field(default_factory=dict)
    rejected: Sequence[RejectedRow] = field(default_factory=tuple)
    column: str = ""


@dataclass(frozen=True, slots=True)
class OutputFile:
    """Which questions a file of outputs answers, and how its columns are to be read."""

    dataset: str
    split: Split
    mapping: Mapping[str, str]
    encoding: str | None
    reader: Reader


@needs(Action.IMPORT)
def import_predictions(
    session: Session,
    actor: Actor,
    path: Path,
    *,
    dataset: str,
    split: Split,
    name: str,
    skip_bad_rows: bool = False,
    mapping: Mapping[str, str] | None = None,
    encoding: str | None = None,
    reader: Reader = "student",
) -> PredictionImport:
    """Import a run made elsewhere; its outputs are read by our own parsing.

    `reader`: strictly, as the outputs of students here, or `llm`, as those of large models.

    The file is JSONL, CSV, Parquet or the like, matched by question id or text, or a sample file
    of lm-evaluation-harness, whose scores of the options are taken as such.

    All or nothing: the first bad row raises its error, unless `skip_bad_rows`, which lists every
    row left out. The same file under the same name adds nothing; another file under a name that
    is taken raises Conflict.
    """
    if not name.strip():
        raise InvalidInput("The run has no name. Give it one with --name, 'peer model' say.")
    dataset_id = find_dataset_id(session, dataset)
    source = OutputFile(dataset, split, mapping or {}, encoding, reader)
    predictions, rejected, column = _read(session, path, source, skip_bad_rows)
    digest = content_hash(
        [
            [prediction.question_id, prediction.output, prediction.rationale]
            for prediction in predictions
        ]
    )
    config = ImportedConfig(
        dataset=dataset, split=split, file=path.name, content_hash=digest, reader=reader
    )
    flags = flag_rationales(session, predictions)
    with write(session):
        known = session.scalar(
            select(RunRow).where(
                RunRow.kind == RunKind.IMPORTED,
                RunRow.name == name,
                RunRow.dataset_id == dataset_id,
            )
        )
        if known is not None:
            before = ImportedConfig.checked(**known.config)
            if (before.content_hash, before.reader) != (digest, reader):
                raise Conflict(
                    f"Run {known.id} is called '{name}' and holds other predictions for "
                    f"'{dataset}', or read otherwise. Import these under another name."
                )
            run_id, added = known.id, 0
        else:
            run_id = add_run(
                session,
                actor,
                kind=RunKind.IMPORTED,
                name=name,
                config=config.model_dump(mode="json"),
                dataset_id=dataset_id,
                status=RunStatus.DONE,
            )
            added = add_predictions(session, run_id, predictions, flags)
            session.add(_import_row(path, digest, actor, run_id, name, added))
    return PredictionImport(
        run=run_id,
        added=added,
        already_there=len(predictions) - added,
        no_answer=sum(prediction.outcome is Outcome.NO_ANSWER for prediction in predictions),
        reasons=count_reasons([prediction.no_answer_reason for prediction in predictions]),
        rejected=rejected,
        column=column,
    )


def _import_row(
    path: Path, digest: str, actor: Actor, run_id: int, name: str, added: int
) -> ImportRow:
    return ImportRow(
        kind="predictions",
        source_name=path.name,
        content_hash=digest,
        target=f"run {run_id}: {name}"[:200],
        actor=actor.name,
        created_at=utc_now(),
        result={"added": added},
    )


def _read(
    session: Session, path: Path, source: OutputFile, skip_bad_rows: bool
) -> tuple[list[Prediction], list[RejectedRow], str]:
    """Return the predictions, the rows left out, and the column that the outputs stand in."""
    matcher = Matcher(session, source.dataset, source.split)
    questions: dict[int, StoredQuestion] = {
        question.id: question for question in list_questions(session, source.dataset, source.split)
    }
    taken: dict[int, Prediction] = {}
    epochs: dict[int, WrittenRow] = {}
    rejected: list[RejectedRow] = []
    column = ""
    for number, row in read_written(path, "output", source.mapping, source.encoding):
        try:
            if isinstance(row, InvalidInput):
                raise row
            question = questions[_find(matcher, row)]
            if question.id in taken and row.is_sample:
                continue  # the harness writes a document once for each of its filters
            if row.is_epoch:  # each is one more reply
                row = epochs[question.id] = _with_reply(epochs.get(question.id), row)
            elif question.id in taken:
                raise InvalidPrediction(
                    f"{row.where}: the id '{question.external_id}' stands twice. Keep one."
                )
            taken[question.id] = judge_row(row, question, source.reader)
            column = row.column
        except InvalidInput as error:
            if not skip_bad_rows:
                raise type(error)(f"{error} Or import with --skip-bad-rows.") from None
            rejected.append(RejectedRow(number, str(error)))
    if not taken:
        raise InvalidInput(f"{path.name} holds no prediction that can be taken. Check the file.")
    return list(taken.values()), rejected, column


def _with_reply(before: WrittenRow | None, row: WrittenRow) -> WrittenRow:
    return row if before is None else replace(before, further=(*before.further, row.text))


def _find(matcher: Matcher, row: WrittenRow) -> int:
    try:
        return matcher.find(row.external_id, row.question, row.split, row.passage)
    except InvalidInput as error:
        raise InvalidPrediction(f"{row.where}: {error}") from None


@needs(Action.EXPORT)
def export_predictions(
    session: Session, actor: Actor, run_id: int, path: Path, *, variant: Variant = Variant.MAIN
) -> int:
    """Write a run's predictions as JSONL and return how many; the file appears whole."""
    run = get_run(session, run_id)
    predictions = list_predictions(session, run_id, variant=variant)
    if not predictions:
        raise InvalidInput(
            f"Run {run_id} ({run.name}) has no {variant} predictions to export. "
            "Choose a run that is done."
        )
    questions = get_questions(session, [prediction.question_id for prediction in predictions])
    lines = [
        _export_line(prediction, questions[prediction.question_id]) for prediction in predictions
    ]
    with write(session):
        pass  # nothing but who took it out
    write_atomically(path, "".join(f"{line}\n" for line in lines).encode("utf-8"))
    return len(lines)


def _export_line(prediction: Prediction, question: StoredQuestion) -> str:
    return json.dumps(
        {
            "id": question.external_id,
            "rationale": prediction.rationale,
            "output": prediction.output,
            "label": prediction.label,
            "answer_key": question.answer_key or None,
            "outcome": prediction.outcome,
            "no_answer_reason": prediction.no_answer_reason,
            "votes": prediction.votes,
            "option_label": prediction.option_label,
            "option_log_likelihoods": prediction.option_log_likelihoods,
        },
        ensure_ascii=False,
    )
