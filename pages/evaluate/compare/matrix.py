"""The 2x2 of two runs, drawn: which of them is right, how often, and a press that reads it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import streamlit as st

from pages.evaluate.runs import number_runs, run_colors
from pages.evaluate.score import show_scores
from pages.shared.palette import NOTHING, RIGHT
from scicot.pure.evaluation.comparison import Cell
from scicot.services.evaluation.comparison import RunComparison

NAME = "matrix"
KEY = "cells"
FOLDER = Path(__file__).parent


@lru_cache(maxsize=1)
def _parts() -> dict[str, str]:
    return {end: (FOLDER / f"{NAME}.{end}").read_text(encoding="utf-8") for end in ("css", "js")}


def show_overview(compared: RunComparison) -> Cell:
    """Show the numbers beside the 2x2 and return the chosen cell."""
    numbers, cells = st.columns([3, 2], gap="medium")
    with numbers:
        show_scores(compared)
    with cells:
        return show_matrix(compared)


def show_matrix(compared: RunComparison) -> Cell:
    """Show the 2x2 and return the chosen cell, kept in the link."""
    current = st.query_params.get("cell", "")
    chosen = Cell(current) if current in list(Cell) else Cell.ONLY_A
    runs = [compared.run_a, compared.run_b]
    names, colors = number_runs(runs), run_colors(runs)
    titles = {
        Cell.BOTH: ("Both right", RIGHT),
        Cell.ONLY_A: (f"Only {names[0]}", colors[0]),
        Cell.ONLY_B: (f"Only {names[1]}", colors[1]),
        Cell.NEITHER: ("Neither", NOTHING),
    }
    whole = compared.found.matched or 1
    data = {
        "label": "How many questions each of the two runs has right",
        "runs": [
            {"name": name.capitalize(), "color": color}
            for name, color in zip(names, colors, strict=True)
        ],
        "cells": [
            {
                "key": cell.value,
                "count": f"{len(compared.cells[cell]):,}",
                "share": len(compared.cells[cell]) / whole,
                "title": title,
                "color": color,
                "chosen": cell is chosen,
            }
            for cell, (title, color) in titles.items()
        ],
    }
    parts = _parts()
    matrix = st.components.v2.component(NAME, css=parts["css"], js=parts["js"])
    matrix(key=KEY, data=data, on_press_change=_choose)
    return chosen


def _choose() -> None:
    """Put the cell that was pressed into the link; called before the page reruns."""
    pressed = getattr(st.session_state.get(KEY), "press", None)
    if not pressed:
        return
    st.query_params["cell"] = Cell(pressed).value
    st.query_params.pop("view", None)  # a cell is read on the questions' view
    st.query_params.pop("question", None)
