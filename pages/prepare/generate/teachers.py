"""The table of teachers: what each costs, and what its rationales are good for."""

from __future__ import annotations

import streamlit as st

from pages.shared.money import format_usd
from pages.shared.plain_table import percent_cell, show_records
from scicot.services.evaluation.teachers import TeacherLine, compare_teachers
from scicot.services.workspace import open_workspace


def show_teachers(dataset: str) -> None:
    """Show every source of the dataset by cost, flags, accept rate, help and students."""
    with open_workspace() as session:
        table = compare_teachers(session, dataset)
    if not table.lines:
        return
    st.markdown("##### Teachers")
    show_records(
        [_describe(line) for line in table.lines],
        key="every_teacher",
        label="Teachers and sources of this dataset",
    )
    by_whom = f" to {table.student}" if table.student else ": nobody has measured it yet"
    st.caption(
        f"Help{by_whom}, in nats, the mean of a teacher's own measured texts; best for: questions "
        "where no other teacher's text helps more, of those on which several were measured. "
        "Students learned from this source alone; all seeds of one setting are one figure."
    )


def _describe(line: TeacherLine) -> dict[str, object]:
    return {
        "teacher": line.source,
        "texts": line.texts,
        "cost": format_usd(line.usd),
        "each approved": format_usd(line.usd_per_approved),
        "flagged": percent_cell(line.flagged),
        "accepted": percent_cell(line.accepted),
        "of decided": line.decided,
        "help": (
            f"{line.help:+.2f} of {line.measured:,}" if line.help is not None else "not measured"
        ),
        "best for": line.best_for,
        "students": "; ".join(student.say() for student in line.students) or "none",
    }
