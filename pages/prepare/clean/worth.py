"""What rationales are worth, on the screen: by teacher and prompt, and set against verdicts."""

from __future__ import annotations

import streamlit as st

from pages.shared import links
from pages.shared.plain_table import show_records
from scicot.pure.markdown import escape_markdown
from scicot.pure.worth.auc import Auc
from scicot.services.workspace import open_workspace
from scicot.services.worth.show import WorthView, show_worth
from scicot.words.errors import InvalidInput
from scicot.words.reviewing import WorthFilter

NAMES = {
    "help": "little help",
    "leak": "much leak",
    "flags": "what the checks found",
    "all": "all three together, each judged by a fit that did not see it",
}


def show_worths(dataset: str) -> None:
    """Show whether help, leak and flags tell the rejected ones, and their means by teacher."""
    with open_workspace() as session:
        try:
            view = show_worth(session, dataset)
            students = view.students
            if len(students) > 1:
                chosen = st.selectbox("Measured by", students, key="worth_student")
                view = show_worth(session, dataset, chosen)
        except InvalidInput as nothing_measured:
            st.info(str(nothing_measured), icon=":material/balance:")
            return
    st.caption(
        f"{view.rationales:,} rationales measured by {escape_markdown(view.student)}. Help: "
        "how much likelier the key becomes with the rationale; leak: with the rationale alone, "
        "without the question; "
        "both in nats (0.69 doubles it)."
    )
    st.markdown("##### Does it tell what people reject?")
    show_records(
        [_say_auc(NAMES[name], auc) for name, auc in view.auc.items()],
        key="worth_auc",
        label="How well each tells rejected from approved ones",
    )
    st.caption(
        "AUC: the chance that a rejected rationale is higher in it than an approved one; 0.5 is "
        "chance. The interval is DeLong's, 95 %."
    )
    st.markdown("##### By teacher and prompt")
    _show_sources(view)
    st.page_link(
        links.REVIEW,
        label="Review what helps least, first",
        icon=":material/rate_review:",
        query_params={"dataset": dataset, "worth": WorthFilter.HELPS_LITTLE.value},
    )


def _say_auc(name: str, auc: Auc | None) -> dict[str, object]:
    if auc is None:
        return {
            "told by": name,
            "AUC": "unknown",
            "interval": "it needs rejected and approved ones, ten together for all three",
            "rejected": None,
            "approved": None,
        }
    return {
        "told by": name,
        "AUC": f"{auc.value:.3f}",
        "interval": auc.interval.in_brackets(".3f", scale=1),
        "rejected": auc.rejected,
        "approved": auc.approved,
    }


def _show_sources(view: WorthView) -> None:
    show_records(
        [
            {
                "teacher": source.source,
                "prompt": source.prompt or "",
                "rationales": source.rationales,
                "help": f"{source.help:+.2f}",
                "leak": f"{source.leak:+.2f}",
                "give the key away": source.given_away,
            }
            for source in view.sources
        ],
        key="worth_sources",
        label="Help and leak by teacher and prompt",
    )
