"""Accuracies of a comparison, as the Compare page shows them."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.shared.links import link_choice
from scicot.pure.evaluation.baselines import Places
from scicot.pure.evaluation.comparison import say_p
from scicot.pure.markdown import escape_markdown
from scicot.pure.predictions.metrics import Score
from scicot.services.evaluation.baselines import load_places
from scicot.services.evaluation.comparison import Reading, RunComparison
from scicot.services.workspace import open_workspace

READINGS = {
    Reading.GENERATED: "The answer that was written",
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


def percent(value: float | None) -> str:
    """Return a fraction as percent with one digit; a dash for none."""
    return "–" if value is None else f"{value * 100:.1f} %"


def show_scores(compared: RunComparison) -> None:
    """Show both accuracies with their intervals, the difference, mid-p and the number needed."""
    comparison = compared.found
    interval = comparison.interval
    bounds = f" \\{interval.in_brackets('+.1f')}" if interval else ""
    needed = (
        f"about {comparison.needed:,} questions would tell a difference of this size"
        if comparison.needed
        else "there is no difference to tell"
    )
    places = _load_places(compared)
    for warning in _warnings(compared, places):
        st.warning(escape_markdown(warning), icon=":material/warning:")
    rows = [
        _describe(compared.run_a.id, compared.name_a, compared.matched_a, compared.score_a)
        + _say_place(places.get(compared.run_a.id)),
        _describe(compared.run_b.id, compared.name_b, compared.matched_b, compared.score_b)
        + _say_place(places.get(compared.run_b.id)),
        f"**Run {compared.run_a.id} − run {compared.run_b.id}** "
        f"{comparison.difference * 100:+.1f} points{bounds} · "
        f"McNemar mid-p {escape_markdown(say_p(comparison.mid_p))}",
    ]
    st.markdown("  \n".join(rows))
    st.caption(
        f"All over the {comparison.matched:,} questions that both answered, a run's own in "
        f"parentheses where it answered more; {needed}. Brackets: 95 % intervals, "
        "Wilson's for an accuracy, the paired bootstrap's for the difference."
    )


def _load_places(compared: RunComparison) -> dict[int, Places]:
    with open_workspace() as session:
        return load_places(session, [compared.run_a.id, compared.run_b.id])


def _say_place(places: Places | None) -> str:
    """Return what always the same place would give on a run's questions."""
    if places is None or places.same_place is None:
        return ""
    return f" · one place always {percent(places.same_place)}"


def _warnings(compared: RunComparison, places: Mapping[int, Places]) -> list[str]:
    """Return what is wrong with how either run answers, and what one place always would give."""
    named = ((compared.name_a, compared.run_a.id), (compared.name_b, compared.run_b.id))
    return [
        f"{name} {places[run_id].warning}; that place always gives "
        f"{percent(places[run_id].same_place)}."
        for name, run_id in named
        if run_id in places and places[run_id].warning
    ]


def _describe(run_id: int, name: str, score: Score, own: Score) -> str:
    interval = score.interval
    bounds = f" \\{interval.in_brackets('.1f')}" if interval else ""
    return (
        f"**Run {run_id} · {escape_markdown(name)}** {percent(score.accuracy)}{bounds} · "
        f"no answer {score.no_answer:,} of {score.n:,}"
        + (f" (of all its own {own.n:,}: {percent(own.accuracy)})" if own.n != score.n else "")
    )
