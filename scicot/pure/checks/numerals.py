"""Chinese numerals as digits: a text may write 四十八 where the option has 48."""

from __future__ import annotations

import re

_DIGITS = dict(
    zip("零〇一二两兩三四五六七八九", (0, 0, 1, 2, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)
)
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
# behind a digit, as in 3万, a sign goes on with that number and is none of its own
_NUMERAL = re.compile(rf"(?<!\d)[{''.join((*_DIGITS, *_TENS, *_MYRIADS))}]+")


def in_digits(text: str) -> str:
    """Return the text with its Chinese numerals as digits: "四十八个" as "48个"."""
    return text if text.isascii() else _NUMERAL.sub(lambda found: _read(found.group()), text)


def _read(numeral: str) -> str:
    if not any(sign in _TENS or sign in _MYRIADS for sign in numeral):
        return "".join(str(_DIGITS[sign]) for sign in numeral)  # 二〇二六, digit by digit
    total = part = largest = 0
    digit: int | None = None
    for sign in numeral:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign in _TENS:
            part += (1 if digit is None else digit) * _TENS[sign]
            digit = None
        else:
            unit, part = _MYRIADS[sign], part + (digit or 0)
            if unit > largest:  # 三万亿: all before it counts so many
                total, largest = (total + part or 1) * unit, unit
            else:  # 两亿零三万
                total += part * unit
            part, digit = 0, None
    return str(total + part + (digit or 0))
