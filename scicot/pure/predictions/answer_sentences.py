"""Which sentence of a rationale states the answer: by how it begins, or by a phrase in it.

"Plants answer: light matters." states none: there the word is no more than a verb.
"""

from __future__ import annotations

import re

_WHOSE = r"(?:(?:the|my|our)\s+)?"
_BEST = r"(?:correct|right|best|final)\s+"
_IS = r"[*_]*\s*(?:is\b|[:：=])"
_LABEL = r"\s*:?\s*(?:[(\[]\s*\w{1,2}\s*[)\]]|[A-Za-z0-9](?=\s*(?:$|[.,;])))"
_STATES = re.compile(
    # "Answer: one week", "So the correct answer is one week"
    rf"^[\W_]*(?:(?:so|thus|hence|therefore|then|and|finally|rationale)\b[\W_]+)*{_WHOSE}"
    rf"(?:{_BEST})?answer{_IS}"
    rf"|\b(?:the|my|our)\s+(?:{_BEST})?answer\s+is\b"
    rf"|\b{_BEST}(?:answer{_IS}|(?:option|choice)\s+is\b)"
    rf"|\b(?:so|thus|hence|therefore)\b\W+{_WHOSE}answer{_IS}"
    # the form that students learn, though no full stop stands before it
    r"|(?-i:\bAnswer)[*_]*\s*[:：]"
    rf"|\banswer{_IS}{_LABEL}",
    re.IGNORECASE,
)


def states_answer(sentence: str) -> bool:
    """Return whether a sentence of a rationale states the answer."""
    return bool(_STATES.search(sentence))
