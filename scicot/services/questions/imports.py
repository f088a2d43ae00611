"""Imports of questions: recognised, all or nothing, once, and each bad row by name."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import DatasetRow, ImportRow, QuestionRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.pure.hashing import content_hash
from scicot.pure.questions.layouts import NAMES
from scicot.services.questions.duplicates import (
    DuplicatePair,
    list_duplicates,
    search_duplicates,
)
from scicot.services.questions.lookup import count_questions, find_dataset
from scicot.services.questions.mappings import find_mapping, remember_mapping
from scicot.services.questions.reading import Reading, ReadOptions, ReadRow, read_source
from scicot.words.errors import Conflict, InvalidInput
from scicot.words.people import Action, needs
from scicot.words.records import Actor, Question, Split

BATCH = 1000
SHOWN_WARNINGS = 20
# adds (question id, text) pairs as human rationales of a source, in the import's transaction
Tell = Callable[[str, int, int], None]  # is told what goes on, and how much of how much is done
AddSupports = Callable[[Session, Actor, str, Sequence[tuple[int, str]]], int]


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was left out, and why."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class QuestionImport:
    """What an import of questions did, and how the source was read."""

    datasets: dict[str, dict[str, int]]
    added: int
    already_there: int
    rejected: Sequence[RejectedRow] = field(default_factory=tuple)
    first_imported: str | None = None  # when the same content came first, if it did
    layout: str = ""
    notes: Sequence[str] = ()  # what it was taken for
    warnings: Sequence[str] = ()  # rows that deserve a look
    rationales: int = 0  # explanations that came along
    duplicates: Sequence[DuplicatePair] = ()  # pairs that touch the datasets, exact ones first


@dataclass(frozen=True, slots=True)
class QuestionPreview:
    """What an import would read, with nothing written: the layout and the first questions."""

    layout: str
    notes: Sequence[str]
    rows: int
    examples: Sequence[Question]
    rejected: Sequence[RejectedRow]


def settled_options(session: Session, options: ReadOptions) -> ReadOptions:
    """Return the options with a remembered mapping filled in; raises NotFound for its name."""
    if options.layout is None or options.layout in NAMES or options.mapping:
        layout = options.layout if options.layout in NAMES else None
        return replace(options, layout=layout)
    return replace(options, layout=None, mapping=find_mapping(session, options.layout))


def preview_questions(
    session: Session, location: str, *, dataset: str, options: ReadOptions, examples: int = 3
) -> QuestionPreview:
    """Return how a source would be read; nothing is written."""
    with read_source(location, dataset, settled_options(session, options)) as reading:
        shown: list[Question] = []
        rejected: list[RejectedRow] = []
        count = 0
        for row in reading.rows():
            if isinstance(row.question, InvalidInput):
                rejected.append(RejectedRow(row.row, str(row.question)))
                continue
            count += 1
            if len(shown) < examples:
                shown.append(row.question)
        layout, notes = _describe(reading)
    return QuestionPreview(layout, notes, count, shown, rejected)


def _describe(reading: Reading) -> tuple[str, list[str]]:
    """Return the layout's name and the sentences that say what the source was taken for."""
    names = list(dict.fromkeys(file.layout.name for file in reading.files))
    notes = []
    for file in reading.files[:SHOWN_WARNINGS]:
        keys = {"index0": "; keys count from 0", "index1": "; keys count from 1"}
        notes.append(
            f"{file.name} looks like {file.layout.title}; {file.container}; "
            f"{file.rows:,} row{'s' * (file.rows != 1)}{keys.get(file.reading, '')}."
        )
    for dataset, splits in reading.blind.items():
        named = ", ".join(sorted(splits))
        notes.append(
            f"No row of '{dataset}' {named} states an answer key: it can be predicted and "
            "exported, never scored."
        )
    return ", ".join(names), notes


@needs(Action.IMPORT)
def import_questions(
    session: Session,
    actor: Actor,
    location: str,
    *,
    dataset: str,
    split: Split | None = None,
    skip_bad_rows: bool = False,
    options: ReadOptions | None = None,
    language: str | None = None,
    add_supports: AddSupports | None = None,
    tell: Tell = lambda _message, _done, _total: None,
) -> QuestionImport:
    """Import a file, a folder, `hub:ID` or the `starter` set, in whatever layout it is.

    All or nothing: the first bad row raises its error and nothing is written, unless
    `skip_bad_rows`, which lists every row left out. What is there already is left as it is; the
    same id in the same split with other content raises Conflict. A mapping given with a layout's
    name is remembered by it. What `tell` raises leaves everything as it was.
    """
    if not dataset.strip():
        raise InvalidInput("The dataset has no name. Give it one, for instance 'arc'.")
    asked = replace(options or ReadOptions(), split=split or (options.split if options else None))
    tell("Reading the source", 0, 0)
    with read_source(location, dataset, settled_options(session, asked)) as reading:
        rows = sum(file.rows for file in reading.files)
        tell("Checking the rows", 0, rows)
        checked = _check(reading, skip_bad_rows)
        with write(session):
            if asked.mapping:
                name = asked.layout if asked.layout not in (None, *NAMES) else dataset
                remember_mapping(session, actor, str(name)[:100], asked.mapping)
            done = _store(session, actor, location, reading, checked, language, add_supports, tell)
    if not done.added:
        return done
    tell("Looking for duplicates", rows, rows)
    search_duplicates(session, list(done.datasets))
    pairs = {
        (pair.first.id, pair.second.id): pair
        for name in done.datasets
        for pair in list_duplicates(session, name)
    }
    return replace(done, duplicates=list(pairs.values()))


@dataclass(slots=True)
class _Checked:
    """What one pass over the rows found."""

    digest: str
    rejected: list[RejectedRow]
    warnings: list[str]
    names: dict[tuple[str, int], str]  # (file, row) -> the id given to a repeated row without one
    hashes: list[str]  # of the good rows, in order


def question_hash(question: Question) -> str:
    """Return the hash of what a question asks: stem, choices and key."""
    options = [[choice.label, choice.text] for choice in question.choices]
    return content_hash([question.stem, options, question.answer_key])


def _check(reading: Reading, skip_bad_rows: bool) -> _Checked:
    """Return what is wrong with the rows; raises the first bad row's error unless asked not to."""
    whole = hashlib.sha256()
    checked = _Checked("", [], [], {}, [])
    seen: dict[tuple[str, Split], dict[str, str]] = {}
    for row in reading.rows():
        if isinstance(row.question, InvalidInput):
            if not skip_bad_rows:
                raise type(row.question)(f"{row.question} Or import with --skip-bad-rows.")
            checked.rejected.append(RejectedRow(row.row, str(row.question)))
            continue
        question, digest = row.question, question_hash(row.question)
        checked.hashes.append(digest)
        ids = seen.setdefault((question.dataset, question.split), {})
        name = question.external_id
        if not row.has_own_id and name in ids:
            name = next(f"{name}-{n}" for n in range(2, len(ids) + 3) if f"{name}-{n}" not in ids)
            checked.names[row.file.name, row.row] = name
        elif name in ids and ids[name] == digest:
            checked.warnings.append(
                f"{row.file.name}, row {row.row}: '{name}' stands twice; it is taken once."
            )
        elif name in ids:
            raise InvalidInput(
                f"The id '{name}' stands twice in '{question.dataset}', {question.split}, with "
                "different content. Give each question of a split an id of its own."
            )
        ids[name] = digest
        texts = {choice.text.strip() for choice in question.choices}
        if len(texts) < len(question.choices):
            checked.warnings.append(
                f"{row.file.name}, row {row.row}: two options of '{name}' read the same."
            )
        whole.update(f"{question.dataset}\t{question.split}\t{name}\t{digest}\n".encode())
    checked.digest = whole.hexdigest()
    return checked


def _questions(reading: Reading, checked: _Checked) -> Iterator[tuple[Question, str, str | None]]:
    """Yield the good questions, each with its hash, and its explanation if it has one."""
    hashes = iter(checked.hashes)
    for row in reading.rows():
        if isinstance(row.question, Question):
            yield _named(row, row.question, checked), next(hashes), row.support


def _named(row: ReadRow, question: Question, checked: _Checked) -> Question:
    name = checked.names.get((row.file.name, row.row))
    return replace(question, external_id=name) if name else question


def _store(
    session: Session,
    actor: Actor,
    location: str,
    reading: Reading,
    checked: _Checked,
    language: str | None,
    add_supports: AddSupports | None,
    tell: Tell,
) -> QuestionImport:
    first = session.scalar(
        select(ImportRow.created_at)
        .where(ImportRow.content_hash == checked.digest, ImportRow.kind == "questions")
        .order_by(ImportRow.id)
        .limit(1)
    )
    names = sorted({file.dataset for file in reading.files})
    told = language or (reading.languages.pop() if len(reading.languages) == 1 else None)
    stores = {name: _DatasetStore(session, name, told) for name in names}
    total = 0
    supports: dict[str, dict[tuple[Split, str], str]] = {}
    for question, digest, support in _questions(reading, checked):
        total += 1
        if total % BATCH == 0:
            tell("Storing the questions", total, len(checked.hashes))
        stores[question.dataset].add(question, digest)
        if support and add_supports is not None:
            supports.setdefault(question.dataset, {})[question.split, question.external_id] = (
                support
            )
    for store in stores.values():
        store.flush()
    added = sum(store.added for store in stores.values())
    warnings = [*checked.warnings, *(text for store in stores.values() for text in store.warnings)]
    rationales = 0
    if add_supports is not None:
        for name, texts in supports.items():
            pairs = stores[name].with_ids(texts)
            rationales += add_supports(session, actor, f"{name}'s own", pairs)
    session.add(
        ImportRow(
            kind="questions",
            source_name=(Path(location).name or location)[:500],
            content_hash=checked.digest,
            target=", ".join(names)[:200],
            actor=actor.name,
            created_at=utc_now(),
            result={"added": added, "rejected": len(checked.rejected)},
        )
    )
    session.flush()
    counts = count_questions(session)
    layout, notes = _describe(reading)
    return QuestionImport(
        datasets={name: counts[name] for name in names if name in counts},
        added=added,
        already_there=total - added,
        rejected=checked.rejected,
        first_imported=first.isoformat(timespec="seconds") if first else None,
        layout=layout,
        notes=notes,
        warnings=_shortened(warnings),
        rationales=rationales,
    )


def _shortened(warnings: Sequence[str]) -> list[str]:
    beyond = len(warnings) - SHOWN_WARNINGS
    return [*warnings[:SHOWN_WARNINGS], *([f"... and {beyond:,} more."] if beyond > 0 else [])]


class _DatasetStore:
    """One dataset while questions join it, in batches, inside the caller's `write(session)`."""

    def __init__(self, session: Session, name: str, language: str | None) -> None:
        self.session, self.added, self.warnings = session, 0, list[str]()
        dataset = find_dataset(session, name)
        if dataset is None:
            dataset = DatasetRow(name=name, created_at=utc_now(), other_names=[])
            session.add(dataset)
        dataset.language = language or dataset.language
        session.flush()
        self.name, self.id = dataset.name, dataset.id
        rows = session.execute(
            select(QuestionRow.split, QuestionRow.external_id, QuestionRow.content_hash).where(
                QuestionRow.dataset_id == dataset.id
            )
        )
        self._there: dict[str, dict[Split, str]] = {}
        for split, external_id, digest in rows:
            self._there.setdefault(external_id, {})[split] = digest
        self._places: dict[Split, int] = {}
        self._batch: list[dict[str, Any]] = []

    def add(self, question: Question, digest: str) -> None:
        """Add a question unless it is there; raises Conflict for another one with its id."""
        position = self._places.get(question.split, 0)
        self._places[question.split] = position + 1
        splits = self._there.setdefault(question.external_id, {})
        known = splits.get(question.split)
        if known == digest:
            return
        if known is not None:
            raise Conflict(
                f"'{self.name}' holds a question '{question.external_id}' with other content in "
                f"its {question.split} split. Import the changed file under another dataset name."
            )
        for split, other in splits.items():
            if other == digest:
                self.warnings.append(
                    f"'{question.external_id}' is in {split} already and is in {question.split} "
                    "now: the same question, which training leaves out where it is tested."
                )
        splits[question.split] = digest
        self.added += 1
        self._batch.append(
            {
                "dataset_id": self.id,
                "split": question.split,
                "external_id": question.external_id,
                "position": position,
                "stem": question.stem,
                "choices": [
                    {"label": choice.label, "text": choice.text} for choice in question.choices
                ],
                "answer_key": question.answer_key,
                "answer_form": question.answer_form,
                "group": question.group,
                "content_hash": digest,
                "created_at": utc_now(),
            }
        )
        if len(self._batch) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Write the questions that wait."""
        if self._batch:
            self.session.execute(QuestionRow.__table__.insert(), self._batch)  # type: ignore[attr-defined]
        self._batch = []

    def with_ids(self, texts: Mapping[tuple[Split, str], str]) -> list[tuple[int, str]]:
        """Return the texts by question id."""
        rows = self.session.execute(
            select(QuestionRow.id, QuestionRow.split, QuestionRow.external_id).where(
                QuestionRow.dataset_id == self.id
            )
        )
        return [
            (question_id, texts[split, external_id])
            for question_id, split, external_id in rows
            if (split, external_id) in texts
        ]
