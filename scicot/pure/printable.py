"""Text that others wrote, made safe for a terminal: no character in it is an order to it."""

from __future__ import annotations

import re

# C0 but tab and newline, delete and C1; what turns the direction of writing round; half characters,
# as a file's name that is no UTF-8 has
_ORDERS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def printable(text: str) -> str:
    r"""Return the text with control and direction characters spelled out, as in \x1b."""
    return _ORDERS.sub(_spell, text.replace("\r\n", "\n"))


def printable_json(line: str) -> str:
    r"""Return a line of JSON that says the same, with such characters as \u escapes."""
    return _ORDERS.sub(lambda match: f"\\u{ord(match.group()):04x}", line)


def _spell(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
