"""Which choice a text or a name means: as written first, then loosened while that is safe.

Whatever is loosened is loosened on both sides, and a form counts only while it means one choice
alone: `-10 °C` is never 10 °C, `Rr` never RR, and `co₂` may be CO2 where no CO₂ stands beside it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from scicot.pure.predictions.markup import strip_markup
from scicot.words.records import Question

ROOM = 200  # characters of markup and marks around a choice's text
_LETTERS, _DIGITS = "ABCDEFGHIJ", "1234567890"
_MARKS = " \t.,;:!?\"'`“”‘’«»"
_FACTORIAL = re.compile(r"(?:\d|(?<![a-zA-Z])[a-zA-Z])$")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_RAISING = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+")
_MINUS = str.maketrans(dict.fromkeys("−‐‑‒–﹣－", "-"))


def _as_written(text: str) -> str:
    return " ".join(text.split())


def _without_stop(text: str) -> str:
    """Return the text without its sentence's end: `n!.` is n!, and `A'.` is A'."""
    return _as_written(text).removesuffix(".")


def _without_marks(text: str) -> str:
    bare = re.sub(r"^[-–—•]\s+", "", _as_written(strip_markup(text)))
    begun = bare.lstrip(_MARKS)
    if begun[:1].isdigit() and bare[: len(bare) - len(begun)].endswith("."):
        begun = f".{begun}"  # .5 is not 5
    ended = begun.rstrip(_MARKS)
    is_factorial = begun[len(ended) :].startswith("!") and _FACTORIAL.search(ended)
    return f"{ended}!" if is_factorial else ended  # and n! is not n


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", _without_marks(text)).translate(_MINUS)


def _powers(text: str) -> str:
    """Return the text with 10³, 10^{3} and 10**3 written alike."""
    raised = _RAISING.sub(lambda run: "^" + run[0].translate(_RAISED), _composed(text))
    return re.sub(r"\*\*(?=[-+\d])", "^", re.sub(r"\^\{([^{}]*)\}", r"^\1", raised))


def _compatible(text: str) -> str:
    folded = unicodedata.normalize("NFKC", _composed(text)).replace("\u2044", "/")  # ½ is 1/2
    return _as_written(folded).translate(_MINUS)


def _any_case(text: str) -> str:
    return _compatible(text).casefold()


def _units_close(text: str) -> str:
    """Return the text with no blank between a number and its unit: 5 cm, 5 %."""
    return re.sub(r"(?<=\d)\s+(?=[^\W\d]|[%°])", "", _any_case(text))


LOOSENED: tuple[Callable[[str], str], ...] = (
    _as_written,
    _without_stop,
    _without_marks,
    _composed,
    _powers,
    _compatible,
    _any_case,
    _units_close,
)


def match_choice(text: str, question: Question) -> str | None:
    """Return the label of the one choice whose text this is, None for none or several."""
    text = _as_written(text)
    if len(text) > 4 * max((len(choice.text) for choice in question.choices), default=0) + ROOM:
        return None  # too long for any of them, however it is written
    for loosen in LOOSENED:
        stated = loosen(text)
        if not stated:
            return None
        labels = [choice.label for choice in question.choices if loosen(choice.text) == stated]
        if labels:
            return labels[0] if len(labels) == 1 else None
    return None


def is_text_of(text: str, label: str, question: Question) -> bool:
    """Return whether a text is this choice's in any form, another choice's or not."""
    return _any_case(text) == _any_case(question.choice_text(label))


def rest_after_text(text: str, label: str, question: Question) -> str | None:
    """Return what follows the choice's own text at the start of a text; None if it is not there."""
    for loosen in (_as_written, _any_case):
        own, stated = loosen(question.choice_text(label)), loosen(text)
        if own and stated.startswith(own) and not re.match(r"\w", stated[len(own) :]):
            return stated[len(own) :]
    return None


def to_label(name: str, question: Question, *, any_alphabet: bool) -> str | None:
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
