"""Rows of texts that somebody wrote for questions, rationales or outputs, by the columns' names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scicot.adapters.sources.tables import first_rows, open_table
from scicot.pure.questions.columns import NAMES, find_columns, plain_name
from scicot.pure.questions.drafts import SPLITS
from scicot.pure.questions.harness import is_harness_row, read_harness_row
from scicot.pure.questions.values import as_list, as_text, eaten_backslash, kind_of
from scicot.words.errors import InvalidInput, InvalidPrediction, InvalidRationale
from scicot.words.records import Split

SAMPLE = 50
IDS = ("question_id", "questionid", "qid", *NAMES["id"])
ASKED = ("question", "stem", "question_text", "question_stem", "query", "prompt", "input")
RATIONALE_COLUMNS = {
    "id": IDS,
    "question": ASKED,
    "rationale": (
        *("rationale", "explanation", "reasoning", "cot", "chain_of_thought", "text"),
        *("output", "response", "completion", "generation", "rationales"),
    ),
    "sample": ("sample", "sample_number", "sample_id"),
    "split": ("split",),
}
OUTPUT_COLUMNS = {
    "id": IDS,
    "question": ASKED,
    "output": (
        *("output", "prediction", "response", "generation", "completion", "model_output"),
        *("answer", "pred", "text"),
    ),
    "rationale": ("rationale", "explanation", "reasoning"),
    "split": ("split",),
}


@dataclass(frozen=True, slots=True)
class WrittenRow:
    """One text of a file: for which question, by id or text, and which sample it is."""

    where: str
    external_id: str
    question: str
    text: str
    rationale: str | None = None
    sample: int | None = None
    split: Split | None = None
    option_scores: Mapping[int, float] | None = None  # nats, by the option's place
    is_sample: bool = False  # of lm-evaluation-harness


def read_written(
    path: Path, kind: str, mapping: Mapping[str, str], encoding: str | None = None
) -> Iterator[tuple[int, WrittenRow | InvalidInput]]:
    """Yield (row, text) of a file of rationales or outputs (`kind` is the column that matters).

    A row that cannot be taken is yielded as its error; raises InvalidInput for the whole file.
    """
    wanted = RATIONALE_COLUMNS if kind == "rationale" else OUTPUT_COLUMNS
    for field in mapping:
        if field not in wanted:
            raise InvalidInput(f"'{field}' is no field here. There are {', '.join(wanted)}.")
    known = {name for names in wanted.values() for name in names}

    def is_header(names: Any) -> bool:
        mapped = set(mapping.values()) & set(names)
        return bool(mapped) or any(plain_name(name) in known for name in names)

    with open_table(path, encoding=encoding, is_header=is_header) as table:
        sample, rows = first_rows(table.rows, SAMPLE)
        columns = _columns(sample, wanted, mapping, kind, table.name)
        for number, row in rows:
            where = f"{table.name}, row {number}"
            try:
                if isinstance(row, InvalidInput):
                    raise row
                if kind == "output" and is_harness_row(row):
                    yield number, _from_harness(row, where)
                else:
                    yield from ((number, text) for text in _texts(row, columns, kind, where))
            except InvalidInput as error:
                yield number, error


def _columns(
    sample: list[dict[str, Any]],
    wanted: Mapping[str, tuple[str, ...]],
    mapping: Mapping[str, str],
    kind: str,
    name: str,
) -> Mapping[str, str]:
    names = list(dict.fromkeys(column for row in sample for column in row))
    missing = next((column for column in mapping.values() if column not in names), None)
    if missing is not None:
        raise InvalidInput(f"{name} has no column '{missing}'. It has: {', '.join(names)}.")
    free = [column for column in names if column not in mapping.values()]
    chosen = find_columns(free, wanted) | dict(mapping)
    return {**dict.fromkeys((kind,), kind), **chosen} if sample else chosen


def _texts(
    row: Mapping[str, Any], columns: Mapping[str, str], kind: str, where: str
) -> Iterator[WrittenRow]:
    """Yield the row's texts: one, or each of a list as a sample of its own."""
    error = InvalidRationale if kind == "rationale" else InvalidPrediction
    external_id = row.get(columns.get("id", "id"))
    asked = as_text(row.get(columns.get("question", "question"))).strip()
    if isinstance(external_id, dict | list | bool) or not (as_text(external_id).strip() or asked):
        raise error(
            f"{where}: the field 'id' is {kind_of(external_id)}, and there is no question's text "
            "to go by. Correct the row, or say which column it is: --map id=COLUMN."
        )
    column = columns[kind]
    value = as_list(row.get(column)) if kind == "rationale" else row.get(column)
    texts = value if isinstance(value, list) and kind == "rationale" else [value]
    stated = as_text(row.get(columns.get("sample", "sample"))).strip()
    if stated and not (stated.isascii() and stated.isdigit() and len(stated) < 6):
        raise error(f"{where}: sample '{stated}' is no number from 0. Correct the row.")
    beside = row.get(columns.get("rationale", "rationale")) if kind == "output" else None
    if beside is not None and not isinstance(beside, str):
        raise error(
            f"{where}: the field 'rationale' is {kind_of(beside)}; a text or null was expected. "
            "Correct the row."
        )
    for place, text in enumerate(texts):
        if not isinstance(text, str):
            raise error(
                f"{where}: the field '{column}' is {kind_of(text)}; a text was expected. "
                "Correct the row."
            )
        if kind == "rationale" and not text.strip():
            raise error(f"{where}: the rationale is empty. Fill it in or drop the row.")
        if kind == "rationale" and (command := eaten_backslash(text)) is not None:
            raise error(
                f"{where}: a backslash was lost: \\{command} came as a control character, which "
                f"is what JSON reads in a single one. Write \\\\{command}."
            )
        yield WrittenRow(
            where=where,
            external_id=as_text(external_id).strip(),
            question=asked,
            text=text,
            rationale=beside or None,
            sample=int(stated) + place if stated else None,
            split=SPLITS.get(as_text(row.get(columns.get("split", "split"))).strip().lower()),
        )


def _from_harness(row: Mapping[str, Any], where: str) -> WrittenRow:
    harness_row = read_harness_row(row, where)
    return WrittenRow(
        where=where,
        external_id=harness_row.external_id,
        question=harness_row.question,
        text=harness_row.output,
        option_scores=harness_row.scores,
        is_sample=True,
    )
