"""Questions read from files: recognised, checked and laid aside, before anything is written.

A file is read once. Its rows wait in a temporary file, not in memory, because what its numeric
keys mean, and whether a split is blind, is known only at its end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from scicot.adapters.sources.gym import read_gym
from scicot.adapters.sources.hub import read_hub
from scicot.adapters.sources.laid_aside import LaidAside
from scicot.adapters.sources.question_files import (
    STARTER_FOLDER,
    QuestionFile,
    find_question_files,
)
from scicot.adapters.sources.tables import Row, Rows, first_rows, open_table
from scicot.pure.questions.columns import inner_columns, looks_like_header, reach_into
from scicot.pure.questions.drafts import Draft, finish
from scicot.pure.questions.keys import KeyCount, add_up, blind_splits, decide, meanings
from scicot.pure.questions.layouts import Layout, recognise
from scicot.words.configs import ImportConfig
from scicot.words.errors import InvalidInput, InvalidQuestion
from scicot.words.records import AnswerKind, Choice, Question, Split
from scicot.words.storage import expand

SAMPLE = 100  # rows that a layout is recognised by


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read a source; None and empty leave it to the source itself."""

    split: Split | None = None
    layout: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    keys: str | None = None
    encoding: str | None = None
    size: int = 500  # of a generated set, all splits together
    seed: int = 0

    @classmethod
    def of(cls, config: ImportConfig) -> ReadOptions:
        """Return how an import's settings say to read."""
        return cls(
            split=config.split,
            layout=config.layout,
            mapping=config.mapping,
            keys=config.keys,
            encoding=config.encoding,
            size=config.size,
            seed=config.seed,
        )


@dataclass(slots=True)
class FileReading:
    """One file that has been read: what it was taken for, and how its keys are meant."""

    name: str
    dataset: str
    container: str
    layout: Layout
    keys: KeyCount
    reading: str = ""
    rows: int = 0
    unread: tuple[str, ...] = ()  # columns that nothing is taken from


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row: its question, or the error it was refused with; `support` explains the answer."""

    row: int
    file: FileReading
    question: Question | InvalidInput
    support: str | None = None
    has_own_id: bool = True


class Reading:
    """All rows of a source, to be gone through as often as needed; close it when done."""

    def __init__(self) -> None:
        self.files: list[FileReading] = []
        self.languages: set[str] = set()
        self._entries = LaidAside()
        self._blind: dict[str, set[Split]] = {}

    def __enter__(self) -> Reading:
        return self

    def __exit__(self, *_: object) -> None:
        self._entries.close()

    def add(self, file: QuestionFile, container: str, rows: Rows, options: ReadOptions) -> None:
        """Read one file's rows; raises InvalidInput for what ends the reading."""
        name = file.path.name
        sample, rows = first_rows(rows, SAMPLE)
        if not sample:
            _, error = next(rows, (0, InvalidInput(f"{name} holds no rows. Check the file.")))
            raise error if isinstance(error, InvalidInput) else InvalidInput(f"{name} is empty.")
        reached = options.mapping.values()
        sample = [reach_into(unwrap(row), reached) for row in sample]
        layout = recognise(sample, name, options.mapping, options.layout)
        reading = FileReading(name, file.dataset, container, layout, KeyCount())
        if not (options.split or file.split or "split" in layout.columns):
            raise InvalidInput(
                f"{name} does not say which split it is. Add --split train, validation or test."
            )
        columns = dict.fromkeys(column for row in sample for column in row)
        reading.unread = tuple(layout.unread([name for name in columns if name not in reached]))
        place = len(self.files)
        self.files.append(reading)
        for number, row in rows:
            reading.rows += 1
            where = f"{name}, row {number}"
            try:
                if isinstance(row, InvalidInput):
                    raise row
                for draft in layout.drafts(reach_into(unwrap(row), reached), where):
                    split = _split_of(draft, file, options, where)
                    reading.keys.add(draft, split)
                    if draft.language:
                        self.languages.add(draft.language)
                    has_id = "id" in layout.columns and bool(row)
                    self._entries.add([number, place, split.value, has_id, _to_fields(draft)])
            except InvalidInput as error:
                self._entries.add([number, place, str(error)])

    def settle(self, options: ReadOptions) -> None:
        """Decide what the keys mean; raises InvalidInput when it must be asked for."""
        alike: dict[object, list[FileReading]] = {}
        for file in self.files:  # the splits of a set are written alike: all of them decide
            shape = (file.dataset, file.layout.name, tuple(file.layout.columns.items()))
            alike.setdefault(shape, []).append(file)
        for files in alike.values():
            reading = decide(add_up(file.keys for file in files), files[0].name, options.keys)
            for file in files:
                file.reading = reading
        for dataset in {file.dataset for file in self.files}:
            counts = [file.keys for file in self.files if file.dataset == dataset]
            self._blind[dataset] = blind_splits(counts)
            if Split.TRAIN in self._blind[dataset]:
                raise InvalidQuestion(
                    f"No row of the train split of '{dataset}' states an answer key. Say which "
                    "column holds it (--map answer=COLUMN), or import a blind split as --split "
                    "test: it can be predicted and exported, never scored."
                )

    @property
    def blind(self) -> Mapping[str, set[Split]]:
        """The splits without any key, by dataset."""
        return {dataset: splits for dataset, splits in self._blind.items() if splits}

    def rows(self) -> Iterator[ReadRow]:
        """Yield every row with its question settled, or with its error, in the source's order."""
        for number, place, *rest in self._entries:
            file = self.files[place]
            if len(rest) == 1:
                yield ReadRow(number, file, InvalidQuestion(rest[0]))
                continue
            split, has_id, fields = rest
            draft = _to_draft(fields)
            try:
                question: Question | InvalidInput = self._settled(draft, Split(split), file, number)
            except InvalidQuestion as error:
                question = error
            yield ReadRow(number, file, question, draft.support, has_id)

    def _settled(self, draft: Draft, split: Split, file: FileReading, number: int) -> Question:
        where = f"{file.name}, row {number}"
        if not draft.is_labelled and split not in self._blind[file.dataset]:
            raise InvalidQuestion(
                f"{where}: the row states no answer key while others of the split do. Fill it in."
            )
        key = draft.key
        if draft.answer_form is None and draft.is_labelled:
            key = (draft.named if draft.index is None else meanings(draft)[file.reading]) or key
        return finish(draft, key, file.dataset, split, where)


def _to_fields(draft: Draft) -> list[Any]:
    """Return a draft in plain values; `_to_draft` turns them back."""
    form = draft.answer_form.value if draft.answer_form else None
    return [
        draft.external_id,
        draft.stem,
        [(choice.label, choice.text) for choice in draft.choices],
        *(draft.key, draft.named, draft.index, form, draft.group, draft.support),
    ]


def _to_draft(fields: list[Any]) -> Draft:
    external_id, stem, choices, key, named, index, form, group, support = fields
    return Draft(
        external_id=external_id,
        stem=stem,
        choices=tuple([Choice(label, text) for label, text in choices]),
        key=key,
        named=named,
        index=index,
        answer_form=AnswerKind(form) if form else None,
        group=group,
        support=support,
    )


def _split_of(draft: Draft, file: QuestionFile, options: ReadOptions, where: str) -> Split:
    split = options.split or draft.split or file.split
    if split is None:
        raise InvalidInput(
            f"{where}: the row does not say which split it is. Fill it in, or add --split train, "
            "validation or test."
        )
    return split


def unwrap(row: Row) -> Row:
    """Return the row inside a row of the hub's viewer."""
    return row["row"] if isinstance(row.get("row"), dict) and "row_idx" in row else row


def read_source(location: str, dataset: str, options: ReadOptions) -> Reading:
    """Return the rows of a file, a folder, `starter` or `hub:ID`, recognised and settled.

    Raises InvalidInput when nothing can be read, the layout is not known, or the meaning of the
    keys has to be asked for. The caller closes the reading.
    """
    reading = Reading()
    try:
        if location.startswith("gym:"):
            parts = read_gym(
                location[4:].strip(),
                dataset,
                size=options.size,
                seed=options.seed,
                as_choices=options.layout == "list",
            )
            for file, layout, rows in parts:
                drawn = replace(options, split=None, layout=layout)
                reading.add(file, "reasoning-gym", rows, drawn)
        elif location.startswith("hub:"):
            for file, rows in read_hub(location[4:], dataset):
                reading.add(file, "the Hugging Face hub", rows, options)
        else:
            path = STARTER_FOLDER if location == "starter" else expand(Path(location))
            _read_files(reading, path, dataset, options)
        reading.settle(options)
    except BaseException:
        reading.__exit__()
        raise
    return reading


def list_columns(location: str, options: ReadOptions) -> list[str]:
    """Return the columns of a file, or of a folder's first one, for a mapping to choose from."""
    # only looked at: a split that no name states is asked for later
    file = find_question_files(expand(Path(location)), "", options.split or Split.TRAIN)[0]
    with open_table(file.path, encoding=options.encoding, is_header=looks_like_header) as table:
        sample, _ = first_rows(table.rows, SAMPLE)
    return inner_columns([unwrap(row) for row in sample])


def _read_files(reading: Reading, path: Path, dataset: str, options: ReadOptions) -> None:
    names = set(options.mapping.values())

    def is_header(cells: Any) -> bool:
        return looks_like_header(cells) or bool(names & set(cells))

    for file in find_question_files(path, dataset, options.split):
        with open_table(file.path, encoding=options.encoding, is_header=is_header) as table:
            reading.add(file, table.container, table.rows, options)
