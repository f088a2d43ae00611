"""Layouts recognised by their columns and values, and said before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scicot.pure.questions import shapes
from scicot.pure.questions.asked import what_was_asked
from scicot.pure.questions.columns import (
    find_columns,
    find_distractor_columns,
    find_option_columns,
    inner_columns,
    plain_name,
)
from scicot.pure.questions.drafts import Draft
from scicot.pure.questions.free import read_free
from scicot.pure.questions.values import LETTERS, as_list, as_text, cut_options
from scicot.words.errors import InvalidQuestion

Row = Mapping[str, Any]
Read = Callable[[Row, Mapping[str, str], Sequence[str], str], Iterator[Draft]]
SHAPES: Mapping[str, tuple[str, Read]] = {
    "arc": ("ARC's official layout", shapes.read_arc),
    "hub": ("Hugging Face rows: choices as texts with labels", shapes.read_hub),
    "list": ("a list of options with an index, letter or text as key", shapes.read_list),
    "columns": ("one column an option", shapes.read_columns),
    "distractors": ("the right answer with distractors", shapes.read_distractors),
    "yes_no": ("questions answered by yes or no", shapes.read_yes_no),
    "passages": ("passages with several questions each", shapes.read_passages),
    "inline": ("options written in the question's own text", shapes.read_inline),
    "free": ("questions with a free answer", read_free),
    "places": ("columns without a header", shapes.read_columns),
}
NAMES = tuple(SHAPES)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file's rows are read: its shape, and which column is which field."""

    name: str
    columns: Mapping[str, str]
    options: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The layout in words, with the columns it reads."""
        read = [f"{field} = {column}" for field, column in self.columns.items() if field != column]
        options = f"; options: {', '.join(self.options)}" if self.options else ""
        return SHAPES[self.name][0] + options + (f" ({', '.join(read)})" if read else "")

    def unread(self, columns: Sequence[str]) -> list[str]:
        """Return which of a file's columns hold nothing that is read here."""
        inner = ("questions", "options", "answers") if self.name == "passages" else ()
        read = {*self.columns.values(), *self.options}
        read |= {column.split(".")[0] for column in read}
        return [name for name in columns if name not in read and plain_name(name) not in inner]

    def drafts(self, row: Row, where: str) -> Iterator[Draft]:
        """Yield the questions of one row; raises InvalidQuestion, which starts with `where`."""
        return SHAPES[self.name][1](row, self.columns, self.options, where)


def recognise(
    rows: Sequence[Row], name: str, mapping: Mapping[str, str], wanted: str | None = None
) -> Layout:
    """Return the layout of a file by its first rows; raises InvalidQuestion with the way out.

    `mapping` (field -> column) goes before what the names say; `wanted` names a shape to use.
    """
    columns = list(dict.fromkeys(column for row in rows for column in row))
    for column in mapping.values():
        leads_nowhere = "." in column and all(row.get(column) is None for row in rows)
        if column not in columns or leads_nowhere:
            inner = [name for name in inner_columns(rows) if name not in mapping.values()]
            raise InvalidQuestion(f"{name} has no column '{column}'. It has: {_shown(inner)}.")
    fields = find_columns(columns)
    fields = {field: column for field, column in fields.items() if column not in mapping.values()}
    fields |= {field: column for field, column in mapping.items() if field not in LETTERS}
    letters = [mapping[letter] for letter in LETTERS if letter in mapping]
    if wanted is not None:
        layout = _forced(wanted, columns, fields, letters, rows)
    elif letters:
        layout = Layout("columns", _without(fields, letters), tuple(letters))
    else:
        layout = _find(rows, columns, fields)
    if layout is None:
        raise InvalidQuestion(
            f"{name} is in no layout that is known. Its columns are {_shown(inner_columns(rows))}. "
            "Say what "
            "they hold: --map question=COLUMN --map choices=COLUMN (or --map A=COLUMN --map "
            "B=COLUMN ...) --map answer=COLUMN, or a free answer by --layout free."
        )
    return layout


def _shown(columns: Sequence[str]) -> str:
    return ", ".join(f"'{column[:60]}'" for column in columns[:30])


def _without(fields: Mapping[str, str], options: Sequence[str]) -> dict[str, str]:
    return {field: column for field, column in fields.items() if column not in options}


def _forced(
    wanted: str,
    columns: Sequence[str],
    fields: Mapping[str, str],
    letters: Sequence[str],
    rows: Sequence[Row],
) -> Layout | None:
    if wanted == "places":
        return _by_place(rows, columns)
    options = tuple(letters)
    if wanted == "columns" and not options:
        options = tuple(find_option_columns(columns))
    if wanted == "distractors":
        options = tuple(find_distractor_columns(columns))
    return Layout(wanted, _without(fields, options), options)


def _find(rows: Sequence[Row], columns: Sequence[str], fields: Mapping[str, str]) -> Layout | None:
    plain = {plain_name(column): column for column in columns}
    asked, held = _value(rows, fields.get("question")), _value(rows, fields.get("choices"))
    if isinstance(asked, dict):
        return Layout("arc", fields)
    several = _value(rows, plain.get("questions"))
    if isinstance(several, list) and several and _are_questions(several, plain):
        keys = {field: column for field, column in fields.items() if field in ("id", "passage")}
        return Layout("passages", keys)
    if "choices_text" in plain and "choices_label" in plain:
        pair = (plain["choices_text"], plain["choices_label"])
        return Layout("hub", _without(fields, pair), pair)
    if "mc1_targets" in plain and "choices" not in fields:
        return Layout("hub", {**fields, "choices": plain["mc1_targets"]})
    if "question" not in fields:
        return _by_place(rows, columns)
    if isinstance(held, dict) and {"text", "label"} <= set(held):
        return Layout("hub", fields)
    if isinstance(held, list) and held and all(isinstance(choice, dict) for choice in held):
        return Layout("hub", fields)
    if distractors := find_distractor_columns(columns):
        return Layout("distractors", _without(fields, distractors), tuple(distractors))
    if "distractors" in fields:
        return Layout("distractors", fields)
    if isinstance(held, list | dict):
        return Layout("list", fields)
    if options := find_option_columns(columns):
        kept = _without(find_columns([name for name in columns if name not in options]), options)
        return Layout("columns", {**kept, **_without(fields, options)}, tuple(options))
    if "choices" in fields:
        return Layout("list", fields)
    return _without_options(rows, columns, fields)


def _are_questions(several: Sequence[Any], plain: Mapping[str, str]) -> bool:
    """Return whether a row's list holds the questions of its passage."""
    if all(isinstance(asked, dict) for asked in several):
        return {"question", "choices"} <= set(find_columns(list(several[0])))
    return "options" in plain


def _without_options(
    rows: Sequence[Row], columns: Sequence[str], fields: Mapping[str, str]
) -> Layout | None:
    """Return yes/no or free answers; None where options may stand in columns nobody knows."""
    keys = [_alone(row.get(fields.get("answer", ""))).strip().lower() for row in rows]
    stated = {key for key in keys if key}
    if stated and stated <= shapes.YES | shapes.NO | shapes.OPEN_ANSWERS:
        return Layout("yes_no", fields, tuple(sorted(stated & shapes.OPEN_ANSWERS)))
    asked = [what_was_asked(row.get(fields["question"])) for row in rows]
    letters = all(key.strip("().: ") in tuple("abcdefghij") for key in stated)
    if letters and all(cut_options(text)[1] for text in asked):
        return Layout("inline", fields)
    unknown = [column for column in columns if column not in fields.values()]
    bare = all(len(key) == 1 and key in "abcdefghij01234" for key in stated)
    if stated and not bare and len(unknown) <= 2:
        return Layout("free", fields)
    return None


def _alone(value: Any) -> str:
    """Return a key as text, also where it stands alone in a list."""
    return as_text(value[0] if isinstance(value, list) and len(value) == 1 else value)


def _by_place(rows: Sequence[Row], columns: Sequence[str]) -> Layout | None:
    """Return the layout of a table without a header: [id], question, options, key."""
    if not rows or not all(column.isdigit() for column in columns) or len(columns) < 4:
        return None
    key = columns[-1]
    keys = {as_text(row.get(key)).strip().upper() for row in rows}
    if not keys <= {*LETTERS, *map(str, range(11)), ""}:
        return None
    first = [as_text(row.get(columns[0])) for row in rows]
    second = [as_text(row.get(columns[1])) for row in rows]
    has_id = (
        len(set(first)) == len(first)
        and not any(" " in text.strip() or len(text) > 60 for text in first)
        and sum(map(len, second)) > sum(map(len, first))
    )
    start = 1 if has_id else 0
    fields = {"question": columns[start], "answer": key} | ({"id": columns[0]} if has_id else {})
    options = columns[start + 1 : -1]
    return Layout("places", fields, tuple(options)) if 2 <= len(options) <= 10 else None


def _value(rows: Sequence[Row], column: str | None) -> Any:
    """Return the first value that a column holds, a list in a text read as such."""
    if column is None:
        return None
    values = (row.get(column) for row in rows)
    return as_list(next((value for value in values if value not in (None, "")), None))
