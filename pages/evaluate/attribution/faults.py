"""Errors by fault: counts with intervals, the definitions, and each variant's accuracy."""

from __future__ import annotations

import streamlit as st

from pages.evaluate.attribution.bar import show_fault_bar
from pages.shared.plain_table import Cell, Head, Line, show_plain_table
from scicot.pure.evaluation.attribution import GIVEN, Fault
from scicot.pure.shares import say_share
from scicot.pure.statistics import wilson_interval
from scicot.services.evaluation.attribution import Attribution
from scicot.words.records import Variant


def show_variants(found: Attribution) -> None:
    """Show how the answering stage does with each kind of rationale."""
    lines = []
    for variant, title in GIVEN.items():
        score = found.variants.get(variant)
        if score is None:
            lines.append(Line([Cell(title), Cell("not asked"), *[Cell("–")] * 5]))
            continue
        interval = score.interval
        bounds = interval.to_words(".1f") if interval else "–"
        asked = f"{score.n:,} of {found.questions:,}"
        lines.append(
            Line(
                [
                    Cell(title),
                    Cell(say_share(score.accuracy)),
                    Cell(bounds),
                    Cell(say_share(found.own[variant].accuracy)),
                    Cell(say_share(found.same_place.get(variant))),
                    Cell(f"{score.no_answer:,}"),
                    Cell(asked),
                ]
            )
        )
    numbers = ("Accuracy", "95 % interval", "Its own, there", "One place always")
    show_plain_table(
        [
            Head("The answering stage is given"),
            *(Head(text, is_number=True) for text in (*numbers, "No answer", "Questions")),
        ],
        lines,
        key="variants",
        label="How the answering stage does with each kind of rationale",
    )
    st.caption(
        "*Its own, there*: how it answers the same questions with the rationales that its own "
        "student wrote. *One place always*: what always the best place would give on them."
    )


def warn_of_reference(found: Attribution) -> None:
    """Show that the reference rationales do harm, where they do."""
    good = found.variants.get(Variant.TEACHER_RATIONALE)
    own = found.own.get(Variant.TEACHER_RATIONALE)
    if own and good and (good.accuracy or 0) < (own.accuracy or 0):
        blamed = ": what is called the answering's fault may be the reference's"
        st.warning(
            f"With the reference rationales it answers worse ({say_share(good.accuracy)}) than "
            f"with the student's own ({say_share(own.accuracy)})"
            f"{blamed if found.tells_blame else ''}.",
            icon=":material/warning:",
        )


def say_coverage(found: Attribution) -> None:
    """Show for how many errors the rationale's and the answering's fault can be told apart."""
    tried = found.variants.get(Variant.TEACHER_RATIONALE)
    if not found.was_run:
        st.info(
            "The answering stage has not been asked again yet: only what is unparsable is told.",
            icon=":material/info:",
        )
    elif tried is None:
        st.warning(
            "No reference rationale was tried: the rationale's and the answering's fault cannot be "
            "told apart for any question. What is unparsable, or right without a rationale, is "
            "told all the same.",
            icon=":material/info:",
        )
    else:
        whose = ", ".join(f"the {source}'s in run {run}" for run, source in found.references)
        st.caption(
            f"A reference rationale was tried on {tried.n:,} of {found.questions:,} questions"
            f"{f' ({whose})' if whose else ''}. Of {found.errors:,} errors "
            f"{len(found.faults[Fault.UNKNOWN]):,} are without one and cannot be told."
        )


def choose_fault(found: Attribution) -> Fault:
    """Show the errors by fault, a button each, the table behind; return the chosen fault."""
    current = st.query_params.get("fault", "")
    shown = [fault for fault in Fault if found.faults[fault] or fault is not Fault.UNKNOWN]
    filled = next((fault for fault in shown if found.faults[fault]), shown[0])
    chosen = Fault(current) if current in list(shown) else filled
    words = found.words
    show_fault_bar(found)
    with st.container(horizontal=True):
        for fault in shown:
            st.button(
                f"{len(found.faults[fault]):,} · {words[fault].title}",
                key=f"fault_{fault}",
                type="primary" if fault is chosen else "secondary",
                help=words[fault].definition,
                on_click=_choose,
                args=(fault,),
            )
    st.caption(f"{_say_share(found, chosen)}. {words[chosen].definition}")
    with st.expander("As a table", icon=":material/table:"):
        show_plain_table(
            [Head("Fault"), Head("Errors", is_number=True), Head("Share"), Head("Means")],
            [
                Line(
                    [
                        Cell(words[fault].title),
                        Cell(f"{len(found.faults[fault]):,}", value=len(found.faults[fault])),
                        Cell(_say_share(found, fault)),
                        Cell(words[fault].definition),
                    ],
                    is_marked=fault is chosen,
                )
                for fault in shown
            ],
            key="faults",
            label="The errors by fault",
        )
    return chosen


def _say_share(found: Attribution, fault: Fault) -> str:
    """Return a fault's share of the errors, and of those that a reference tells apart."""
    count = len(found.faults[fault])
    if not found.words[fault].is_told:
        return f"{count:,} of the {found.errors:,} errors; the control does not tell whose they are"
    share = _share(count, found.errors, "errors")
    if fault in (Fault.RATIONALE, Fault.ANSWERING) and found.faults[Fault.UNKNOWN]:
        share += "; " + _share(count, found.told_apart, "told apart by a reference")
    return share


def _share(count: int, n: int, what: str) -> str:
    interval = wilson_interval(count, n)
    if interval is None:
        return f"none {what}"
    bounds = f"95 % interval {interval.to_words()}"
    return f"{say_share(count / n, 0)} of the {n:,} {what} ({bounds})"


def _choose(fault: Fault) -> None:
    st.query_params["fault"] = fault.value
    st.query_params.pop("question", None)
