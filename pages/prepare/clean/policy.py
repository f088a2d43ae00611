"""How a dataset is reviewed: guidelines, the share read twice, agreement, and the checks."""

from __future__ import annotations

import streamlit as st

from pages.shared.frame import current_actor, errors_shown
from pages.shared.plain_table import percent_cell, show_records
from scicot.services.rationales.check_measures import count_held_out, list_measured
from scicot.services.rationales.checks import run_checks
from scicot.services.review.policies import get_policy, save_policy
from scicot.services.review.second_readings import agreement
from scicot.services.workspace import open_workspace


def show_policy(dataset: str) -> None:
    """Show the guidelines and the share read twice, and how well readers agree."""
    with open_workspace() as session:
        policy = get_policy(session, dataset)
        agreed = agreement(session, dataset)
    with st.form("policy", border=False):
        guidelines = st.text_area(
            "Guidelines, shown beside each rationale", policy.guidelines, height=140
        )
        share = st.slider(
            "Read by two people, in percent", 0, 100, round(policy.second_share * 100)
        )
        if st.form_submit_button("Save"):
            with errors_shown(), open_workspace() as session:
                saved = save_policy(
                    session,
                    current_actor(),
                    dataset,
                    guidelines=guidelines,
                    second_share=share / 100,
                )
                st.success(f"Version {saved.version} holds from now on.")
    if agreed is None:
        st.caption("No rationale has been read twice yet.")
    elif agreed.kappa is None or agreed.interval is None:
        st.write(f"{agreed.n} read twice, alike in {agreed.share:.0%}; kappa is not defined here.")
    else:
        st.write(
            f"{agreed.n} read twice, alike in {agreed.share:.0%}. Cohen's kappa "
            f"{agreed.kappa:.2f} (95 % interval {agreed.interval.to_words('.2f', scale=1)}). "
            "Disagreements wait in the review queue 'Conflicting'."
        )


def show_checks(dataset: str) -> None:
    """Show what each check means and how good it is, and the way to run them all."""
    if st.button("Run the checks on this dataset"):
        with errors_shown(), open_workspace() as session:
            report = run_checks(session, dataset)
            st.success(f"{report.flagged:,} of {report.rationales:,} rationales are flagged.")
    rows = []
    for check, measure in list_measured():
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
        f"Measured on {count_held_out()} rationales of the starter teacher that were labelled by "
        "reading and not looked at while the checks were written."
    )
