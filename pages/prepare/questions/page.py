"""Questions: import them, look through them, see what a student will read."""

from __future__ import annotations

import streamlit as st

from pages.prepare.questions.background import is_importing
from pages.prepare.questions.import_form import show_import
from pages.prepare.questions.table import show_question, show_table
from pages.shared import links
from pages.shared.frame import choose_dataset, errors_shown
from pages.shared.keeping import DATASET, show_keeping
from pages.shared.next_step import show_next_step
from pages.shared.plain_table import show_records
from scicot.services.questions.lookup import count_questions
from scicot.services.workspace import open_workspace

st.title("Questions", anchor=False)
with open_workspace() as session:
    counts = count_questions(session)

if not counts:
    st.markdown(
        "Sci-CoT turns a large model's reasoning into a small model's skill: **import** "
        "questions, let a teacher **generate** rationales, **review** them, **train** students "
        "and **compare** where they err. It starts here."
    )
# it stays open on what a press in it came to
is_open = not counts or "questions_done" in st.session_state or is_importing()
with st.expander("Import questions", expanded=is_open, icon=":material/upload:"):
    show_import()

if counts:
    show_records(
        [
            {"dataset": name, **by_split, "all": sum(by_split.values())}
            for name, by_split in counts.items()
        ],
        key="datasets",
        label="The datasets and their splits",
    )
    dataset = choose_dataset()
    if dataset:
        show_keeping(DATASET, dataset)
        show_next_step(
            f"{sum(counts.get(dataset, {}).values()):,} questions of {dataset} are here.",
            links.GENERATE,
            "Generate rationales for them",
        )
        with errors_shown():
            question_id = show_table(dataset)
            if question_id is not None:
                show_question(question_id)
