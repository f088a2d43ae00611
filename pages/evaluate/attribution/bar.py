"""The errors of a run by fault, as one bar."""

from __future__ import annotations

import altair as alt
import pandas as pd

from pages.shared.palette import NOTHING, show_chart
from scicot.pure.evaluation.attribution import Fault
from scicot.services.evaluation.attribution import Attribution

COLORS = {
    Fault.UNPARSABLE: "#a98307",
    Fault.UNSTEADY: "#4a86cf",
    Fault.RATIONALE: "#d9622b",
    Fault.ANSWERING: "#9167d8",
    Fault.UNKNOWN: NOTHING,
}


def show_fault_bar(found: Attribution) -> None:
    """Show all errors as one bar, parted by fault where the control tells it."""
    words = found.words
    values = [
        {
            "fault": words[fault].title,
            "errors": len(found.faults[fault]),
            "share": len(found.faults[fault]) / found.errors,
            "order": place,
        }
        for place, fault in enumerate(COLORS)
        if found.errors and found.faults[fault]
    ]
    if not values:
        return
    titles = [words[fault].title for fault in COLORS]
    chart = (
        alt.Chart(pd.DataFrame(values))
        .mark_bar(size=34, aria=False)
        .encode(
            x=alt.X("errors:Q", title=f"{found.errors:,} errors", axis=alt.Axis(grid=False)),
            color=alt.Color("fault:N", scale=alt.Scale(domain=titles, range=list(COLORS.values()))),
            order="order:Q",
            tooltip=["fault:N", "errors:Q", alt.Tooltip("share:Q", format=".0%")],
        )
    )
    show_chart(chart, height=90)
