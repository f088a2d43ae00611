"""Predictions in and out as JSONL, so that runs made elsewhere can be compared with ours."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import ImportRow, QuestionRow, RunRow
from db.session import write
from scicot.adapters.atomic_files import write_atomically
from scicot.adapters.clock import utc_now
from scicot.adapters.sources.prediction_files import PredictionLine, read_prediction_lines
from scicot.pure.hashing import content_hash
from scicot.pure.predictions.parsing import judge, read_answer, split_output
from scicot.services.predictions.store import add_predictions, flag_rationales, list_predictions
from scicot.services.questions.imports import RejectedRow
from scicot.services.questions.lookup import find_dataset_id, get_questions, to_question
from scicot.services.runs.runs import add_run, get_run
from scicot.words.errors import Conflict, InvalidInput, InvalidPrediction
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
    """What an import of predictions did; the run is the one that holds them now."""

    run: int
    added: int
    already_there: int
    no_answer: int
    rejected: Sequence[RejectedRow] = field(default_factory=tuple)


def import_predictions(
    session: Session,
    actor: Actor,
    path: Path,
    *,
    dataset: str,
    split: Split,
    name: str,
    skip_bad_rows: bool = False,
) -> PredictionImport:
    """Import a run made elsewhere; its outputs are read by our own parsing.

    All or nothing: the first bad row raises its error, unless `skip_bad_rows`, which lists every
    row left out. The same file under the same name adds nothing; another file under a name that
    is taken raises Conflict.
    """
    if not name.strip():
        raise InvalidInput("The run has no name. Give it one with --name, 'peer model' say.")
    dataset_id = find_dataset_id(session, dataset)
    questions = _questions_by_external_id(session, dataset_id, dataset, split)
    predictions, rejected = _read(path, questions, dataset, split, skip_bad_rows)
    digest = content_hash([[one.question_id, one.output, one.rationale] for one in predictions])
    config = {"dataset": dataset, "split": split.value, "file": path.name, "content_hash": digest}
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
            if known.config.get("content_hash") != digest:
                raise Conflict(
                    f"Run {known.id} is called '{name}' and holds other predictions for "
                    f"'{dataset}'. Import these under another name."
                )
            run_id, added = known.id, 0
        else:
            run_id = add_run(
                session,
                actor,
                kind=RunKind.IMPORTED,
                name=name,
                config=config,
                dataset_id=dataset_id,
                status=RunStatus.DONE,
            )
            added = add_predictions(session, run_id, predictions, flags)
            session.add(_import_row(path, digest, actor, run_id, name, added))
    return PredictionImport(
        run=run_id,
        added=added,
        already_there=len(predictions) - added,
        no_answer=sum(one.outcome is Outcome.NO_ANSWER for one in predictions),
        rejected=rejected,
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


def _questions_by_external_id(
    session: Session, dataset_id: int, dataset: str, split: Split
) -> dict[str, StoredQuestion]:
    rows = session.scalars(
        select(QuestionRow).where(QuestionRow.dataset_id == dataset_id, QuestionRow.split == split)
    )
    return {row.external_id: to_question(row, dataset) for row in rows}


def _read(
    path: Path,
    questions: dict[str, StoredQuestion],
    dataset: str,
    split: Split,
    skip_bad_rows: bool,
) -> tuple[list[Prediction], list[RejectedRow]]:
    taken: dict[str, Prediction] = {}
    rejected: list[RejectedRow] = []
    for number, found in read_prediction_lines(path.expanduser()):
        try:
            if isinstance(found, InvalidInput):
                raise found
            question = questions.get(found.external_id)
            if question is None:
                raise InvalidPrediction(
                    f"{found.where}: there is no question '{found.external_id}' in the {split} "
                    f"split of '{dataset}'. Correct the id, the dataset or the split."
                )
            if found.external_id in taken:
                raise InvalidPrediction(
                    f"{found.where}: the id '{found.external_id}' stands twice. Keep one."
                )
            taken[found.external_id] = to_prediction(found, question)
        except InvalidInput as error:
            if not skip_bad_rows:
                raise type(error)(f"{error} Or import with --skip-bad-rows.") from None
            rejected.append(RejectedRow(number, str(error)))
    if not taken:
        raise InvalidInput(f"{path.name} holds no prediction that can be taken. Check the file.")
    return list(taken.values()), rejected


def to_prediction(line: PredictionLine, question: StoredQuestion) -> Prediction:
    """Return the prediction of one imported line; a rationale inside the output is split off."""
    label = read_answer(line.output, question)
    rationale = line.rationale
    if rationale is None:
        written, answer = split_output(line.output)
        # "One week" alone is an answer, not a rationale without one
        rationale = written if answer or label is None else None
    return Prediction(
        question_id=question.id,
        rationale=rationale,
        output=line.output,
        label=label,
        outcome=judge(label, question),
    )


def export_predictions(
    session: Session, run_id: int, path: Path, *, variant: Variant = Variant.MAIN
) -> int:
    """Write a run's predictions as JSONL and return how many; the file appears whole."""
    run = get_run(session, run_id)
    predictions = list_predictions(session, run_id, variant=variant)
    if not predictions:
        raise InvalidInput(
            f"Run {run_id} ({run.name}) has no {variant} predictions to export. "
            "Choose a run that is done."
        )
    questions = get_questions(session, [one.question_id for one in predictions])
    lines = [_export_line(one, questions[one.question_id]) for one in predictions]
    write_atomically(path, "".join(f"{line}\n" for line in lines).encode("utf-8"))
    return len(lines)


def _export_line(prediction: Prediction, question: StoredQuestion) -> str:
    return json.dumps(
        {
            "id": question.external_id,
            "rationale": prediction.rationale,
            "output": prediction.output,
            "label": prediction.label,
            "answer_key": question.answer_key,
            "outcome": prediction.outcome,
            "option_label": prediction.option_label,
            "option_log_likelihoods": prediction.option_log_likelihoods,
        },
        ensure_ascii=False,
    )
