"""A table as a page's own: real cells for eyes and screen readers, and buttons inside them.

Streamlit's tables cost 1-2 ms of the browser a cell, or draw on a canvas; this one draws hundreds
of cells in a few milliseconds. Texts are set as text, never as HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache, partial
from pathlib import Path

import streamlit as st

from scicot.pure.shares import NONE, say_share

NAME = "plain_table"
FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head. `group` heads several neighbours that name the same one."""

    text: str
    group: str = ""
    help: str = ""
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: a text, a smaller note below, and what a press of it answers with.

    `value` is the number that a column of numbers is sorted by, whatever the text looks like.
    `share` (0 to 1) is drawn as a bar; `press` makes the text a button, a lasting one with
    `is_call`, else one that looks like the text. `color` is a dot before the text, `help` what
    shows while one points at it.
    """

    text: str = ""
    note: str = ""
    press: str = ""
    is_call: bool = False
    help: str = ""
    share: float | None = None
    value: float | None = None
    color: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row; `is_faint` says that it rests on too little, `is_marked` that it stands out.

    `tick` gives it a box to tick, which answers with this word.
    """

    cells: Sequence[Cell] = field(default_factory=tuple)
    is_faint: bool = False
    is_marked: bool = False
    tick: str = ""
    is_ticked: bool = False


@lru_cache(maxsize=1)
def _parts() -> dict[str, str]:
    return {end: (FOLDER / f"{NAME}.{end}").read_text(encoding="utf-8") for end in ("css", "js")}


def show_plain_table(
    heads: Sequence[Head],
    lines: Sequence[Line],
    *,
    key: str,
    label: str,
    is_sortable: bool = False,
    height: int | None = None,
    is_tight: bool = False,
    on_press: Callable[[str], None] | None = None,
    on_tick: Callable[[str], None] | None = None,
) -> str | None:
    """Show a table and return the `press` of the cell that was just pressed, None for none.

    `label` names it to a screen reader; above `height` pixels it scrolls by itself, and
    a tight one keeps each cell on one line. `on_press` is
    called with the press before the page is drawn again, so that it may change the link, and
    `on_tick` likewise with a line's `tick`.
    """

    def called(trigger: str, answer: Callable[[str], None] | None) -> None:
        value = _triggered(key, trigger)
        if value is not None and answer is not None:
            answer(value)

    parts = _parts()
    table = st.components.v2.component(NAME, css=parts["css"], js=parts["js"])
    data = {
        "label": label,
        "heads": [asdict(head) for head in heads],
        "lines": [asdict(line) for line in lines],
        "sortable": is_sortable,
        "height": height,
        "tight": is_tight,
    }
    table(
        key=key,
        data=data,
        on_press_change=partial(called, "press", on_press),
        on_tick_change=partial(called, "tick", on_tick),
    )
    return _triggered(key, "press")


def show_records(
    records: Sequence[Mapping[str, object]],
    *,
    key: str,
    label: str,
    about: Mapping[str, str] | None = None,
    height: int | None = None,
) -> None:
    """Show records of the same fields as a table; a field of numbers alone is set as numbers.

    A value may be a `Cell` of its own; None shows as a dash. `about` says what a field means.
    """
    if not records:
        return
    fields = list(dict.fromkeys(name for record in records for name in record))
    heads = [
        Head(
            name[:1].upper() + name[1:],
            help=(about or {}).get(name, ""),
            is_number=all(_is_number(record.get(name)) for record in records),
        )
        for name in fields
    ]
    lines = [Line([_as_cell(record.get(name)) for name in fields]) for record in records]
    show_plain_table(heads, lines, key=key, label=label, is_sortable=True, height=height)


def _is_number(value: object) -> bool:
    if isinstance(value, Cell):
        return value.value is not None or value.text == NONE
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _as_cell(value: object) -> Cell:
    if isinstance(value, Cell):
        return value
    if value is None:
        return Cell(NONE)
    if isinstance(value, int | float):
        return Cell(f"{value:,}", value=value)
    return Cell(str(value))


def percent_cell(share: float | None) -> Cell:
    """Return a share as a whole percentage, sorted by its value; a dash for none."""
    return Cell(NONE) if share is None else Cell(say_share(share, 0), value=share)


def _triggered(key: str, trigger: str) -> str | None:
    value = getattr(st.session_state.get(key), trigger, None)
    return str(value) if value else None
