"""Markup around an answer taken off: emphasis, code, LaTeX; what it surrounds stays as written."""

from __future__ import annotations

import re

# around words; none may be read in two ways, or a long run of blanks is tried in all its parts
_WRAPPED = (
    re.compile(r"\\(?:boxed|fbox|text(?:bf|it|rm|sf)?|math(?:bf|rm|it|sf)|mbox|bf)\s*\{([^{}]*)\}"),
    re.compile(r"\*\*(?!\s)([^\n]{1,1000}?)(?<!\s)\*\*"),
    re.compile(r"__(?!\s)([^\n]{1,1000}?)(?<!\s)__"),
    re.compile(r"(?<![\w*])\*(?![\s*])([^*\n]+?)(?<!\s)\*(?![\w*])"),
    re.compile(r"(?<![\w_])_(?![\s_])([^_\n]+?)(?<!\s)_(?![\w_])"),
    re.compile(r"`([^`\n]+)`"),
    re.compile(r"\$(?!\s)([^$\n]{1,300}?)(?<!\s)\$(?!\d)"),  # "$5, not $10" is money
)
# around words and blanks, which go as well
_SPACED = (
    re.compile(r"\$\$([^$]+)\$\$"),
    re.compile(r"<(?:b|i|em|strong|code|u)>([^<>]+)</(?:b|i|em|strong|code|u)>", re.IGNORECASE),
    re.compile(r"«([^«»\n]+)»"),
    re.compile(r"\\\((.{1,320}?)\\\)", re.DOTALL),
    re.compile(r"\\\[(.{1,320}?)\\\]", re.DOTALL),
)
_CODE = re.compile(r"```([^`]+)```")
_LANGUAGE = re.compile(r"\w*\n?")
BOX = "\ue000"  # stands where `\boxed` stood: what follows it is stated
_BOXED = re.compile(r"\\f?boxed\s*(?:\{|(?=[A-J]\b))|<\|begin_of_box\|>")
MOST_LAYERS = 6  # `**$\boxed{\text{B}}$**` has four


def strip_markup(text: str) -> str:
    """Return the text without emphasis, code ticks and LaTeX around words."""
    for _ in range(MOST_LAYERS):
        before = text
        text = _CODE.sub(_without_language, text)
        for pattern in _SPACED:
            text = pattern.sub(_without_blanks, text)
        for pattern in _WRAPPED:
            text = pattern.sub(r"\1", text)
        if text == before:
            break
    return text


def _without_blanks(found: re.Match[str]) -> str:
    return found[1].strip() or found[0]


def _without_language(found: re.Match[str]) -> str:
    """Return a block of code without the language that it names and its last line break."""
    named = _LANGUAGE.match(found[1])
    return (found[1][named.end() if named else 0 :] or found[1]).removesuffix("\n")


def mark_boxes(text: str) -> str:
    """Return the text with a mark before what stands in a box, which itself stays."""
    return _BOXED.sub(lambda box: BOX + ("\\text{" if box[0].endswith("{") else ""), text)


# one sign for one, so that places in the text stay: （Ｂ） -> (B)
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3010: 0x5B, 0x3011: 0x5D}


def narrow(text: str) -> str:
    """Return the text with full-width letters, digits and brackets made plain, sign by sign."""
    return text.translate(_WIDE)
