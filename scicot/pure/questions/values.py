"""Values of cells: texts, numbers as texts, and lists that a table holds as text."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Sequence
from typing import Any

LETTERS = "ABCDEFGHIJ"
_MAX_LIST = 100_000  # characters of a list inside one cell
_ARRAY = re.compile(r"\barray\(|,\s*dtype=[\w.']+\s*\)")
_LABELLED = re.compile(r"^\s*(?:[(\[]\s*)?([A-Ja-j]|\d{1,2})\s*(?:[)\]]|[.:](?=\s|$))\s*")
_INLINE = re.compile(r"(?:^|[\s,;|])[(\[]?([A-Ja-j])\s*[)\].:]\s+")
# what follows an eaten backslash: \t imes, \f rac, \b eta, \r ho, \n u
_TAILS = {
    "\t": "imes ext extbf extit heta an au o op riangle frac ilde herefore anh ag "
    "iny hinspace woheadrightarrow",
    "\r": "ho ightarrow ight floor ceil angle m rbrace vert Vert brace brack "
    "group moustache ightharpoonup",
    "\n": "u abla eq e i ot otin eg ewline leq geq mid "
    "subseteq supseteq earrow warrow sim cong leftarrow rightarrow prec succ",
}
_BACK = {"\t": "t", "\r": "r", "\n": "n", "\b": "b", "\f": "f"}
_EATEN = {
    sign: re.compile(sign + "(?:" + "|".join(tails.split()) + r")(?![a-z])")
    for sign, tails in _TAILS.items()
}


def as_text(value: Any) -> str:
    """Return a cell as text: numbers as written, whole ones without a point; None as nothing."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def kind_of(value: Any) -> str:
    """Return what a value is, in words."""
    if value is None:
        return "missing"
    names = {str: "a text", int: "an int", float: "a number", bool: "a bool"}
    return {**names, list: "a list", dict: "an object"}.get(type(value), "of another kind")


def as_list(value: Any) -> Any:
    """Return the list or dictionary that a cell holds, also where it is written as text.

    JSON, Python's and numpy's ways of writing one are read; nothing is ever run. A text that is
    none of them comes back unchanged.
    """
    if not isinstance(value, str) or len(value) > _MAX_LIST:
        return value
    text = value.strip()
    if not text or text[0] not in "[{(" or text[-1] not in "]})":
        return value
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(
            _with_commas(_ARRAY.sub(lambda match: "(" if match[0][0] == "a" else ")", text))
        )
    # a set of sets is none, and says so by its type
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError, tokenize.TokenError):
        return value


def _with_commas(source: str) -> str:
    """Return a list as Python writes it; numpy leaves the commas out, and Python would then join.

    Line ends inside brackets are blanks. Raises ValueError for what Python writes nowhere.
    """
    parts: list[str] = []
    before = None
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in (tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER):
            continue
        if token.type == tokenize.ERRORTOKEN:  # each blank behind it would be one more
            raise ValueError(f"{token.string!r} stands in no list.")
        both = {tokenize.STRING, tokenize.NUMBER}
        if before in both and token.type in both:
            parts.append(",")
        parts.append(token.string)
        before = token.type
    return " ".join(parts)


def split_inline(text: str) -> list[str]:
    """Return the options that one text holds: a line each, after A) B) C), or parted by | or ;."""
    marks = list(_INLINE.finditer(text))
    letters = [mark[1].upper() for mark in marks]
    if len(marks) >= 2 and letters == list(LETTERS[: len(letters)]):
        ends = [mark.start() for mark in marks[1:]] + [len(text)]
        return [
            text[mark.end() : end].strip(" ,;|\n") for mark, end in zip(marks, ends, strict=True)
        ]
    for separator in ("\n", "|", ";"):
        parts = [part.strip() for part in text.split(separator)]
        if len(parts) >= 2:
            return [part for part in parts if part]
    return [text]


def cut_options(text: str) -> tuple[str, list[str]]:
    """Return a text without the options that close it, a line each, and those options."""
    lines = text.rstrip().split("\n")
    marks = [_LABELLED.match(line) for line in lines]
    first = next(
        (place for place, mark in enumerate(marks) if mark and mark[1].upper() == "A"), len(lines)
    )
    letters = [mark[1].upper() if mark else "" for mark in marks[first:]]
    if len(letters) < 2 or letters != list(LETTERS[: len(letters)]):
        return text, []
    stem = re.sub(
        r"(?<!\s)\s*(?:answer\s+)?(?:options|choices)\s*:?\s*$",
        "",
        "\n".join(lines[:first]),
        flags=re.I,
    )
    return stem, without_marks(lines[first:])


def without_marks(texts: Sequence[str]) -> list[str]:
    """Return options without the marks they all begin with in order: "A) 21", "B) 21.5"."""
    marks = [_LABELLED.match(text) for text in texts]
    letters = [mark[1].upper() for mark in marks if mark]
    for signs in (list(LETTERS), [str(number) for number in range(1, 11)]):
        if len(letters) == len(texts) and letters == signs[: len(texts)]:
            stripped = [
                text[mark.end() :].strip() for text, mark in zip(texts, marks, strict=True) if mark
            ]
            return stripped if all(stripped) else list(texts)
    return list(texts)


def eaten_backslash(text: str) -> str | None:
    r"""Return the LaTeX command whose backslash JSON has eaten, without it; None if all is well.

    "\frac" with one backslash is a form feed and "rac" to JSON.
    """
    if not text.isprintable():
        for place, sign in enumerate(text):
            if sign in "\b\f":
                return _BACK[sign] + re.split(r"[^A-Za-z]", text[place + 1 : place + 20])[0]
            if sign in _EATEN and (match := _EATEN[sign].match(text, place)):
                if sign == "\n" and "$" not in text:
                    continue  # a line that begins with "u" is no LaTeX
                return _BACK[sign] + match[0][1:]
    return None
