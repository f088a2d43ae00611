"""Figures as files, for whoever may not touch an adapter."""

from __future__ import annotations

from scicot.adapters.figures import render_png, render_svg
from scicot.pure.evaluation.figures import Figure, draw_methods, draw_sizes
from scicot.pure.evaluation.tables import ResultTable


def draw_figures(tables: list[ResultTable]) -> list[tuple[str, Figure]]:
    """Return the name and description of figure 4 and of figure 5's panels, from the tables."""
    figures = []
    for table in tables:
        if table.key == "table_2":
            figures.append(("figure_4", draw_methods(table)))
        elif table.is_of_shares:
            figures.append((f"figure_5_{table.datasets[0]}", draw_sizes(table)))
    return figures


def figure_svg(figure: Figure) -> str:
    """Return the figure as an SVG document."""
    return render_svg(figure)


def figure_png(figure: Figure) -> bytes:
    """Return the figure as a PNG image."""
    return render_png(figure)
