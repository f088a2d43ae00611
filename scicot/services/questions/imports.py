"""Imports of questions: recognised, all or nothing, once, and each bad row by name."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import ImportRow, QuestionRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.pure.hashing import content_hash
from scicot.pure.questions.layouts import NAMES
from scicot.pure.questions.traces import find_traces
from scicot.services.questions.duplicates import (
    DuplicatePair,
    list_duplicates,
    search_duplicates,
)
from scicot.services.questions.joining import BATCH, AddSupports, JoinedDataset, Warnings
from scicot.services.questions.lookup import count_questions
from scicot.services.questions.mappings import find_mapping, remember_mapping
from scicot.services.questions.reading import Reading, ReadOptions, ReadRow, read_source
from scicot.words.errors import InvalidInput
from scicot.words.people import Action, needs
from scicot.words.records import Actor, Question, Split

SHOWN_FILES = 20
SHOWN_COLUMNS = 8
Tell = Callable[[str, int, int], None]  # is told what goes on, and how much of how much is done


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
    for file in reading.files[:SHOWN_FILES]:
        keys = {"index0": "; keys count from 0", "index1": "; keys count from 1"}
        notes.append(
            f"{file.name} looks like {file.layout.title}; {file.container}; "
            f"{file.rows:,} row{'s' * (file.rows != 1)}{keys.get(file.reading, '')}."
            + _say_unread(file.unread)
        )
    for dataset, splits in reading.blind.items():
        named = ", ".join(sorted(splits))
        notes.append(
            f"No row of '{dataset}' {named} states an answer key: it can be predicted and "
            "exported, never scored."
        )
    return ", ".join(names), notes


def _say_unread(columns: Sequence[str]) -> str:
    if not columns:
        return ""
    shown = ", ".join(f"'{column[:40]}'" for column in columns[:SHOWN_COLUMNS])
    more = f" and {len(columns) - SHOWN_COLUMNS} more" if len(columns) > SHOWN_COLUMNS else ""
    return f" Not read: {shown}{more}."


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
        tell("Checking the rows", 0, sum(file.rows for file in reading.files))
        with write(session):
            if asked.mapping:
                name = asked.layout if asked.layout not in (None, *NAMES) else dataset
                remember_mapping(session, actor, str(name)[:100], asked.mapping)
            import_ = _Import(session, actor, reading, language, add_supports)
            import_.take_in(skip_bad_rows, tell)
            done = import_.note(location)
    if not done.added:
        return done
    tell("Looking for duplicates", import_.total, import_.total)
    names = list(done.datasets)
    search_duplicates(session, names, after=import_.last_before)
    return replace(done, duplicates=list_duplicates(session, names))


def question_hash(question: Question) -> str:
    """Return the hash of what a question asks: stem, choices and key."""
    options = [[choice.label, choice.text] for choice in question.choices]
    return content_hash([question.stem, options, question.answer_key])


class _Import:
    """One import while its rows are taken in, once, inside the caller's `write(session)`."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        reading: Reading,
        language: str | None,
        add_supports: AddSupports | None,
    ) -> None:
        self.session, self.actor, self.reading = session, actor, reading
        self.warnings, self.rejected = Warnings(), list[RejectedRow]()
        self.last_before = session.scalar(select(func.max(QuestionRow.id))) or 0
        names = sorted({file.dataset for file in reading.files})
        self.datasets = {
            name: JoinedDataset(session, actor, name, self.warnings, add_supports) for name in names
        }
        told = language or (reading.languages.pop() if len(reading.languages) == 1 else None)
        for dataset in self.datasets.values():
            dataset.row.language = told or dataset.row.language
        self.total = 0
        self._whole = hashlib.sha256()

    def take_in(self, skip_bad_rows: bool, tell: Tell) -> None:
        """Add every good row's question; raises the first bad row's error unless asked not to."""
        rows = sum(file.rows for file in self.reading.files)
        for place, row in enumerate(self.reading.rows()):
            if place % BATCH == 0:
                tell("Storing the questions", min(place, rows), rows)
            if isinstance(row.question, InvalidInput):
                said = str(row.question)
                if not skip_bad_rows:
                    way = "" if "--skip-bad-rows" in said else " Or import with --skip-bad-rows."
                    raise type(row.question)(f"{said}{way}")
                self.rejected.append(RejectedRow(row.row, said))
            else:
                self._add(row, row.question)
        for dataset in self.datasets.values():
            dataset.flush()

    def _add(self, row: ReadRow, question: Question) -> None:
        dataset = self.datasets[question.dataset]
        if not row.has_own_id:
            question = dataset.name_repeated(question)
        digest, name = question_hash(question), question.external_id
        where = f"{row.file.name}, row {row.row}"
        texts = {choice.text.strip() for choice in question.choices}
        if len(texts) < len(question.choices):
            self.warnings.add(f"{where}: two options of '{name}' read the same.")
        if (odd := find_traces(question, row.file.container)) is not None:
            self.warnings.add(f"{where}: {odd}")
        self._whole.update(f"{question.dataset}\t{question.split}\t{name}\t{digest}\n".encode())
        self.total += 1
        dataset.add(question, digest, where, row.support)

    def note(self, location: str) -> QuestionImport:
        """Note the import and return what it did."""
        digest = self._whole.hexdigest()
        first = self.session.scalar(
            select(ImportRow.created_at)
            .where(ImportRow.content_hash == digest, ImportRow.kind == "questions")
            .order_by(ImportRow.id)
            .limit(1)
        )
        added = sum(dataset.added for dataset in self.datasets.values())
        self.session.add(
            ImportRow(
                kind="questions",
                source_name=(Path(location).name or location)[:500],
                content_hash=digest,
                target=", ".join(self.datasets)[:200],
                actor=self.actor.name,
                created_at=utc_now(),
                result={"added": added, "rejected": len(self.rejected)},
            )
        )
        self.session.flush()
        counts = count_questions(self.session)
        layout, notes = _describe(self.reading)
        return QuestionImport(
            datasets={
                dataset.name: counts[dataset.name]
                for dataset in self.datasets.values()
                if dataset.name in counts
            },
            added=added,
            already_there=self.total - added,
            rejected=self.rejected,
            first_imported=first.isoformat(timespec="seconds") if first else None,
            layout=layout,
            notes=notes,
            warnings=self.warnings.shown(),
            rationales=sum(dataset.rationales for dataset in self.datasets.values()),
        )
