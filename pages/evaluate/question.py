"""One question with the runs' rationales, outputs and answers beside the teacher's and the key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.evaluate.runs import number_runs, run_colors
from pages.shared.badge_colors import Color
from pages.shared.plain_table import Cell, Head, Line, show_plain_table
from pages.shared.word_diff import show_word_diff
from scicot.pure.evaluation.attribution import GIVEN
from scicot.pure.evaluation.table_words import REASON_WORDS
from scicot.pure.markdown import escape_markdown
from scicot.pure.predictions.metrics import word_overlap
from scicot.pure.shares import say_share
from scicot.services.evaluation.question_view import QuestionView, RunAnswer
from scicot.services.rationales.texts import StoredRationale
from scicot.words.records import NoAnswer, Outcome, Question

BADGES: Mapping[Outcome, tuple[str, Color, str]] = {
    Outcome.CORRECT: ("correct", "green", ":material/check:"),
    Outcome.INCORRECT: ("incorrect", "red", ":material/close:"),
    Outcome.NO_ANSWER: ("no answer read", "orange", ":material/question_mark:"),
    Outcome.UNSCORED: ("the key is not known", "gray", ":material/visibility_off:"),
}


def show_question(view: QuestionView, names: Sequence[str]) -> None:
    """Show the question, then one column a run, then what teachers and people wrote."""
    _show_stem(view.question)
    _show_options(view)
    reference = view.explanations[0] if view.explanations else None
    compared = None
    if reference and any(
        answer.prediction and answer.prediction.rationale for answer in view.answers
    ):
        about = f"{reference.origin.value} rationale ({reference.source})"
        wanted = st.toggle(
            f"Mark what differs from the {escape_markdown(about)}",
            key="show_diff",
            bind="query-params",
        )
        compared = reference if wanted else None
    columns = st.columns(max(len(view.answers), 1))
    for column, answer, name in zip(columns, view.answers, names, strict=False):
        with column, st.container(border=True):
            _show_answer(answer, f"Run {answer.run.id} · {name}", compared)
    _show_explanations(view.explanations)


def _show_stem(question: Question) -> None:
    st.caption(escape_markdown(f"{question.dataset} · {question.split} · {question.external_id}"))
    with st.container(border=True):
        st.text(question.stem)


def _show_options(view: QuestionView) -> None:
    question = view.question
    if not question.choices:
        st.text(f"Answer: {question.answer_key}" if question.is_labelled else "A free answer")
        return
    shares = "Each option's share by likelihood; ◀ is what the run answered."
    runs = [answer.run for answer in view.answers]
    colors = run_colors(runs)
    names = [Head(f"{name} ◀ answered", help=shares) for name in number_runs(runs)]
    heads = [Head("Option"), Head("Text"), *names]
    lines = []
    for choice in question.choices:
        is_key = choice.label == question.answer_key
        option = f"{choice.label} · key" if is_key else choice.label
        answers = [
            _share(answer, choice.label, color)
            for answer, color in zip(view.answers, colors, strict=True)
        ]
        lines.append(Line([Cell(option), Cell(choice.text), *answers], is_marked=is_key))
    show_plain_table(heads, lines, key="options", label="The options and each run's shares")


def _share(answer: RunAnswer, label: str, color: str) -> Cell:
    prediction = answer.prediction
    mark = "◀" if prediction is not None and prediction.label == label else ""
    share = answer.probabilities.get(label)
    said = f"{say_share(share, 0)} {mark}".strip() if share is not None else mark
    return Cell(said, share=share, color=color)


def show_outcome(label: str | None, outcome: Outcome, why: NoAnswer | None = None) -> None:
    """Show an answer's label and whether it is right, or `why` none could be read."""
    text, color, icon = BADGES[outcome]
    text = f"{text}: {REASON_WORDS[why]}" if why else text
    st.badge(f"{escape_markdown(label or '–')} · {text}", color=color, icon=icon)


def _show_answer(answer: RunAnswer, name: str, compared: StoredRationale | None) -> None:
    st.markdown(f"**{escape_markdown(name)}**")
    prediction = answer.prediction
    if prediction is None:
        st.caption("This run was not asked this question.")
        return
    show_outcome(prediction.label, prediction.outcome, prediction.no_answer_reason)
    with st.container(horizontal=True, gap="small"):
        for flag in answer.flags:
            st.badge(str(flag).replace("_", " "), color="yellow", icon=":material/flag:")
        for mark in answer.marks:
            name = escape_markdown(f"{mark.tag.name} · {mark.actor}")
            st.badge(name, color="blue", icon=":material/sell:")
    if compared is not None and prediction.rationale:
        overlap = word_overlap(compared.text, prediction.rationale)
        st.caption(
            f"Rationale; {say_share(overlap or 0, 0)} of the words shared with the reference"
        )
        key = f"diff_{answer.prediction_id}"
        show_word_diff(compared.text, prediction.rationale, key=key)
    else:
        st.caption("Rationale")
        st.text(prediction.rationale or "none written")
    st.caption("Raw output")
    st.code(prediction.output, language=None, wrap_lines=True)
    for variant, other in answer.variants.items():
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            show_outcome(other.label, other.outcome)
            st.caption(f"with {GIVEN[variant]}", width="content")


def _show_explanations(explanations: Sequence[StoredRationale]) -> None:
    if not explanations:
        st.caption("No teacher's or human rationale is stored for this question.")
        return
    for column, explanation in zip(st.columns(len(explanations[:4])), explanations, strict=False):
        with column, st.container(border=True):
            source = escape_markdown(explanation.source)
            st.markdown(
                f"**{explanation.origin.value.capitalize()}** · {source} · "
                f"{explanation.status.value}"
            )
            st.text(explanation.text)
