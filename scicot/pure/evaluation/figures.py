"""Figures 4 and 5 of the paper as Vega-Lite descriptions, published and measured side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any

from scicot.pure.evaluation.method_colors import color_of_method
from scicot.pure.evaluation.paper_tables import UNTRAINED
from scicot.pure.evaluation.tables import ResultTable, Row
from scicot.pure.methods.registry import list_methods
from scicot.pure.shares import say_share
from scicot.pure.statistics import Interval

Figure = Mapping[str, Any]
PAPER, OURS = "paper", "ours"


def _accuracy(table: ResultTable) -> dict[str, Any]:
    """Return the axis of accuracies; the published ones are of the test split, always."""
    title = "Test accuracy (%)"
    if table.split != "test":
        title = f"Accuracy (%); ours on {table.split}, the paper's on test"
    return {"title": title, "scale": {"zero": True}}


def _scale(methods: Sequence[str]) -> dict[str, Any]:
    names = {method.title: method.name for method in list_methods()}
    colors = [color_of_method(names.get(title)) for title in methods]
    return {"domain": list(methods), "range": colors}


def _drawn(table: ResultTable) -> list[Row]:
    """Return the rows of trained students: what needs none has no bar, nor has an untrained one."""
    return [
        row
        for row in table.rows
        if any(cell.published is not None or cell.launch for cell in row.cells)
        and row.label not in UNTRAINED.values()
    ]


def _values(table: ResultTable, place: str, series: str) -> Iterator[dict[str, Any]]:
    """Yield one point a figure of the table; `place` and `series` name what row and column are."""
    for row in _drawn(table):
        for column, cell in zip(table.columns, row.cells, strict=True):
            names = {place: row.label, series: column}
            if cell.published is not None:
                yield {
                    **names,
                    "from": PAPER,
                    "accuracy": round(cell.published * 100, 2),
                    **_bounds(cell.published_interval),
                }
            if cell.measured is not None:
                yield {
                    **names,
                    "from": OURS,
                    "accuracy": round(cell.measured.accuracy * 100, 2),
                    **_bounds(cell.measured.interval),
                    "runs": len(cell.measured.run_ids),
                    "questions": cell.measured.questions,
                    "no answer": say_share(cell.measured.no_answer_share),
                    **_unlike(table, cell.measured.differs),
                }


def _unlike(table: ResultTable, differs: str) -> dict[str, str]:
    """Return what a point of other settings carries: its mark, and which they are."""
    return {"differs": differs, "mark": table.marks[differs]} if differs else {}


def _title(table: ResultTable, text: str, width: int) -> dict[str, Any]:
    """Return a title under which stands what a figure needs to be read by itself.

    A picture goes without its page: n, seeds, unread answers, what the bars mean, the best constant
    place, which points are of other settings. `width` is that of a line in characters.
    """
    ours = [cell.measured for row in _drawn(table) for cell in row.cells if cell.measured]
    said = []
    if ours:
        said = [
            f"Ours: {_span([one.questions for one in ours], 'question')}, "
            f"{_span([len(one.run_ids) for one in ours], 'seed')} a figure, "
            f"no answer in {_share_span([one.no_answer_share for one in ours])}; "
            "rules: 95 % intervals over questions, and over seeds where there are several."
        ]
    said += _same_places(table)
    said += [f"{mark} {differs}" for differs, mark in table.marks.items()]
    lines = [line for one in said for line in wrap(one, width)]
    return {"text": text, "subtitle": lines, "subtitleColor": "#888", "anchor": "start"}


def _same_places(table: ResultTable) -> list[str]:
    """Return a sentence with what always the best place would give on the drawn questions."""
    places: dict[str, list[float]] = {}
    for row in _drawn(table):
        for column, cell in zip(table.columns, row.cells, strict=True):
            if cell.measured and cell.measured.same_place is not None:
                of = "" if table.is_of_shares else column
                places.setdefault(of, []).append(cell.measured.same_place)
    said = [f"{_share_span(of)}{f' ({name})' if name else ''}" for name, of in places.items()]
    return [f"Answering one place always, the best, would give {', '.join(said)}."] if said else []


def _span(numbers: Sequence[int], thing: str) -> str:
    low, high = min(numbers), max(numbers)
    span = f"{low:,}" if low == high else f"{low:,} to {high:,}"
    return f"{span} {thing}{'' if high == 1 else 's'}"


def _share_span(shares: Sequence[float]) -> str:
    low, high = say_share(min(shares)), say_share(max(shares))
    return low if low == high else f"{low} to {high}"


def _marks() -> dict[str, Any]:
    """Return the layer that puts its mark above each point of other settings."""
    return {
        "transform": [
            {"filter": "isValid(datum.mark)"},
            {"calculate": "isValid(datum.high) ? datum.high : datum.accuracy", "as": "top"},
        ],
        "mark": {"type": "text", "dy": -8, "color": "#888", "aria": False},
        "encoding": {"y": {"field": "top", "type": "quantitative"}, "text": {"field": "mark"}},
    }


def _bounds(interval: Interval | None) -> dict[str, float]:
    """Return where an error bar ends, in percent; nothing where there is no interval."""
    if interval is None:
        return {}
    return {"low": round(interval.low * 100, 2), "high": round(interval.high * 100, 2)}


def draw_methods(table: ResultTable) -> Figure:
    """Return figure 4: the methods' accuracies by dataset, from Table II."""
    values = list(_values(table, "method", "dataset"))
    drawn = {value["method"] for value in values}
    shown = [row.label for row in table.rows if row.label in drawn]
    x = {"field": "method", "sort": shown, "title": None, "axis": {"labelAngle": 0}}
    offset = {"field": "from", "sort": [PAPER, OURS]}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": _title(
            table, "Methods" if not table.student else f"Methods; ours: {table.student}", 76
        ),
        "data": {"values": values},
        "facet": {"column": {"field": "dataset", "title": None, "sort": list(table.columns)}},
        "spec": {
            "width": 190,
            "height": 240,
            "encoding": {"x": x, "xOffset": offset},
            "layer": [
                {
                    "mark": {"type": "bar", "tooltip": True},
                    "encoding": {
                        "y": {"field": "accuracy", "type": "quantitative", **_accuracy(table)},
                        "color": {"field": "method", "scale": _scale(shown), "legend": None},
                        "opacity": {
                            "field": "from",
                            "scale": {"domain": [PAPER, OURS], "range": [0.4, 1.0]},
                            "title": None,
                            # a grey that is seen on white and on black
                            "legend": {"symbolFillColor": "#888", "symbolStrokeColor": "#888"},
                        },
                    },
                },
                _error_bars(table),
                _marks(),
            ],
        },
    }


def _error_bars(table: ResultTable) -> dict[str, Any]:
    return {
        "transform": [{"filter": "isValid(datum.low)"}],
        "mark": {"type": "rule", "strokeWidth": 1.5, "color": "#888", "aria": False},
        "encoding": {
            "y": {"field": "low", "type": "quantitative", "title": _accuracy(table)["title"]},
            "y2": {"field": "high"},
        },
    }


def draw_sizes(table: ResultTable) -> Figure:
    """Return figure 5 for one dataset: accuracy by the share of training questions."""
    values = list(_values(table, "share", "method"))
    y = {"field": "accuracy", "type": "quantitative", **_accuracy(table)}
    x = {
        "field": "share",
        "type": "ordinal",
        "sort": [row.label for row in table.rows],
        "title": table.label_title,
        "axis": {"labelAngle": 0},
    }
    color = {"field": "method", "title": None, "scale": _scale(table.columns)}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": _title(table, table.title.partition(". ")[2] or table.title, 68),
        "width": 360,
        "height": 260,
        "data": {"values": values},
        "encoding": {"x": x, "color": color},
        "layer": [
            {
                "mark": {"type": "line", "tooltip": True},
                "encoding": {
                    "y": y,
                    "strokeDash": {
                        "field": "from",
                        "title": None,
                        "scale": {"domain": [PAPER, OURS], "range": [[5, 4], [1, 0]]},
                    },
                },
            },
            {
                "mark": {"type": "point", "filled": True, "size": 60},
                "encoding": {"y": y},
            },
            _error_bars(table) | {"mark": {"type": "rule", "strokeWidth": 1.5, "aria": False}},
            _marks(),
        ],
    }
