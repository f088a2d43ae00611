"""Whether a run learned to choose, as the run page shows it beside the accuracies."""

from __future__ import annotations

import streamlit as st

from pages.shared.plain_table import show_records
from scicot.pure.evaluation.between_stages import TITLES, BetweenStages, read_between
from scicot.pure.evaluation.learned import say_learned, warn_of
from scicot.pure.markdown import escape_markdown
from scicot.pure.shares import say_share
from scicot.words.runs import RunView

BETWEEN_HELP = (
    "Stage 2 learns from rationales and is asked with what stage 1 writes for new questions. Where "
    "stage 1 wrote about the questions it was trained on, the former are better than the latter. "
    "One place: what always the best place would give on the same questions."
)


def show_learned(run: RunView) -> None:
    """Show warnings, what an accuracy has to be compared with, and what stage 2 was given."""
    for warning in warn_of(run.result):
        st.warning(escape_markdown(warning), icon=":material/warning:")
    said = say_learned(run.result)
    if said:
        st.caption(escape_markdown(" ".join(said)))
    between = read_between(run.result)
    if between:
        st.markdown("###### What stage 2 is given", help=BETWEEN_HELP)
        show_records(between_rows(between), key=f"between_{run.id}", label="What stage 2 is given")


def between_rows(between: BetweenStages) -> list[dict[str, object]]:
    """Return a row for each kind of question, what stage 2 learned from marked."""
    return [
        {
            "rationales of": TITLES.get(kind, kind),
            "stage 2 learned from these": "yes" if kind == between.learned_from else "",
            "questions": texts.questions,
            "stage 2 right": say_share(texts.accuracy),
            "one place": say_share(texts.same_place),
            "words shared with the reference": "–"
            if texts.overlap is None
            else f"{texts.overlap:.2f} (n = {texts.compared:,})",
            "flagged": say_share(texts.flagged_share, 0),
            "most raised": texts.most_raised or None,
        }
        for kind, texts in between.kinds.items()
    ]
