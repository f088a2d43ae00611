"""Accuracies of a comparison, as the Compare page shows them."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.shared.links import link_choice
from scicot.pure.evaluation.comparison import say_needed, say_p
from scicot.pure.evaluation.table_words import with_reasons
from scicot.pure.markdown import escape_markdown
from scicot.pure.predictions.metrics import Score
from scicot.pure.predictions.places import Standing
from scicot.pure.shares import say_share
from scicot.services.evaluation.answered import Reading
from scicot.services.evaluation.comparison import RunComparison

READINGS = {
    Reading.GENERATED: "The answer that was given",
    Reading.OPTIONS: "The most likely option",
}


def choose_reading() -> Reading:
    """Return what counts as an answer, kept in the link: the generated one, or by options."""
    return link_choice(
        st.segmented_control,
        "Count",
        "reading",
        list(Reading),
        say=lambda reading: READINGS[reading],
        clears=("question",),
        is_short=True,
        label_visibility="collapsed",
    )


def show_scores(compared: RunComparison) -> None:
    """Show both accuracies with their intervals, the difference, mid-p and the number needed."""
    comparison = compared.found
    interval = comparison.interval
    bounds = f" \\{interval.in_brackets('+.1f')}" if interval else ""
    for warning in compared.warnings:
        st.warning(escape_markdown(warning), icon=":material/warning:")
    rows = [
        f"**Run {compared.run_a.id} · {escape_markdown(compared.name_a)}** "
        + _describe(compared.matched_a, compared.score_a, compared.reasons_a)
        + _say_place(compared.standing_a),
        f"**Run {compared.run_b.id} · {escape_markdown(compared.name_b)}** "
        + _describe(compared.matched_b, compared.score_b, compared.reasons_b)
        + _say_place(compared.standing_b),
        f"**Run {compared.run_a.id} − run {compared.run_b.id}** "
        f"{comparison.difference * 100:+.1f} points{bounds} · "
        f"McNemar mid-p {escape_markdown(say_p(comparison.mid_p))}",
    ]
    st.markdown("  \n".join(rows))
    st.caption(
        f"All over the {comparison.matched:,} questions that both answered, a run's own in "
        f"parentheses where it answered more; {say_needed(comparison)}. Brackets: 95 % intervals, "
        "Wilson's for an accuracy, the paired bootstrap's for the difference."
    )


def _say_place(standing: Standing) -> str:
    """Return what always the same place would give on the questions that both answered."""
    if standing.same_place is None:
        return ""
    return f" · one place always {say_share(standing.same_place)}"


def _describe(score: Score, own: Score, reasons: Mapping[str, int]) -> str:
    """Return an accuracy with its interval, and how many answers could not be read, and why."""
    unread = with_reasons(f"no answer {score.no_answer:,} of {score.n:,}", reasons)
    interval = score.interval
    bounds = f" \\{interval.in_brackets('.1f')}" if interval else ""
    return f"{say_share(score.accuracy)}{bounds} · {escape_markdown(unread)}" + (
        f" (of all its own {own.n:,}: {say_share(own.accuracy)})" if own.n != score.n else ""
    )
