"""Free answers: a number, a text or a list, brought to one form so that they can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from scicot.pure.hashing import content_hash
from scicot.pure.questions.drafts import LONGEST_LABEL, Draft, make_draft, refuse_eaten
from scicot.pure.questions.values import as_list, as_text
from scicot.words.errors import InvalidQuestion
from scicot.words.records import AnswerKind

_NUMBER = re.compile(
    r"[-+−]?(?:\d{1,3}(?:[,\u00a0\u202f ]\d{3})+|\d+)?(?:\.\d+)?(?:/\d+)?(?:[eE][-+]?\d{1,3})?"
)
_WRAPPED = re.compile(r"^\s*(?:\\boxed\{(.*)\}|\$(.*)\$|\\\((.*)\\\))\s*$", re.DOTALL)
_UNITS = re.compile(
    r"^\s*(?:us)?[$€£¥]\s*|\s*[%°]$"
    # "18 apples", "9.8 m/s2", but not the "or 18" of "17 or 18"
    r"|(?<=\d)\s*(?!(?:or|and|to|through)\b)[a-zA-Z](?:[^\W\d]|[²³/°-]|(?<=\w)\d| (?!\d)){0,30}$"
)
LONGEST_BARE = 60  # signs of an output that is an answer and nothing else
_STATED = (
    re.compile(r"####\s*(?P<said>[^\n]{1,1000})"),
    re.compile(r"\\boxed\{(?P<said>[^{}\n]{1,1000})\}"),
    re.compile(
        # blanks are counted on one side of each sign alone: tried on both they take for ever
        r"(?<!wrong )(?<!incorrect )\banswer\s{0,50}(?:is|:)(?:\s{0,50}:)?\s{0,50}"
        r"(?P<said>(?=\S)[^\n]{1,1000}?)(?=\.(?:\s|$)|\n|$)",
        re.IGNORECASE,
    ),
)
# what follows an answer in its own sentence without being part of it
_REASONS = re.compile(
    r"[,;]?\s+(?:because|since|due\s+to|(?:,\s*)?not|rather\s+than|instead\s+of)\b|\s\(|\n",
    re.IGNORECASE,
)
# an output that is an answer and nothing else says nothing about it
_NO_BARE = re.compile(r"\b(?:answer|not|wrong|incorrect|doubt)\b|\?$", re.IGNORECASE)
_NO_ANSWER = re.compile(r"(?:definitely\s+|certainly\s+)?(?:not|never)\b", re.IGNORECASE)
_ANY_NUMBER = re.compile(r"[-+−]?\d[\d,]*(?:\.\d+)?(?:/\d+)?")
_WORKING = re.compile(r"<<[^<>\n]*>>")


def read_free(
    row: Mapping[str, Any], columns: Mapping[str, str], options: Sequence[str], where: str
) -> Iterator[Draft]:
    """Yield the question of a row with a free answer; what stands before `####` explains it."""
    fields = {field: row.get(column) for field, column in columns.items()}
    value = as_list(fields.pop("answer", None))
    form = AnswerKind.LIST if isinstance(value, list | tuple) else None
    key = ", ".join(map(as_text, value)) if form else as_text(value).strip()
    refuse_eaten([key], where)
    working, mark, final = key.rpartition("####")
    if mark:
        key = final.strip()
        fields.setdefault("rationale", _WORKING.sub("", working).strip())
    if len(key) > 1000:
        raise InvalidQuestion(f"{where}: the answer has {len(key)} characters; 1,000 are the most.")
    draft = make_draft(fields, (), own_labels=False, where=where)
    if form is None:
        form = AnswerKind.NUMBER if as_number(key) is not None else AnswerKind.TEXT
    yield replace(draft, key=key, named=key or None, answer_form=form)


def as_number(text: str) -> Fraction | None:
    """Return the number that a text is, with thousands, a unit or a currency; None otherwise."""
    bare = _unwrap(text)
    for candidate in (bare, _UNITS.sub("", bare), _UNITS.sub("", _UNITS.sub("", bare))):
        candidate = candidate.strip().rstrip(".")
        if candidate and _NUMBER.fullmatch(candidate) and any(map(str.isdigit, candidate)):
            digits = re.sub(r"[,\u00a0\u202f ]", "", candidate).replace("−", "-")
            try:
                return Fraction(digits)
            except (ValueError, ZeroDivisionError):
                return None
    return None


def _unwrap(text: str) -> str:
    match = _WRAPPED.match(text)
    while match:
        text = next(part for part in match.groups() if part is not None)
        match = _WRAPPED.match(text)
    return text.strip()


def normalise(text: str, form: AnswerKind) -> str | None:
    """Return an answer in the form in which two of them are compared; None where it is none."""
    bare = _unwrap(text)
    if form is AnswerKind.NUMBER:
        number = as_number(bare)
        return None if number is None else str(number)
    if form is AnswerKind.LIST:
        inner = re.sub(r"^[\[({]|[\])}]$", "", bare.strip())
        parts = [_plain(part) for part in re.split(r"[,;\n]|\band\b", inner)]
        return "\n".join(part for part in parts if part) or None
    return _plain(bare) or None


def _plain(text: str) -> str:
    number = as_number(text)
    if number is not None:
        return str(number)
    return " ".join(text.casefold().split()).strip(" .,;:!?\"'`“”‘’")


def free_label(text: str, form: AnswerKind) -> str | None:
    """Return an answer as a prediction's label: its normal form; of a long one a short stand-in.

    Two answers have the same label where they are the same answer.
    """
    normal = normalise(text, form)
    if normal is None or len(normal) <= LONGEST_LABEL:
        return normal
    return f"{normal[: LONGEST_LABEL - 9]}~{content_hash(normal)[:8]}"


def find_stated(output: str, form: AnswerKind) -> str | None:
    """Return the last answer that an output states, as written; None where it states none.

    What follows `####`, "the answer is", "Answer:", or stands in a box; or the whole of an output
    that is no longer than an answer.
    """
    stated = [match for pattern in _STATED for match in pattern.finditer(output)]
    if stated:
        return find_in_statement(max(stated, key=lambda match: match.start("said"))["said"], form)
    last = output.strip()
    if len(last) > LONGEST_BARE or "\n" in last or _NO_BARE.search(last):
        return None
    return find_in_statement(last, form)


def find_in_statement(words: str, form: AnswerKind) -> str | None:
    """Return the answer among the words of one statement; None where they refuse or hold two."""
    said = _REASONS.split(words.strip(), maxsplit=1)[0]
    said = said.strip().strip("*`\"'“” ").rstrip(".").strip()
    if _NO_ANSWER.match(said):
        return None
    if form is AnswerKind.NUMBER and as_number(said) is None:
        said = said.rpartition("=")[2]  # "3 + 15 = 18"
        numbers = [match[0] for match in _ANY_NUMBER.finditer(said)]
        return numbers[0].rstrip(",.") if len(numbers) == 1 else None
    return said or None


def read_free_answer(output: str, form: AnswerKind) -> str | None:
    """Return the label of the answer that an output states, or None."""
    stated = find_stated(output, form)
    return None if stated is None else free_label(stated, form)
