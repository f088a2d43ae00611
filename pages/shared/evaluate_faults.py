"""Errors by fault: counts with intervals, the definitions, and each variant's accuracy."""

from __future__ import annotations

import streamlit as st

from pages.shared.evaluate_question import VARIANT_TITLES
from pages.shared.evaluate_score import percent
from pages.shared.plain_table import Cell, Head, Line, show_plain_table
from scicot.pure.attribution import DEFINITIONS, TITLES, Fault
from scicot.pure.statistics import wilson_interval
from scicot.services.attribution import Attribution


def show_variants(found: Attribution) -> None:
    """Show how the answering stage does with each kind of rationale."""
    lines = []
    for variant, title in VARIANT_TITLES.items():
        score = found.variants.get(variant)
        if score is None:
            lines.append(Line([Cell(title), Cell("not asked"), *[Cell("–")] * 3]))
            continue
        interval = score.interval
        bounds = f"{interval.low * 100:.1f} to {interval.high * 100:.1f}" if interval else "–"
        asked = f"{score.n:,} of {found.questions:,}"
        lines.append(
            Line(
                [
                    Cell(title),
                    Cell(percent(score.accuracy)),
                    Cell(bounds),
                    Cell(f"{score.no_answer:,}"),
                    Cell(asked),
                ]
            )
        )
    numbers = ("Accuracy", "95 % interval", "No answer", "Questions")
    show_plain_table(
        [
            Head("The answering stage is given"),
            *(Head(text, is_number=True) for text in numbers),
        ],
        lines,
        key="variants",
        label="How the answering stage does with each kind of rationale",
    )
    st.caption(
        "Where another question's rationale does as well as its own, the answering stage does not "
        "read what it is given."
    )


def choose_fault(found: Attribution) -> Fault:
    """Show each fault with its count, share of the errors and definition; return the chosen one."""
    current = st.query_params.get("fault", "")
    shown = [fault for fault in Fault if found.faults[fault] or fault is not Fault.UNKNOWN]
    filled = next((fault for fault in shown if found.faults[fault]), shown[0])
    chosen = Fault(current) if current in list(shown) else filled
    for fault in shown:
        count = len(found.faults[fault])
        interval = wilson_interval(count, found.errors)
        bounds = f", 95 % {interval.low * 100:.0f}–{interval.high * 100:.0f}" if interval else ""
        share = f"{count / found.errors:.0%} of the errors{bounds}" if found.errors else "no errors"
        button, text = st.columns([2, 5], vertical_alignment="center")
        button.button(
            f"{count:,} · {TITLES[fault]}",
            key=f"fault_{fault}",
            type="primary" if fault is chosen else "secondary",
            on_click=_choose,
            args=(fault,),
            width="stretch",
        )
        text.caption(f"{share}. {DEFINITIONS[fault]}")
    return chosen


def _choose(fault: Fault) -> None:
    st.query_params["fault"] = fault.value
    st.query_params.pop("question", None)
