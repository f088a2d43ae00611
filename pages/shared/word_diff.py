"""Two texts as one, with what was taken out and what was put in; model text stays plain text."""

from __future__ import annotations

import streamlit as st

from scicot.pure.review.diffs import word_diff

CSS = """
p { margin: 0; font-family: var(--st-font); font-size: 0.9rem; line-height: 1.45;
    color: var(--st-text-color); white-space: pre-wrap; overflow-wrap: anywhere;
    unicode-bidi: plaintext; }
ins { text-decoration: none; font-weight: 600;
      background: color-mix(in srgb, var(--st-green-color, #21c354) 28%, transparent); }
del { background: color-mix(in srgb, var(--st-red-color, #ff4b4b) 22%, transparent); }
"""
JS = """
const TAGS = { same: "span", removed: "del", added: "ins" };
export default function ({ parentElement, data }) {
  const pieces = data.map(([change, text]) => {
    const element = document.createElement(TAGS[change]);
    element.textContent = text;
    return element;
  });
  parentElement.querySelector("p").replaceChildren(...pieces);
}
"""


def show_word_diff(before: str, after: str, *, key: str) -> None:
    """Show how `before` becomes `after`, word by word."""
    pieces = [[piece.change.value, piece.text] for piece in word_diff(before, after)]
    component = st.components.v2.component("word_diff", html='<p dir="auto"></p>', css=CSS, js=JS)
    component(data=pieces, key=key)
