"""Text that other people or models wrote, made harmless inside Markdown."""

from __future__ import annotations

import re

_MARKS = re.compile(r"([\\`*_{}\[\]<>|~$:&!@^])|(?<=www)(\.)", re.IGNORECASE)
_SPACES = re.compile(r"[^\S\u00a0]+")  # a space that does not break stays what it is
_AT_START = re.compile(r"^([#+=-]|\d+(?=[.)]\s))")
_BACKTICKS = re.compile(r"`+")


def escape_markdown(text: str) -> str:
    """Return the text on one line with the marks that mean something in Markdown escaped.

    It reads as it was written; nothing in it can become a link, an image, a heading, a formula or
    one of Streamlit's colours.
    """
    line = _MARKS.sub(lambda mark: f"\\{mark.group()}", _SPACES.sub(" ", text.strip()))
    start = _AT_START.match(line)
    if start is None:
        return line
    mark = start.group()
    # "1. x" is a list: the full stop is what must be escaped, a digit cannot be
    return f"{mark}\\{line[len(mark) :]}" if mark.isdecimal() else f"\\{line}"


def fence(text: str) -> str:
    """Return the text as a fenced block, behind more backticks than it holds in a row."""
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    marks = "`" * max(3, longest + 1)
    return f"{marks}text\n{text}\n{marks}"
