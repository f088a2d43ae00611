"""What every check returns, and the words it counts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
STOPWORDS = frozenset(
    WORD.findall(
        "a an and any are as at be because been being both but by can could did do does during "
        "each for from had has have he her his how i if in into is it its itself may more most "
        "must no not of on one only or other our out over same she should so some such than "
        "that the their them then there these they this those through to too under up us very "
        "was we were what when where which while who why will with would you your"
    )
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check saw: a sentence, the span it saw it in, and a text without it if there is one.

    `start` and `end` are character offsets; None when it is about the whole text.
    """

    message: str
    start: int | None = None
    end: int | None = None
    suggestion: str | None = None


def words_of(text: str) -> list[str]:
    """Return the words in order, in lower case."""
    return [found.lower() for found in WORD.findall(text)]


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return the word without its most common English ending, so that `cells` meets `cell`."""
    for ending, least in (("ies", 4), ("ing", 6), ("ed", 5), ("es", 5), ("s", 4)):
        if word.endswith(ending) and len(word) >= least and not word.endswith("ss"):
            kept = word[: -len(ending)]
            return kept + "y" if ending == "ies" else kept.rstrip("e") if ending == "es" else kept
    return word.rstrip("e") if len(word) > 4 else word


def content_words(text: str) -> list[str]:
    """Return the stems of the words that carry meaning, in order."""
    return [stem(word) for word in words_of(text) if word not in STOPWORDS]


def cut(text: str, start: int, end: int) -> str | None:
    """Return the text without this span, tidied; None when nothing worth keeping is left."""
    rest = re.sub(r"[ \t]{2,}", " ", text[:start] + text[end:])
    rest = re.sub(r" +([.,;:])", r"\1", rest).strip(" ,;:\n")
    if len(words_of(rest)) < 4:
        return None
    return rest[0].upper() + rest[1:]
