"""What rationales are worth, on the screen: by teacher and prompt, and set against verdicts."""

from __future__ import annotations

import streamlit as st

from pages.prepare.clean.worth_form import show_form
from pages.shared import links
from pages.shared.plain_table import show_records
from scicot.pure.markdown import escape_markdown
from scicot.pure.shares import say_share
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
    """Show the way to measure, whether worth tells the rejected ones, and means by teacher."""
    show_form(dataset)
    with open_workspace() as session:
        try:
            view = show_worth(session, dataset)
            students = view.students
            if len(students) > 1:
                chosen = st.selectbox("Measured by", students, key="worth_student")
                view = show_worth(session, dataset, chosen)
        except InvalidInput:
            st.caption(
                "Nothing is measured yet. Then stands here how much each teacher's rationales help "
                "and give away, and whether that tells what people reject."
            )
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
    if view.control:
        _show_control(view)
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
                "its quartiles": _say_quartiles(source.help_quartiles),
                "harm": say_share(source.harming / source.rationales, 0),
                "leak": f"{source.leak:+.2f}",
                "and its": _say_quartiles(source.leak_quartiles),
                "give the key away": source.given_away,
            }
            for source in view.sources
        ],
        key="worth_sources",
        label="Help and leak by teacher and prompt",
        about={
            "help": "Mean, in nats.",
            "its quartiles": "Of a quarter of the texts it is below the first, of half below the "
            "second.",
            "harm": "Texts with which the key is less likely than without.",
        },
    )


def _say_quartiles(quartiles: tuple[float, ...]) -> str:
    return " · ".join(f"{value:+.2f}" for value in quartiles)


def _show_control(view: WorthView) -> None:
    st.markdown("##### Does it tell whole rationales from broken ones?")
    show_records(
        [
            {
                "teacher": line.source,
                "broken": line.broken,
                "pairs": line.pairs,
                "helps less": say_share(line.helps_less, 0),
                "AUC of help": _brief(line.help),
                "AUC of leak": _brief(line.leak),
            }
            for line in view.control
        ],
        key="worth_control",
        label="How well help and leak tell rationales from the same ones broken",
        about={
            "helps less": "Pairs, a text and itself broken, in which the broken one helps less.",
            "AUC of help": "The chance that a broken text helps less than a whole one.",
            "AUC of leak": "The chance that a broken text gives less away than a whole one.",
        },
    )


def _brief(auc: Auc) -> str:
    return f"{auc.value:.2f} {auc.interval.in_brackets('.2f', scale=1)}"
