"""Which column is which: a layout by name, or a mapping of columns to fields to be remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from scicot.pure.questions.layouts import SHAPES
from scicot.services.questions.mappings import list_mappings
from scicot.services.questions.reading import ReadOptions, list_columns
from scicot.services.workspace import open_workspace
from scicot.words.errors import SciCotError

RECOGNISED = "recognised by its content"
FIELDS = (
    *("question", "answer", "choices", "distractors", "id", "passage", "rationale"),
    *("group", "language", "split"),
)


def ask_mapping(location: str, options: ReadOptions) -> ReadOptions:
    """Return the options with what the person says of the columns; nothing said changes nothing."""
    with open_workspace() as session:
        remembered = list_mappings(session)
    with st.expander("Which column is which", icon=":material/view_column:"):
        layout = st.selectbox(
            "Layout",
            [RECOGNISED, *SHAPES, *remembered],
            key="questions_layout",
            format_func=lambda name: f"{name}: {SHAPES[name][0]}" if name in SHAPES else name,
        )
        try:
            columns = list_columns(location, options)
        except SciCotError:
            columns = []  # the preview says why
        mapping = _ask_columns(columns)
        name = st.text_input(
            "Remember this mapping as", key="questions_mapping_name", disabled=not mapping
        ).strip()
    if mapping:
        return replace(options, mapping=mapping, layout=name or None)
    return replace(options, layout=None if layout == RECOGNISED else layout)


def ask_fields(fields: Sequence[str], columns: Sequence[str], prefix: str) -> dict[str, str]:
    """Return which column a person chose for which field; those left alone are not in it."""
    mapping: dict[str, str] = {}
    places = st.columns(4)
    for place, field in enumerate(fields):
        column = places[place % 4].selectbox(
            field,
            ["", *columns],
            key=f"{prefix}_map_{field}",
            format_func=lambda name: name or "–",
        )
        if column:
            mapping[field] = column
    return mapping


def _ask_columns(columns: list[str]) -> dict[str, str]:
    mapping = ask_fields(FIELDS, columns, "questions")
    options = st.multiselect("One column an option, in order", columns, key="questions_map_options")
    return mapping | dict(zip("ABCDEFGHIJ", options, strict=False))
