"""The browser of questions: filters in the link, a table of short columns, the chosen one whole."""

from __future__ import annotations

import streamlit as st

from pages.prepare.own_answers import OWN_ANSWERS
from scicot.pure.markdown import escape_markdown
from scicot.pure.methods.plan import TaskSpec
from scicot.pure.methods.registry import list_trained, needs_rationales
from scicot.pure.methods.tasks import make_task
from scicot.services.questions.browser import QuestionFilter, count_matching, list_matching
from scicot.services.questions.lookup import get_question
from scicot.services.rationales.texts import StoredRationale, list_rationales
from scicot.services.workspace import open_workspace
from scicot.words.records import Split, StoredQuestion

PAGE_SIZE = 100
ANY = "any"
# pixels: with them the table fits a window of 1,280 beside the sidebar
WIDTHS = {
    "id": 100,
    "split": 80,
    "question": 330,
    "options": 65,
    "labels": 60,
    "key": 50,
    "rationales": 80,
    "key by itself": 95,
}


def show_table(dataset: str) -> int | None:
    """Show the filters and the table; return the id of the question chosen in it."""
    first, second, third, fifth, fourth = st.columns([2, 1, 1, 1, 1], vertical_alignment="bottom")
    text = first.text_input("Search", key="search", bind="query-params", placeholder="words or id")
    splits = [ANY, *(split.value for split in Split)]
    split = second.selectbox("Split", splits, key="split", bind="query-params")
    options = third.selectbox(
        "Options", [ANY, *map(str, range(2, 11))], key="options", bind="query-params"
    )
    own = fifth.selectbox(
        "The teacher alone",
        [ANY, *OWN_ANSWERS],
        key="own",
        bind="query-params",
        help="What some teacher comes to without the key.",
    )
    is_regex = fourth.toggle("Regex", key="regex", bind="query-params")
    wanted = QuestionFilter(
        dataset=dataset,
        split=None if split == ANY else Split(split),
        text=text.strip(),
        is_regex=is_regex,
        choices=None if options == ANY else int(options),
        own_answer_right=OWN_ANSWERS.get(own),
    )
    place = st.container()
    with open_workspace() as session:
        total = count_matching(session, wanted)
        pages = max(1, -(-total // PAGE_SIZE))
        page = st.pagination(pages, key="questions_page") if pages > 1 else 1
        lines = list_matching(
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
                "key by itself": line.own_answers_right,
            }
            for line in lines
        ],
        hide_index=True,
        height=320,
        on_select="rerun",
        selection_mode="single-row",
        column_config={name: st.column_config.Column(width=px) for name, px in WIDTHS.items()},
    )
    rows = chosen.selection.rows
    return lines[rows[0]].id if rows and rows[0] < len(lines) else None


def show_question(question_id: int) -> None:
    """Show one question, its rationales, and the exact texts each stage reads and learns."""
    with open_workspace() as session:
        question = get_question(session, question_id)
        rationales = list_rationales(session, question_id)
    st.subheader(escape_markdown(question.external_id))
    st.text(question.stem)
    for choice in question.choices:
        mark = "  (answer key)" if choice.label == question.answer_key else ""
        st.text(f"({choice.label}) {choice.text}{mark}")
    if question.answer_form is not None and question.is_labelled:
        st.text(f"Answer: {question.answer_key}")
    if not question.is_labelled:
        st.caption("Its answer is not known: it can be predicted, and never scored.")
    for stored in rationales:
        source = escape_markdown(stored.source)
        brought = f"; {escape_markdown(stored.brought_with)}" if stored.brought_with else ""
        st.caption(f"Rationale by {source} ({stored.origin.value}), {stored.status.value}{brought}")
        st.text(stored.text)
    with st.expander("What a student reads and learns", icon=":material/school:"):
        _show_student_texts(question, rationales)


def _show_student_texts(question: StoredQuestion, rationales: list[StoredRationale]) -> None:
    if not question.is_labelled:
        st.caption("Nothing is learned from a question whose answer is not known.")
        return
    text = rationales[-1].text if rationales else None
    for method in list_trained():
        if text is None and needs_rationales(method):
            st.caption(f"{method.title} needs a rationale; this question has none yet.")
            continue
        for stage in method.usual.stages if method.usual else ():
            for task in stage.tasks:
                _show_example(f"{method.title}, stage {stage.role}", task, question, text or "")


def _show_example(title: str, task: TaskSpec, question: StoredQuestion, text: str) -> None:
    written = {question.id: text}
    (example,) = make_task(task, [question], targets=written, read=written).examples
    wrote = f", with what {task.reads.writer} writes in place of this text" if task.reads else ""
    st.caption(f"{title}: input{wrote}, then target")
    st.code(example.input, language=None, wrap_lines=True)
    st.code(example.target, language=None, wrap_lines=True)
