"""The colours and the manner of all charts: a method has one colour, wherever it is drawn.

Every colour stands out from a white and from a dark ground alike (3 to 1 or more), and neighbours
differ in lightness too, for eyes that tell few colours apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import streamlit as st

from scicot.pure.evaluation.method_colors import NOTHING, color_of_method

__all__ = ["NOTHING", "color_of_method"]  # also from here: the figures of reports share them
RIGHT, WRONG = "#2f9e6e", "#d1495b"  # correct, incorrect; no answer is NOTHING
RUN_COLORS = ("#0d9488", "#d9622b", "#4a86cf", "#9167d8", "#c94f8c", "#a98307", "#5c9a3c")


def run_scale(labels: Sequence[str]) -> alt.Scale:
    """Return the scale that tells a few runs apart, in the order given."""
    colors = [RUN_COLORS[place % len(RUN_COLORS)] for place in range(len(labels))]
    return alt.Scale(domain=list(labels), range=colors)


def whole_axis(title: str) -> alt.Axis:
    """Return the axis of something counted: whole numbers alone."""
    return alt.Axis(title=title, format=",d", tickMinStep=1, grid=False)


def show_chart(chart: Any, *, height: int = 240) -> None:
    """Show a chart in the manner that all of them have."""
    styled = (
        chart.properties(height=height)
        .configure_view(strokeWidth=0)
        .configure_axis(gridOpacity=0.4, domainOpacity=0.5, titleFontWeight="normal")
        .configure_legend(orient="top", title=None, labelLimit=320, symbolStrokeWidth=3)
    )
    st.altair_chart(styled)
