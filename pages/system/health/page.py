"""Health: the room that is taken, and what `doctor` finds, with the way out for each."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.shared.answers import answer, answered_at, show_answer
from pages.shared.badge_colors import Color
from pages.shared.frame import current_actor, errors_shown
from pages.shared.plain_table import Cell, Head, Line, show_plain_table
from scicot.services.system.findings import Level
from scicot.services.system.health import examine
from scicot.services.upkeep.space import free_space, measure_space, say_bytes
from scicot.services.workspace import open_workspace
from scicot.words.settings import get_settings

LOOKS: Mapping[Level, tuple[Color, str]] = {
    Level.GOOD: ("green", ":material/check:"),
    Level.ADVICE: ("orange", ":material/info:"),
    Level.BAD: ("red", ":material/error:"),
}
KINDS = {
    "stages": "trained students",
    "work": "checkpoints of runs under way or stopped",
    "logs": "logs of runs",
    "students": "students before training",
    "probes": "try-outs",
    "exports": "exports",
}
PLACE = "space"


def _show_space() -> None:
    with open_workspace() as workspace:
        space = measure_space(workspace, workspace.settings)
    st.subheader("Room", anchor=False)
    st.text(space.sentence())
    if space.by_kind:
        largest = max(space.by_kind.values())
        lines = [
            Line((Cell(KINDS.get(kind, kind)), Cell(say_bytes(size), share=size / largest)))
            for kind, size in sorted(space.by_kind.items(), key=lambda item: -item[1])
        ]
        show_plain_table(
            (Head("What"), Head("Takes")), lines, key="space_table", label="What takes room"
        )
    st.button(
        f"Free {say_bytes(space.freeable)}" if space.unneeded else "Nothing to free",
        icon=":material/cleaning_services:",
        key="free_space",
        disabled=not space.unneeded,
        on_click=_free,
        help="Deletes finished students that no run uses, and checkpoints of runs that are done. "
        "What a run uses stays, archived ones too.",
    )
    show_answer(PLACE)


def _free() -> None:
    with answered_at(PLACE), open_workspace() as workspace:
        freed = free_space(workspace, workspace.settings, current_actor())
        answer(PLACE, f"Freed {say_bytes(freed.freeable)} in {len(freed.unneeded):,} folders.")


st.title("Health", anchor=False)
with errors_shown():
    _show_space()
st.subheader("What was found", anchor=False)
st.caption("The same as `python -m scicot doctor`.")
with errors_shown(), st.spinner("Examining"):
    for finding in examine(get_settings()):
        color, icon = LOOKS[finding.level]
        left, right = st.columns([1, 6])
        left.badge(finding.area, color=color, icon=icon)
        right.text(f"{finding.found} {finding.way_out}".strip())
