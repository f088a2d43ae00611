"""What a reviewer's text must be to stand as a rationale, or to be kept as a draft of one."""

from __future__ import annotations

from scicot.words.errors import InvalidRationale

LONGEST_TEXT = 20_000  # characters; a rationale is a paragraph


def check_text(text: str | None) -> None:
    """Raise InvalidRationale for a text that cannot stand as a rationale."""
    if text is None or not text.strip():
        raise InvalidRationale("The rationale is empty. Write a text, or reject it instead.")
    check_draft(text)


def check_draft(text: str) -> None:
    """Raise InvalidRationale for a text that cannot even be kept while it is written."""
    if len(text) > LONGEST_TEXT:
        raise InvalidRationale(
            f"The rationale has {len(text)} characters; {LONGEST_TEXT} are the most. Shorten it."
        )
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise InvalidRationale("The rationale holds a character that is no text. Remove it.")
