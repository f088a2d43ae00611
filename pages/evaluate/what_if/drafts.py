"""The What if page's edits: a history in the browser's session, with undo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from scicot.pure.markdown import escape_markdown
from scicot.services.evaluation.what_if import Draft, WhatIfAnswer
from scicot.words.records import StoredQuestion


class History:
    """The drafts of one run and question, newest last; boxes are named after its length."""

    def __init__(self, run_id: int, original: Draft, question: StoredQuestion) -> None:
        self.key = f"what_if_{run_id}_{question.id}"
        self.question = question
        self.drafts: list[Draft] = st.session_state.setdefault(self.key, [original])
        # what was answered before is not asked again: undo and the original cost nothing
        self.answers: dict[Draft, WhatIfAnswer] = st.session_state.setdefault(
            f"{self.key}_answers", {}
        )

    @property
    def now(self) -> Draft:
        """The draft in force."""
        return self.drafts[-1]

    def box(self, name: str) -> str:
        """Return a box's key; a new one after each change, so that undo refills the box."""
        return f"{self.key}_{name}_{len(self.drafts)}"

    def push(self, draft: Draft) -> None:
        """Put a draft in force, unless nothing changed."""
        if draft != self.now:
            self.drafts.append(draft)

    def push_rationale(self, text: str) -> None:
        """Put another rationale in force."""
        self.push(replace(self.now, rationale=text or None))

    def show_rationale(self, *, disabled: bool) -> None:
        """Show the rationale's box."""
        st.text_area(
            "Rationale",
            self.now.rationale or "",
            key=self.box("rationale"),
            height=160,
            disabled=disabled,
            on_change=self._take,
            help="Ctrl+Enter answers at once. Empty: the student answers without one.",
        )

    def show_question(self) -> None:
        """Show the boxes of the question and of each option."""
        st.text_area(
            "Question", self.now.stem, key=self.box("stem"), height=90, on_change=self._take
        )
        for choice, text in zip(self.question.choices, self.now.options, strict=True):
            st.text_input(
                f"Option {escape_markdown(choice.label)}",
                text,
                key=self.box(f"option_{choice.label}"),
                on_change=self._take,
            )

    def show_undo(self) -> None:
        """Show the buttons that take the last change, or all of them, back."""
        undo, reset = st.columns(2)
        is_first = len(self.drafts) == 1
        undo.button(
            "Undo",
            shortcut="u",
            icon=":material/undo:",
            disabled=is_first,
            on_click=self._forget,
            args=(1,),
            width="stretch",
        )
        reset.button(
            "Back to the original",
            icon=":material/restart_alt:",
            disabled=is_first,
            on_click=self._forget,
            args=(len(self.drafts) - 1,),
            width="stretch",
        )

    def _take(self) -> None:
        state = st.session_state
        options: Sequence[str] = [
            state.get(self.box(f"option_{choice.label}"), text)
            for choice, text in zip(self.question.choices, self.now.options, strict=True)
        ]
        written = state.get(self.box("rationale"), self.now.rationale or "")
        self.push(
            replace(
                self.now,
                stem=state.get(self.box("stem"), self.now.stem),
                options=tuple(options),
                rationale=written or None,
            )
        )

    def _forget(self, count: int) -> None:
        del self.drafts[len(self.drafts) - count :]
