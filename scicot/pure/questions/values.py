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
# what follows an eaten backslash: \t imes, \f rac, \b eta, \r ho, \n u; \a and \v are Python's
_TAILS = {
    "\t": "imes ext extbf extit heta an au o op riangle frac ilde herefore anh ag "
    "iny hinspace woheadrightarrow",
    "\r": "ho ightarrow ight floor ceil angle m rbrace vert Vert brace brack "
    "group moustache ightharpoonup",
    "\n": "u abla eq e i ot otin eg ewline leq geq mid onumber olimits atural parallel sim "
    "subseteq supseteq subset supset earrow warrow cong leftarrow rightarrow prec succ vdash less",
    "\f": "rac orall lat rown box box ootnote ontsize loor",
    "\v": "ec ert ee arphi arepsilon artheta arrho arsigma arnothing dots dash phantom space "
    "arinjlim",
}
_BACK = {"\t": "t", "\r": "r", "\n": "n", "\b": "b", "\f": "f", "\a": "a", "\v": "v"}
_EATEN = {
    sign: re.compile(sign + "(?:" + "|".join(tails.split()) + r")(?![a-z])")
    for sign, tails in _TAILS.items()
}
_SURE = 3  # letters after a tab or return that no other text has there


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
    r"""Return the LaTeX command whose backslash was eaten, without it; None if all is well.

    "\frac" with one backslash is a form feed and "rac" to JSON, "\alpha" a bell to Python.
    """
    if text.isprintable():
        return None
    for place, sign in enumerate(text):
        if sign in _BACK and (command := _command_at(text, place)):
            return command
    return None


def _command_at(text: str, place: int) -> str | None:
    """Return the command that a control sign at this place began, if it did."""
    sign = text[place]
    rest = re.split(r"[^A-Za-z]", text[place + 1 : place + 25], maxsplit=1)[0]
    if sign in "\a\b":  # no text has them
        return _BACK[sign] + rest
    match = _EATEN[sign].match(text, place)
    if sign in "\f\v":  # a page's or a line's end in a word processor
        return _BACK[sign] + match[0][1:] if match else None
    is_math = _is_math(text, place)
    if sign in "\t\r" and is_math and rest:
        return _BACK[sign] + rest
    if match is None or (sign == "\n" and not is_math):
        return None  # a line that begins with "u" is no LaTeX
    is_sure = is_math or len(match[0]) > _SURE or text[:place].endswith(" ")  # "x \to y"
    return _BACK[sign] + match[0][1:] if is_sure else None


def _is_math(text: str, place: int) -> bool:
    """Return whether a place lies between the marks of a formula, or is an option's only word."""
    before, after = text[:place], text[place + 1 :]
    if before.count("$") % 2 == 1 and "$" in after:
        return True
    for opening, closing in (("\\(", "\\)"), ("\\[", "\\]")):
        if before.rfind(opening) > before.rfind(closing) and closing in after:
            return True
    return not before.strip() and bool(re.fullmatch(r"[a-z]{1,10}\s*", after))
