"""Read a student's or an LLM's output: the stated forms only, nothing guessed.

An answer is read from what follows `Answer:` or "the answer is": a label in brackets or alone
(`(B)`, `b.`, `Option B`), or the exact text of one choice. A bare output may be such a form as a
whole. Anything else is None: two labels, a negation, a label beside another choice's text, or an
explanation that never comes to an answer.
"""

from __future__ import annotations

import re
import unicodedata

from scicot.words.records import Outcome, Question

_MARKER = re.compile(r"\banswer\s*:", re.IGNORECASE)
_STATEMENT = re.compile(
    r"\b(?:the|my)?\s*(?:(?:correct|right|best|final)\s+)?answer\s*(?:is\b|:)\s*:?"
    r"|\b(?:correct|right|best)\s+(?:option|choice)\s+is\b\s*:?",
    re.IGNORECASE,
)
_NEXT_QUESTION = re.compile(r"\n\s*question\s*:", re.IGNORECASE)
_RATIONALE = re.compile(r"^\s*rationale\s*:\s*", re.IGNORECASE)
_LEAD = re.compile(r"^(?:(?:option|choice|letter|label)\s+)?", re.IGNORECASE)
_BRACKETED = re.compile(r"^[(\[]\s*(\w{1,2})\s*[)\]]")
_ALONE = re.compile(r"^(\w{1,2})(?=\s*$|\s*[.,;:)/&]|\s*\n|\s+(?:and|or)\b)")
_BRACKETED_ANYWHERE = re.compile(r"[(\[]\s*(\w{1,2})\s*[)\]]")
_AND_ANOTHER = re.compile(r"^\W*(?:and|or|[,/&])\s*(?:and\s+|or\s+)?[(\[]?(\w{1,2})[)\]]?(?:\W|$)")
_LETTERS, _DIGITS = "ABCDEFGHIJ", "1234567890"


class _Ambiguous(Exception):
    """Two different answers are stated; neither can be taken."""


def split_output(output: str) -> tuple[str | None, str]:
    """Return the rationale and the answer part of a one-stage output.

    The rationale is None when there is none; the answer part is empty when the output never
    comes to an answer.
    """
    text = output.strip()
    found = _MARKER.search(text) or _last_statement(text)
    if found is None:
        is_label = bool(_BRACKETED.match(text) or _ALONE.match(text))
        rationale, answer = ("", text) if is_label else (text, "")
    else:
        rationale, answer = text[: found.start()], text[found.start() :]
    rationale = _RATIONALE.sub("", rationale).strip(" \n*")
    return rationale or None, answer.strip()


def read_answer(output: str, question: Question) -> str | None:
    """Return the label that the output states for this question, or None when it states none."""
    text = unicodedata.normalize("NFKC", output).replace("*", "").strip()
    following = _NEXT_QUESTION.search(text)
    if following:  # an LLM that goes on to invent another question
        text = text[: following.start()]
    marker = _MARKER.search(text)
    if marker:
        text = text[marker.start() :]
    statements = list(_STATEMENT.finditer(text))
    try:
        if not statements:
            return None if _RATIONALE.match(text) else _read_form(text, question)
        ends = [one.start() for one in statements[1:]] + [len(text)]
        read = {
            _read_form(text[one.end() : end].strip(), question)
            for one, end in zip(statements, ends, strict=True)
        } - {None}
    except _Ambiguous:
        return None
    return read.pop() if len(read) == 1 else None


def judge(label: str | None, question: Question) -> Outcome:
    """Return how a label compares with the answer key; None is `no_answer`, not incorrect."""
    if label is None:
        return Outcome.NO_ANSWER
    return Outcome.CORRECT if label == question.answer_key else Outcome.INCORRECT


def _last_statement(text: str) -> re.Match[str] | None:
    found = list(_STATEMENT.finditer(text))
    return found[-1] if found else None


def _read_form(text: str, question: Question) -> str | None:
    """Return the label that one statement names by label, by text or by both."""
    by_text = _label_of_text(text, question)
    by_label = _label_at_start(text, question)
    if by_text and by_label and by_text != by_label:
        raise _Ambiguous  # "4" may be the label of one choice and the text of another
    return by_label or by_text


def _label_at_start(text: str, question: Question) -> str | None:
    text = text[_LEAD.match(text).end() :]  # type: ignore[union-attr]
    found = _BRACKETED.match(text)
    label = _to_label(found.group(1), question, any_alphabet=True) if found else None
    if label is None:
        found = _ALONE.match(text)
        label = _to_label(found.group(1), question, any_alphabet=False) if found else None
    if label is None or found is None:
        return _label_before_its_text(text, question)
    rest = text[found.end() :]
    _refuse_second_answer(rest, label, question)
    return label


def _label_before_its_text(text: str, question: Question) -> str | None:
    """Return the label in "B One week", where only the text after it shows that B is a label."""
    first, _, rest = text.partition(" ")
    if first in question.labels and _plain(rest) == _plain(question.choice_text(first)):
        return first
    return None


def _refuse_second_answer(rest: str, label: str, question: Question) -> None:
    """Raise _Ambiguous when what follows the label names another choice."""
    stated, own = _plain(rest), _plain(question.choice_text(label))
    if stated == own:
        return
    if any(stated == _plain(choice.text) for choice in question.choices):
        raise _Ambiguous
    rest = stated.replace(own, "", 1) if stated.startswith(own) else rest
    named = [
        _to_label(name, question, any_alphabet=True) for name in _BRACKETED_ANYWHERE.findall(rest)
    ]
    other = _AND_ANOTHER.match(rest)
    # Without brackets only the source's own spelling counts: "a" after a comma is an article.
    if other and other.group(1) in question.labels:
        named.append(other.group(1))
    if any(name not in (None, label) for name in named):
        raise _Ambiguous


def _to_label(name: str, question: Question, *, any_alphabet: bool) -> str | None:
    """Return the question's label for a letter or digit in any case.

    With `any_alphabet`, (B) is the second choice of a question labelled 1-4 and (2) that of one
    labelled A-D.
    """
    for label in question.labels:
        if name.upper() == label.upper():
            return label
    if not any_alphabet:
        return None
    for shown, others in ((_LETTERS, _DIGITS), (_DIGITS, _LETTERS)):
        if len(name) == 1 and name.upper() in shown and question.labels[0] in others:
            place = shown.index(name.upper())
            return question.labels[place] if place < len(question.labels) else None
    return None


def _label_of_text(text: str, question: Question) -> str | None:
    """Return the label of the one choice whose text is stated, whole or as the first sentence."""
    stated = _plain(text)
    if not stated:
        return None
    exact = [one.label for one in question.choices if _plain(one.text) == stated]
    if exact:
        return exact[0] if len(exact) == 1 else None
    lowered = " ".join(text.lower().split())
    starts = [
        (len(plain), one.label)
        for one in question.choices
        if (plain := " ".join(one.text.lower().split()).rstrip(" .!?"))
        and re.match(re.escape(plain) + r"\s*[.!?]\s", lowered)
    ]
    return max(starts)[1] if starts else None


def _plain(text: str) -> str:
    """Return the text as it is compared: lower case, single spaces, no quotes or full stop."""
    return " ".join(text.lower().split()).strip(" .,;:!?\"'`-")
