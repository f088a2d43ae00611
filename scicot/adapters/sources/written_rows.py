"""Rows of texts that somebody wrote for questions, rationales or outputs, by the columns' names."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scicot.adapters.sources.tables import first_rows, open_table
from scicot.adapters.sources.written_columns import WANTED, choose_columns
from scicot.pure.predictions.sample_files import read_sample
from scicot.pure.questions.asked import what_was_asked
from scicot.pure.questions.columns import plain_name, reach_into
from scicot.pure.questions.drafts import SPLITS
from scicot.pure.questions.harness import HarnessSample
from scicot.pure.questions.layouts import Layout, recognise
from scicot.pure.questions.values import as_list, as_text, eaten_backslash, kind_of
from scicot.pure.teacher.brought import BroughtText, texts_in
from scicot.pure.teacher.thinking import cut_thinking
from scicot.words.errors import InvalidInput, InvalidPrediction, InvalidQuestion, InvalidRationale
from scicot.words.records import Choice, Split

SAMPLE = 50
_FINISHED = ("finish_reason", "stop_reason", "done_reason")
_CUT = ("length", "max_tokens", "max_output_tokens")
_ORDERED = ("arc", "hub", "list", "columns")


@dataclass(frozen=True, slots=True)
class WrittenRow:
    """One text of a file: for which question, by id or text, and which sample it is.

    `why` says why a reply holds no text. Of an output: `further` are more replies to the same
    question, `scores` (nats) are of what is `named`, or of the `options` in the file's own order.
    """

    where: str
    external_id: str
    question: str
    text: str
    passage: str = ""  # that stands before the question in a column of its own
    rationale: str | None = None
    sample: int | None = None
    split: Split | None = None
    why: str = ""
    is_cut: bool = False  # the limit was reached
    further: tuple[str, ...] = ()
    scores: tuple[float, ...] = ()
    named: tuple[str, ...] = ()
    options: tuple[Choice, ...] = ()
    is_sample: bool = False  # of an evaluation tool, which may write a document several times
    is_epoch: bool = False  # of a tool that asks each question several times
    column: str = ""  # that the text stands in


def read_written(
    path: Path, kind: str, mapping: Mapping[str, str], encoding: str | None = None
) -> Iterator[tuple[int, WrittenRow | InvalidInput]]:
    """Yield (row, text) of a file of rationales or outputs (`kind` is the column that matters).

    A row that cannot be taken is yielded as its error; raises InvalidInput for the whole file.
    """
    wanted = WANTED[kind]
    for field in mapping:
        if field not in wanted:
            raise InvalidInput(f"'{field}' is no field here. There are {', '.join(wanted)}.")
    known = {name for names in wanted.values() for name in names}

    def is_header(names: Any) -> bool:
        mapped = set(mapping.values()) & set(names)
        return bool(mapped) or any(plain_name(name) in known for name in names)

    with open_table(path, encoding=encoding, is_header=is_header) as table:
        sample, rows = first_rows(table.rows, SAMPLE)
        reached = mapping.values()
        sample = [reach_into(row, reached) for row in sample]
        columns = choose_columns(sample, mapping, kind, table.name)
        layout = _layout(sample, table.name) if kind == "output" else None
        for number, row in rows:
            where = f"{table.name}, row {number}"
            try:
                if isinstance(row, InvalidInput):
                    raise row
                row = reach_into(row, reached)
                if kind == "rationale":
                    yield from ((number, text) for text in _rationales(row, columns, where))
                elif (replied := read_sample(row, where)) is not None:
                    yield number, _from_tool(replied, where)
                else:
                    yield number, _output(row, columns, layout, where)
            except InvalidInput as error:
                yield number, error


def _layout(sample: list[dict[str, Any]], name: str) -> Layout | None:
    """Return how the rows keep their questions' options, where they say in which order."""
    try:
        layout = recognise(sample, name, {})
    except InvalidQuestion:
        return None
    return layout if layout.name in _ORDERED else None


def _options(row: Mapping[str, Any], layout: Layout | None, where: str) -> tuple[Choice, ...]:
    if layout is None:
        return ()
    try:
        return next(layout.drafts(row, where)).choices
    except InvalidQuestion:
        return ()


def _asked(
    row: Mapping[str, Any],
    columns: Mapping[str, str],
    where: str,
    error: type[InvalidInput],
) -> WrittenRow:
    """Return what a row says of its question, as a row that has no text yet."""
    external_id = row.get(columns.get("id", "id"))
    asked = what_was_asked(row.get(columns.get("question", "question")))
    # a task's words apart from what it is given, as sets for fine-tuning have them
    parts = [what_was_asked(row.get(name)).strip() for name in ("instruction", "input")]
    if all(name in row for name in ("instruction", "input")):
        asked = "\n".join(part for part in parts if part)
    asked = (asked or _asked_in_chat(row, columns)).strip()
    if isinstance(external_id, dict | list | bool) or not (as_text(external_id).strip() or asked):
        raise error(
            f"{where}: the field 'id' is {kind_of(external_id)}, and there is no question's text "
            "to go by. Correct the row, or say which column it is: --map id=COLUMN."
        )
    return WrittenRow(
        where=where,
        external_id=as_text(external_id).strip(),
        question=asked,
        text="",
        passage=as_text(row.get(columns.get("passage", "passage"))).strip(),
        split=SPLITS.get(as_text(row.get(columns.get("split", "split"))).strip().lower()),
    )


def _asked_in_chat(row: Mapping[str, Any], columns: Mapping[str, str]) -> str:
    """Return what the chat asks whose last message is the text that is brought."""
    held = (row.get(columns[kind]) for kind in WANTED if kind in columns)
    chats = (chat for chat in map(as_list, held) if isinstance(chat, list))
    return next((said for chat in chats if (said := what_was_asked(chat))), "")


def _rationales(
    row: Mapping[str, Any], columns: Mapping[str, str], where: str
) -> Iterator[WrittenRow]:
    """Yield the row's rationales: one, or each of a list as a sample of its own."""
    asked = _asked(row, columns, where, InvalidRationale)
    stated = as_text(row.get(columns.get("sample", "sample"))).strip()
    if stated and not (stated.isascii() and stated.isdigit() and len(stated) < 6):
        raise InvalidRationale(f"{where}: sample '{stated}' is no number from 0. Correct the row.")
    column = columns["rationale"]
    texts = texts_in(as_list(row.get(column)))
    if not texts:
        raise InvalidRationale(_no_text(row, column, where))
    for place, text in enumerate(texts):
        thinking = cut_thinking(text.text)
        why = text.why or ("A thought never ends, so there is no text" * thinking.is_unclosed)
        if not thinking.text.strip() and not why:
            what = "thinking alone" if thinking.was_there else "empty"
            raise InvalidRationale(f"{where}: the rationale is {what}. Fill it in or drop the row.")
        if (command := eaten_backslash(thinking.text)) is not None:
            raise InvalidRationale(
                f"{where}: a backslash was lost: \\{command} came as a control character, which "
                f"is what JSON reads in a single one. Write \\\\{command}."
            )
        yield replace(
            asked,
            text=thinking.text,
            sample=int(stated) + place if stated else None,
            why=f"{where}: {why}." if why else "",
            column=column,
        )


def _no_text(row: Mapping[str, Any], column: str, where: str) -> str:
    if column not in row:
        there = ", ".join(f"'{name[:40]}'" for name in list(row)[:20])
        return (
            f"{where}: the field '{column}' is missing; there are {there}. Correct the row, or say "
            f"which it is: --map {column}=COLUMN."
        )
    return (
        f"{where}: the field '{column}' is {kind_of(row.get(column))}; a text was expected. "
        "Correct the row."
    )


def _output(
    row: Mapping[str, Any], columns: Mapping[str, str], layout: Layout | None, where: str
) -> WrittenRow:
    """Return the row's output; several replies in one row are put to the vote."""
    asked = _asked(row, columns, where, InvalidPrediction)
    column = columns["output"]
    texts = _outputs(row.get(column))
    if not texts:
        raise InvalidPrediction(_no_text(row, column, where))
    failed = next((text.why for text in texts if text.has_failed), None)
    if failed is not None:
        raise InvalidPrediction(f"{where}: {failed}. Ask again, or leave the row out.")
    beside = row.get(columns.get("rationale", "rationale"))
    if beside is not None and not isinstance(beside, str):
        raise InvalidPrediction(
            f"{where}: the field 'rationale' is {kind_of(beside)}; a text or null was expected. "
            "Correct the row."
        )
    finish = next((row[name] for name in _FINISHED if row.get(name)), "")
    return replace(
        asked,
        text=texts[0].text,
        rationale=beside or None,
        is_cut=texts[0].is_cut or as_text(finish).lower() in _CUT,
        further=tuple(text.text for text in texts[1:]),
        options=_options(row, layout, where),
        column=column,
    )


def _outputs(value: Any) -> list[BroughtText]:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return [BroughtText(as_text(value))]
    texts = texts_in(value)
    if not texts and isinstance(value, dict) and value:  # an answer in JSON, already parsed
        return [BroughtText(json.dumps(value, ensure_ascii=False))]
    return texts


def _from_tool(sample: HarnessSample, where: str) -> WrittenRow:
    return WrittenRow(
        where=where,
        external_id=sample.external_id,
        question=sample.question,
        text=next(iter(sample.outputs), ""),
        is_cut=sample.is_cut,
        further=sample.outputs[1:],
        scores=sample.scores,
        named=sample.named,
        options=sample.options,
        is_sample=not sample.is_epoch,
        is_epoch=sample.is_epoch,
        column="the samples",
    )
