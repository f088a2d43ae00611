"""Traces that other programs leave in texts: told at import, because nobody looks for them."""

from __future__ import annotations

import re

from scicot.words.records import Question

_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-fA-F]{1,6}|quot|apos|amp|lt|gt|nbsp|[a-z]{3,8}acute);")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
# the bytes of one character of UTF-8, read as characters of their own: Ã¨, â€™
_SECOND = re.escape(bytes(range(0x80, 0xC0)).decode("cp1252", "ignore"))
_TWICE = re.compile(f"[\u00c2\u00c3][{_SECOND}]|\u00e2\u20ac[{_SECOND}]|\ufffd")


def find_traces(question: Question, container: str) -> str | None:
    """Return what another program has made of a question's texts, in words; None for nothing."""
    texts = (question.stem, *[choice.text for choice in question.choices])
    for text in texts:
        if "&" in text and (entity := _ENTITY.search(text)):
            return f"'{entity[0]}' is how web pages write a sign; it is kept as it stands."
        if not text.isascii() and (broken := _TWICE.search(text)):
            return (
                f"'{broken[0]}' is what is left of a sign that was read in another encoding; it is "
                "kept as it stands. Fetch the file once more, or name its encoding (--encoding)."
            )
    if container.startswith("Excel") and any(map(_DATE.fullmatch, texts[1:])):
        return "an option is a date; Excel makes one of texts such as 1-2. Is it meant?"
    return None
