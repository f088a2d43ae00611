"""Rationales out: approved ones with the original beside the edit, and what other tools take."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import DatasetRow, QuestionRow, RationaleRow
from db.rows import chunks
from db.session import write
from scicot.adapters.atomic_files import write_atomically
from scicot.adapters.parquet_files import to_parquet
from scicot.pure.review.exchange import argilla_record, label_studio_task
from scicot.pure.review.sentences import label_sentences
from scicot.pure.spreadsheets import neutralise
from scicot.pure.students.texts import question_text
from scicot.services.questions.lookup import find_dataset_id
from scicot.services.review.items import load_items
from scicot.words.errors import InvalidInput
from scicot.words.people import Action, needs
from scicot.words.records import APPROVED, Actor, RationaleStatus
from scicot.words.reviewing import ReviewItem

BATCH = 500


class RationaleFormat(StrEnum):
    """How rationales are written: our JSONL, tables, other tools' records, preference pairs."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"
    ARGILLA = "argilla"
    LABEL_STUDIO = "label-studio"
    DPO = "dpo"
    PROCESS = "process"


@needs(Action.EXPORT)
def export_rationales(
    session: Session,
    actor: Actor,
    path: Path,
    *,
    dataset: str | None = None,
    include: Sequence[RationaleStatus] = APPROVED,
    source: str | None = None,
    style: RationaleFormat = RationaleFormat.JSONL,
) -> int:
    """Write rationales in these statuses and return how many; the file appears whole or not.

    Raises InvalidInput when there is nothing to write.
    """
    count, content = render_rationales(
        session, actor, dataset=dataset, include=include, source=source, style=style
    )
    write_atomically(path, content)
    return count


@needs(Action.EXPORT)
def render_rationales(
    session: Session,
    actor: Actor,
    *,
    dataset: str | None = None,
    include: Sequence[RationaleStatus] = APPROVED,
    source: str | None = None,
    style: RationaleFormat = RationaleFormat.JSONL,
) -> tuple[int, bytes]:
    """Return how many rationales are in these statuses, and the file that holds them.

    Preference pairs are edited rationales only: the edit is chosen, the original rejected. Process
    labels take rejected ones whose first wrong sentence was marked as well. Raises InvalidInput
    when there is nothing to write.
    """
    if style is RationaleFormat.PROCESS:
        include = tuple({*include, RationaleStatus.REJECTED})
    items = list(_load(session, actor, _ids(session, dataset, include, source)))
    if style is RationaleFormat.PROCESS:
        items = [item for item in items if _is_labelled(item)]
    if style is RationaleFormat.DPO:
        items = [item for item in items if item.rationale.text != item.rationale.original_text]
    if not items:
        wanted = ", ".join(status.value for status in include)
        raise InvalidInput(
            f"There is no rationale to write ({wanted}). Review some first, or include others."
        )
    content = _render(items, style)
    with write(session):
        pass  # nothing but who took it out
    return len(items), content


def _render(items: Sequence[ReviewItem], style: RationaleFormat) -> bytes:
    match style:
        case RationaleFormat.CSV:
            return _as_csv(items).encode("utf-8-sig")
        case RationaleFormat.PARQUET:
            return to_parquet([_our_line(item) for item in items])
        case RationaleFormat.LABEL_STUDIO:  # takes a list of tasks, and no lines
            tasks = [label_studio_task(item) for item in items]
            return json.dumps(tasks, ensure_ascii=False, indent=1).encode("utf-8")
    line = LINES[style]
    lines = (f"{json.dumps(line(item), ensure_ascii=False)}\n" for item in items)
    return "".join(lines).encode("utf-8")


def _ids(
    session: Session,
    dataset: str | None,
    include: Sequence[RationaleStatus],
    source: str | None,
) -> list[int]:
    query = (
        select(RationaleRow.id)
        .join(QuestionRow, QuestionRow.id == RationaleRow.question_id)
        .join(DatasetRow, DatasetRow.id == RationaleRow.dataset_id)
        .where(RationaleRow.status.in_(include))
        .order_by(DatasetRow.name, QuestionRow.split, QuestionRow.position, RationaleRow.id)
    )
    if dataset is not None:
        query = query.where(RationaleRow.dataset_id == find_dataset_id(session, dataset))
    if source is not None:
        query = query.where(RationaleRow.source == source)
    return list(session.scalars(query))


def _load(session: Session, actor: Actor, ids: Sequence[int]) -> Iterator[ReviewItem]:
    for some in chunks(ids):
        yield from load_items(session, actor, some)


def _our_line(item: ReviewItem) -> Mapping[str, Any]:
    rationale = item.rationale
    return {
        "id": item.question.external_id,
        "rationale": rationale.text,
        "source": rationale.source,
        "status": rationale.status.value,
        "flags": sorted({flag.check for flag in item.flags}),
        "original": rationale.original_text,
        "origin": rationale.origin.value,
        "dataset": item.question.dataset,
        "split": item.question.split.value,
        "sample": rationale.sample,
        "revision": rationale.revision_number,
        "reviewer": item.reviewer,
        "help": item.worth.help if item.worth else None,
        "leak": item.worth.leak if item.worth else None,
        "first_wrong": item.first_wrong,
    }


def _is_labelled(item: ReviewItem) -> bool:
    """Return whether it is known which sentences are right: all, or those before the mark."""
    return item.rationale.status in APPROVED or item.first_wrong is not None


def _process_labels(item: ReviewItem) -> Mapping[str, Any]:
    """Return a line as TRL's stepwise supervision takes it."""
    labelled = label_sentences(item.rationale.text, item.first_wrong)
    return {
        "prompt": question_text(item.question),
        "completions": [sentence for sentence, _ in labelled],
        "labels": [is_right for _, is_right in labelled],
        "id": item.question.external_id,
        "source": item.rationale.source,
    }


def _preference_pair(item: ReviewItem) -> Mapping[str, Any]:
    return {
        "prompt": question_text(item.question),
        "chosen": item.rationale.text,
        "rejected": item.rationale.original_text,
        "id": item.question.external_id,
        "source": item.rationale.source,
    }


LINES: Mapping[RationaleFormat, Callable[[ReviewItem], Mapping[str, Any]]] = {
    RationaleFormat.JSONL: _our_line,
    RationaleFormat.ARGILLA: argilla_record,
    RationaleFormat.DPO: _preference_pair,
    RationaleFormat.PROCESS: _process_labels,
}


def _as_csv(items: Sequence[ReviewItem]) -> str:
    text = io.StringIO()
    rows = [_our_line(item) for item in items]
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({key: _cell(value) for key, value in row.items()})
    return text.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        value = " ".join(value)
    return neutralise(value) if isinstance(value, str) else value
