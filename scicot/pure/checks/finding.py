"""What every check returns, and the words it counts."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import regex

from scicot.pure.checks.numerals import in_digits

# "1,200" is one word, as "1200" is
WORD = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)|[^\W_]+(?:['’][^\W_]+)*")
# scripts without blanks between words, of which each sign counts as one; and words with marks
_ALONE = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_SPECIAL = regex.compile(rf"[\p{{M}}{_ALONE}]")
_SIGN_ALONE = regex.compile(rf"[{_ALONE}]")
_WIDE_WORD = regex.compile(
    rf"[{_ALONE}]\p{{M}}*|[[\p{{L}}\p{{N}}]--[{_ALONE}]][[\p{{L}}\p{{N}}\p{{M}}]--[{_ALONE}]]*"
    rf"(?:['’][[\p{{L}}\p{{N}}\p{{M}}]--[{_ALONE}]]+)*",
    regex.VERSION1,
)
STOPWORDS = frozenset(
    WORD.findall(
        "a an and any are as at be because been being both but by can could did do does during "
        "each for from had has have he her his how i if in into is it its itself may more most "
        "must no not of on one only or other our out over same she should so some such than "
        "that the their them then there these they this those through to too under up us very "
        "was we were what when where which while who why will with would you your"
    )
)
# Arabic and Hebrew: points and the sign that draws words out; letters that people exchange
_POINTS = re.compile("[\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0640]")
_EXCHANGED = str.maketrans("أإآٱىةؤئ", "ااااي\u0647وي")
_ARTICLE = re.compile("^[وفبك]?(?:ال|لل)(?=..)|^[וש]?ה(?=...)")  # written together with its noun
ALIKE = 0.75  # of a word, from its beginning: the rest is its ending


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check saw: a sentence, the span it saw it in, and a text without it if there is one.

    `start` and `end` are character offsets; None when it is about the whole text.
    """

    message: str
    start: int | None = None
    end: int | None = None
    suggestion: str | None = None


def find_words(text: str) -> Iterator[re.Match[str]]:
    """Yield where each word stands; in a script without blanks each sign is one."""
    if text.isascii() or not _SPECIAL.search(text):
        return WORD.finditer(text)
    return _WIDE_WORD.finditer(text)  # type: ignore[no-any-return]


def is_unspaced(text: str) -> bool:
    """Return whether a text is mostly in a script that sets no blanks between words."""
    if text.isascii():
        return False
    alone = len(_SIGN_ALONE.findall(text))
    return alone * 2 > sum(sign.isalpha() for sign in text)


def words_of(text: str) -> list[str]:
    """Return the words in order, in lower case."""
    if text.isascii():  # a third of the time of one match after another
        words = WORD.findall(text.lower())
        return [word.replace(",", "") for word in words] if "," in text else words
    return [plain_word(match.group()) for match in find_words(text)]


def plain_word(word: str) -> str:
    """Return a word as it is compared: lower case, "３" as "3", without Arabic or Hebrew points."""
    word = word.lower().replace(",", "")
    if word.isascii():
        return word
    word = unicodedata.normalize("NFKC", word)
    return _POINTS.sub("", word).translate(_EXCHANGED)


def mentioned_words(text: str) -> set[str]:
    """Return what a text mentions, to be compared with an option's.

    Content words; in a script without blanks pairs of signs, since a sign alone says too little,
    and the single sign where there is but one.
    """
    words = content_words(text)
    if not is_unspaced(text) or len(words) < 2:
        return set(words)
    return {"".join(pair) for pair in pairwise(words)}


def mentions_any(text: str, parts: Set[str], *, is_inflected: bool = False) -> bool:
    """Return whether a text mentions one of these parts, or an inflected form of it."""
    said = _said(text) | _said(in_digits(text))
    if parts & said:
        return True
    return is_inflected and any(_begin_alike(part, word) for part in parts for word in said)


def mentions_all(text: str, parts: Set[str]) -> bool:
    """Return whether a text mentions all of these parts."""
    return parts <= _said(text)


@lru_cache(maxsize=64)  # of each text several checks ask, and of each of its options
def _said(text: str) -> frozenset[str]:
    """Return all that a text mentions, a sign alone and in pairs where it sets no blanks."""
    said = frozenset(stem(word) for word in set(words_of(text)) - STOPWORDS)
    return said if text.isascii() else said | mentioned_words(text)


def _begin_alike(part: str, word: str) -> bool:
    """Return whether two words are the same but for their endings, as in корни and корням."""
    shared = next(
        (place for place, (a, b) in enumerate(zip(part, word, strict=False)) if a != b),
        min(len(part), len(word)),
    )
    least = 2 if "가" <= part[0] <= "힣" else 3
    return shared >= max(least, math.ceil(ALIKE * len(part)))


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return the word without its most common English ending, so that `cells` meets `cell`.

    Of an Arabic or Hebrew word without the article that is written together with it.
    """
    if not word.isascii():
        word = _ARTICLE.sub("", word)
    for ending, least in (("ies", 4), ("ing", 6), ("ed", 5), ("es", 5), ("s", 4)):
        if word.endswith(ending) and len(word) >= least and not word.endswith("ss"):
            root = word[: -len(ending)]
            return root + "y" if ending == "ies" else root.rstrip("e") if ending == "es" else root
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
