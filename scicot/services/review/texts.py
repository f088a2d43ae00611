"""What a reviewer's text must be to stand as a rationale, or to be kept as a draft of one."""

from __future__ import annotations

from scicot.pure.review.sentences import split_sentences
from scicot.words.errors import InvalidInput, InvalidRationale
from scicot.words.people import is_text
from scicot.words.records import Verdict

LONGEST_TEXT = 20_000  # characters; a rationale is a paragraph
LONGEST_REASON = 200


def check_text(text: str | None) -> None:
    """Raise InvalidRationale for a text that cannot stand as a rationale."""
    if text is None or not text.strip():
        raise InvalidRationale("The rationale is empty. Write a text, or reject it instead.")
    check_draft(text)


def check_reason(reason: str | None) -> None:
    """Raise InvalidInput for a reason that is longer than one is, or no text."""
    if reason is None:
        return
    if len(reason) > LONGEST_REASON or not is_text(reason):
        raise InvalidInput(
            f"A reason has at most {LONGEST_REASON} characters, and each of them is text. "
            "Give another one."
        )


def check_mark(verdict: Verdict, text: str, first_wrong: int | None) -> None:
    """Raise InvalidInput for a first wrong sentence that the text has not, or of no rejection."""
    if first_wrong is None:
        return
    count = len(split_sentences(text))
    if verdict is not Verdict.REJECT or not 1 <= first_wrong <= count:
        has = f"{count} sentence{'s' * (count != 1)}"
        raise InvalidInput(
            f"The text has {has}, so number {first_wrong} cannot be its first wrong one. Count "
            "again, or reject it without."
        )


def check_draft(text: str) -> None:
    """Raise InvalidRationale for a text that cannot even be kept while it is written."""
    if len(text) > LONGEST_TEXT:
        raise InvalidRationale(
            f"The rationale has {len(text)} characters; {LONGEST_TEXT} are the most. Shorten it."
        )
    if not is_text(text):
        raise InvalidRationale("The rationale holds a character that is no text. Remove it.")
