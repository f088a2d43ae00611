"""How a dataset is reviewed: guidelines, the share read twice, and agreement."""

from __future__ import annotations

import streamlit as st

from pages.prepare.clean.touched import show_touched
from pages.shared.frame import current_actor, errors_shown
from scicot.pure.shares import say_share
from scicot.services.review.policies import Touches, get_policy, save_policy
from scicot.services.review.second_readings import agreement
from scicot.services.workspace import open_workspace
from scicot.words.reviewing import REASONS


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
        st.caption(
            "Changed guidelines may put earlier verdicts in question. Choose which are to be read "
            "anew:"
        )
        reasons = st.multiselect("Rejections for these reasons", REASONS)
        pattern = st.text_input(
            "Texts in which this pattern is found",
            placeholder=r"\b(because it says so|as stated)\b",
            help="A regular expression. Accepted and rejected ones alike.",
        )
        if st.form_submit_button("Save"):
            with errors_shown(), open_workspace() as session:
                saved = save_policy(
                    session,
                    current_actor(),
                    dataset,
                    guidelines=guidelines,
                    second_share=share / 100,
                    touches=Touches(tuple(reasons), pattern.strip()),
                )
                st.success(f"Version {saved.version} holds from now on.")
    show_touched(dataset)
    if agreed is None:
        st.caption("No rationale has been read twice yet.")
    elif agreed.kappa is None or agreed.interval is None:
        alike = say_share(agreed.share, 0)
        st.write(f"{agreed.n} read twice, alike in {alike}; kappa is not defined here.")
    else:
        st.write(
            f"{agreed.n} read twice, alike in {say_share(agreed.share, 0)}. Cohen's kappa "
            f"{agreed.kappa:.2f} (95 % interval {agreed.interval.to_words('.2f', scale=1)}). "
            "Disagreements wait in the review queue 'Conflicting'."
        )
