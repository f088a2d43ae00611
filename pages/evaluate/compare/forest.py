"""The slices of two runs as a forest plot, and their answers' places as bars."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from pages.shared.palette import NOTHING, show_chart
from scicot.pure.evaluation.slices import NO_ANSWER, PositionBias, SliceRow
from scicot.pure.statistics import wilson_interval

LINE, AROUND = 24, 90  # pixels of one slice; of legend and axis
ALL = "all of these"


def show_forest(
    rows: Sequence[SliceRow], whole: SliceRow, names: Sequence[str], colors: Sequence[str]
) -> None:
    """Show the difference in each slice with its interval, above that of all questions.

    A point lies on the side of the run that is better there; small slices are faint.
    """
    values = [
        {
            "slice": f"{row.value.replace('_', ' ')} · {row.found.matched:,}",
            "difference": row.found.difference * 100,
            "low": interval.low * 100,
            "high": interval.high * 100,
            "better": names[0] if row.found.difference >= 0 else names[1],
            "is_small": row.is_small,
            "questions": row.found.matched,
        }
        for row in (*rows, whole)
        if (interval := row.found.interval) is not None
    ]
    if not values:
        return
    frame = pd.DataFrame(values)
    y = alt.Y(
        "slice:N",
        sort=list(frame["slice"]),
        title=None,
        axis=alt.Axis(labelLimit=260, labelOverlap=False),
    )
    title = f"{names[0]} − {names[1]}, points; 95 % interval"
    color = alt.Color("better:N", scale=alt.Scale(domain=list(names), range=list(colors)))
    opacity = alt.condition("datum.is_small", alt.value(0.45), alt.value(1.0))
    base = alt.Chart(frame).encode(y=y)
    rule = base.mark_rule(strokeWidth=2, aria=False).encode(
        x=alt.X("low:Q", title=title), x2="high:Q", color=color, opacity=opacity
    )
    point = base.mark_point(filled=True, size=90, shape="square", opacity=1, aria=False).encode(
        x="difference:Q",
        color=color,
        opacity=opacity,
        tooltip=[
            alt.Tooltip("slice:N"),
            alt.Tooltip("difference:Q", format="+.1f"),
            alt.Tooltip("low:Q", format="+.1f"),
            alt.Tooltip("high:Q", format="+.1f"),
        ],
    )
    zero = alt.Chart(pd.DataFrame({"x": [0]})).mark_rule(
        strokeDash=[4, 3], color=NOTHING, aria=False
    )
    show_chart(
        alt.layer(zero.encode(x=alt.X("x:Q", title=title)), rule, point),
        height=LINE * len(values) + AROUND,
    )


def show_places(
    biases: Sequence[PositionBias], names: Sequence[str], colors: Sequence[str]
) -> None:
    """Show how often the key, and each run's answer, stands at each place."""
    keys = biases[0]
    values: list[dict[str, object]] = [
        {"place": place, "who": "the key", "share": keys.key_shares[place] * 100}
        for place in keys.positions
        if place != NO_ANSWER
    ]
    for bias, name in zip(biases, names, strict=True):
        for place in bias.positions:
            interval = wilson_interval(round(bias.answer_shares[place] * bias.n), bias.n)
            values.append(
                {
                    "place": place,
                    "who": name,
                    "share": bias.answer_shares[place] * 100,
                    "low": interval.low * 100 if interval else None,
                    "high": interval.high * 100 if interval else None,
                }
            )
    whose = ["the key", *names]
    frame = pd.DataFrame(values, columns=["place", "who", "share", "low", "high"])
    base = alt.Chart(frame).encode(
        x=alt.X("place:N", title="Place of the option", axis=alt.Axis(labelAngle=0)),
        xOffset=alt.XOffset("who:N", sort=whose),
    )
    bars = base.mark_bar(aria=False).encode(
        y=alt.Y("share:Q", title="Share of the questions, %"),
        color=alt.Color(
            "who:N", sort=whose, scale=alt.Scale(domain=whose, range=[NOTHING, *colors])
        ),
        tooltip=["who:N", "place:N", alt.Tooltip("share:Q", format=".1f")],
    )
    ends = (
        base.transform_filter("isValid(datum.low)")
        .mark_rule(strokeWidth=1.5, color="#888", aria=False)
        .encode(y=alt.Y("low:Q", title="Share of the questions, %"), y2="high:Q")
    )
    show_chart(alt.layer(bars, ends), height=240)
