"""The browser of questions: filters in the link, a table of short columns, the chosen one whole."""

from __future__ import annotations

import streamlit as st

from scicot.pure.students.texts import (
    answer_text,
    question_text,
    question_with_rationale,
    rationale_text,
    rationale_then_answer,
)
from scicot.services.questions.browser import (
    QuestionFilter,
    StoredRationale,
    find_questions,
    read_question,
)
from scicot.services.workspace import open_workspace
from scicot.words.records import Question, Split

PAGE_SIZE = 100
ANY = "any"


def show_table(dataset: str) -> int | None:
    """Show the filters and the table; return the id of the question chosen in it."""
    first, second, third, fourth = st.columns([2, 1, 1, 1], vertical_alignment="bottom")
    text = first.text_input("Search", key="search", bind="query-params", placeholder="words or id")
    splits = [ANY, *(split.value for split in Split)]
    split = second.selectbox("Split", splits, key="split", bind="query-params")
    options = third.selectbox("Options", [ANY, "3", "4", "5"], key="options", bind="query-params")
    is_regex = fourth.toggle("Regex", key="regex", bind="query-params")
    wanted = QuestionFilter(
        dataset=dataset,
        split=None if split == ANY else Split(split),
        text=text.strip(),
        is_regex=is_regex,
        choices=None if options == ANY else int(options),
    )
    place = st.container()
    with open_workspace() as session:
        _, total = find_questions(session, wanted, limit=1)
        pages = max(1, -(-total // PAGE_SIZE))
        page = st.pagination(pages, key="questions_page") if pages > 1 else 1
        lines, _ = find_questions(
            session, wanted, limit=PAGE_SIZE, offset=(min(page, pages) - 1) * PAGE_SIZE
        )
    place.caption(f"{total:,} questions")
    if not lines:
        st.info("No question fits. Loosen the filters above.")
        return None
    chosen = place.dataframe(
        [
            {
                "id": line.external_id,
                "split": line.split,
                "question": line.stem,
                "options": line.choices,
                "labels": line.labels,
                "key": line.answer_key,
                "rationales": line.rationales,
            }
            for line in lines
        ],
        hide_index=True,
        height=320,
        on_select="rerun",
        selection_mode="single-row",
        column_config={"question": st.column_config.TextColumn(width="large")},
    )
    rows = chosen.selection.rows
    return lines[rows[0]].id if rows and rows[0] < len(lines) else None


def show_question(question_id: int) -> None:
    """Show one question, its rationales, and the exact texts each stage reads and learns."""
    with open_workspace() as session:
        question, rationales = read_question(session, question_id)
    st.subheader(question.external_id)
    st.text(question.stem)
    for choice in question.choices:
        mark = "  (answer key)" if choice.label == question.answer_key else ""
        st.text(f"({choice.label}) {choice.text}{mark}")
    for stored in rationales:
        st.caption(f"Rationale by {stored.source} ({stored.origin.value}), {stored.status.value}")
        st.text(stored.text)
    with st.expander("What a student reads and learns", icon=":material/school:"):
        _show_student_texts(question, rationales)


def _show_student_texts(question: Question, rationales: list[StoredRationale]) -> None:
    x, a = question_text(question), answer_text(question)
    st.caption("finetune: input, then target")
    st.code(x, language=None, wrap_lines=True)
    st.code(a, language=None, wrap_lines=True)
    if not rationales:
        st.caption("The other methods need a rationale; this question has none yet.")
        return
    text = rationales[-1].text
    st.caption("one_stage: the same input; target")
    st.code(rationale_then_answer(question, text), language=None, wrap_lines=True)
    st.caption("sci_cot, stage 1: the same input; target")
    st.code(rationale_text(text), language=None, wrap_lines=True)
    st.caption("sci_cot, stage 2: input, with what the stage-1 student wrote in place of this text")
    st.code(question_with_rationale(question, text), language=None, wrap_lines=True)
