"""The checks on the screen: run them, and see how far they can be trusted on each teacher."""

from __future__ import annotations

import streamlit as st

from pages.shared.frame import errors_shown
from pages.shared.plain_table import percent_cell, show_records
from scicot.pure.markdown import escape_markdown
from scicot.pure.shares import say_share
from scicot.services.cleaning.standings import SourceStanding, list_standings
from scicot.services.rationales.check_measures import list_measured
from scicot.services.rationales.checks import run_checks
from scicot.services.review.rejection import fit_queue
from scicot.services.workspace import open_workspace


def show_checks(dataset: str) -> None:
    """Show what each check means and how good it is on a teacher, and the way to run them all."""
    if st.button("Run the checks on this dataset"):
        with errors_shown(), open_workspace() as session:
            report = run_checks(session, dataset)
            st.success(f"{report.flagged:,} of {report.rationales:,} rationales are flagged.")
    with open_workspace() as session:
        standings = {standing.source: standing for standing in list_standings(session, dataset)}
    source = None
    if standings:
        source = st.selectbox(
            "On the texts of",
            list(standings),
            format_func=lambda name: _say(standings[name]),
            key="checks_source",
        )
        st.markdown(escape_markdown(standings[str(source)].sentence()))
    rows = []
    for check, measure in list_measured(source):
        rows.append(
            {
                "check": check.name,
                "severity": check.severity.value,
                "right when it speaks": percent_cell(measure.precision if measure else None),
                "finds of what is there": percent_cell(measure.recall if measure else None),
                "spoke in": measure.right + measure.wrong if measure else None,
                "what it finds": check.explanation,
            }
        )
    show_records(rows, key="measured_checks", label="How right each check is")
    st.caption(
        "Measured on texts that were labelled by reading and not looked at while the checks were "
        "written."
    )
    _show_rejection(dataset)


def _show_rejection(dataset: str) -> None:
    """Show what the order by the probability of rejection goes by, and how far it holds."""
    st.markdown("##### How likely a text is rejected")
    with open_workspace() as session:
        rejection = fit_queue(session, dataset)
    if rejection is None:
        st.caption(
            "Once five texts were rejected and five approved, the queue can put first what is "
            "likeliest rejected (Review, Filter)."
        )
        return
    st.caption(escape_markdown(rejection.sentence()))
    show_records(
        [
            {
                "predicted": say_share(part.predicted, 0),
                "rejected": say_share(part.rejected, 0),
                "interval": part.interval.in_brackets(".0f") if part.interval else "",
                "verdicts": part.verdicts,
            }
            for part in rejection.calibration
        ],
        key="rejection_calibration",
        label="Predicted probability of rejection beside what became of the texts",
    )
    st.caption(
        "Each verdict is predicted by a fit that did not see it; the interval is Wilson's, 95 %."
    )


def _say(standing: SourceStanding) -> str:
    return f"{standing.source}: {standing.flagged:,} of {standing.texts:,} flagged"
