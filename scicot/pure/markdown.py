"""Text that other people or models wrote, made harmless inside Markdown."""

from __future__ import annotations

import re

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_BACKTICKS = re.compile(r"`+")


def escape_markdown(text: str) -> str:
    """Return the text with every ASCII punctuation mark escaped, on one line.

    It reads as it was written; nothing in it can become a link, an image, a heading or a formula.
    """
    return _PUNCTUATION.sub(r"\\\1", " ".join(text.split()))


def fence(text: str) -> str:
    """Return the text as a fenced block, behind more backticks than it holds in a row."""
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    marks = "`" * max(3, longest + 1)
    return f"{marks}text\n{text}\n{marks}"
