"""Scripts and languages: what a text is compared with is its own question, not English."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from scicot.pure.checks.finding import STOPWORDS, Finding, words_of
from scicot.words.records import Question

ENOUGH_WORDS = 10  # to tell a language by
ENOUGH_OF_A_QUESTION = 5  # words: a question is short, and only its being English is asked
ENGLISH = 0.12  # the least share of English small words in English
SURELY_ENGLISH = 0.25
FOREIGN = 0.2  # Greek letters and the like are at home in science; a fifth of the text is not
# several scripts that one language writes together
TOGETHER = {"HIRAGANA": "CJK", "KATAKANA": "CJK", "BOPOMOFO": "CJK", "KATAKANA-HIRAGANA": "CJK"}
JOINING = frozenset("\u200c\u200d\u200e\u200f")  # what Arabic, Hebrew and Indian scripts write with


@lru_cache(maxsize=65536)
def script_of(letter: str) -> str:
    """Return the script of a letter, by the first word of its Unicode name."""
    name = unicodedata.name(letter, "UNKNOWN").split(" ", 1)[0]
    return TOGETHER.get(name, "LATIN" if name in ("FULLWIDTH", "LATIN") else name)


def scripts_of(text: str) -> Counter[str]:
    """Return how many letters of each script a text holds."""
    return Counter(script_of(sign) for sign in text if sign.isalpha())


@lru_cache(maxsize=4096)
def question_scripts(question: Question) -> frozenset[str]:
    """Return the scripts that a question is written in: a tenth of its letters or more."""
    counts = scripts_of(_asked(question))
    total = counts.total()
    return frozenset(script for script, count in counts.items() if count * 10 >= total)


def joins_letters(question: Question) -> bool:
    """Return whether the question's script is written with joining and direction marks."""
    return bool(question_scripts(question) - {"LATIN", "CYRILLIC", "GREEK", "CJK", "HANGUL"})


def _asked(question: Question) -> str:
    return " ".join([question.stem, *(choice.text for choice in question.choices)])


def is_english(question: Question) -> bool:
    """Return whether a question is in English: as its dataset says, else by its small words."""
    if question.language:
        return question.language.lower().split("-")[0].split("_")[0] in ("en", "eng", "english")
    if "LATIN" not in question_scripts(question) and question_scripts(question):
        return False
    words = words_of(question.stem)
    return len(words) < ENOUGH_OF_A_QUESTION or _small_words(words) >= ENGLISH / 2


def _small_words(words: list[str]) -> float:
    return sum(word in STOPWORDS for word in words) / len(words) if words else 0.0


def is_other_language(text: str, question: Question) -> Iterator[Finding]:
    """Find a text in another script or language than its question."""
    counts, own = scripts_of(text), question_scripts(question)
    total = counts.total()
    foreign = sum(count for script, count in counts.items() if script not in own)
    at_home = FOREIGN if "LATIN" in own or not own else 2 * FOREIGN  # names and formulas are Latin
    if total and own and foreign / total > at_home:
        yield Finding("Is written in another script than its question.")
        return
    if "LATIN" not in counts:
        return
    words = words_of(text)
    if len(words) < ENOUGH_WORDS:
        return
    share = _small_words(words)
    if is_english(question):
        if share < ENGLISH:
            yield Finding("Does not read as English.")
    elif share >= SURELY_ENGLISH:
        yield Finding("Reads as English; its question does not.")
