"""Scripts and languages: what a text is compared with is its own question, not English."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from scicot.pure.checks.finding import STOPWORDS, WORD, Finding, words_of
from scicot.words.records import Question

ENOUGH_WORDS = 10  # to tell a language by
ENOUGH_OF_A_QUESTION = 5  # words: a question is short, and only its being English is asked
ENGLISH = 0.12  # the least share of English small words in English
SURELY_ENGLISH = 0.25
FOREIGN = 0.2  # Greek letters and the like are at home in science; a fifth of the text is not
# small words of other languages in Latin letters, none of them English
OTHER_WORDS = frozenset(
    WORD.findall(
        "der das und ist ein eine einen einem einer nicht von mit wenn wird werden den dem es auf "
        "für sich auch als bei nach wie durch aus oder zu im am zum zur über "
        "de het een van zijn niet dat wat hoe bij ze uit deze wordt voor naar welke "
        "le la les des du et est une dans que qui avec pas il elle sont au aux ce cette quel "
        "quelle "
        "el los las del para se es cuál qué cómo una lo sus "
        "gli che è di della dei nel sono quale os da um uma não com são na qual mais "
        "się jest nie która który jak przez bir ve bu ile için hangi "
        "yang dan dari ini itu adalah untuk dengan là của và các một nào được từ trong "
        "och att det som är av til ett när hvad på"
    )
)
KANA = ("HIRAGANA", "KATAKANA")
ENOUGH_SIGNS = 20  # of Chinese and Japanese, to tell the one from the other by
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


@lru_cache(maxsize=4096)
def is_english(question: Question) -> bool | None:
    """Return whether a question is in English: as its dataset says, else by its small words.

    None where it is too short to tell.
    """
    if question.language:
        return question.language.lower().split("-")[0].split("_")[0] in ("en", "eng", "english")
    if "LATIN" not in question_scripts(question) and question_scripts(question):
        return False
    if _reads_otherwise(words_of(_asked(question))):
        return False
    words = words_of(question.stem)
    if len(words) >= ENOUGH_OF_A_QUESTION:
        return _small_words(words) >= ENGLISH / 2
    return True if _small_words(words) else None


def _reads_otherwise(words: list[str]) -> bool:
    """Return whether more small words of another language stand there than English ones."""
    return sum(word in OTHER_WORDS for word in words) > sum(word in STOPWORDS for word in words)


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
    if (other := _other_of_two(text, question)) is not None:
        yield Finding(f"Is written in {other}; its question is not.")
        return
    if "LATIN" not in counts:
        return
    words = words_of(text)
    if len(words) < ENOUGH_WORDS:
        return
    share, english = _small_words(words), is_english(question)
    if english and (share < ENGLISH or _reads_otherwise(words)):
        yield Finding("Does not read as English.")
    elif english is False and share >= SURELY_ENGLISH and not _reads_otherwise(words):
        yield Finding("Reads as English; its question does not.")


def _other_of_two(text: str, question: Question) -> str | None:
    """Return which of Chinese and Japanese a text is in, where its question is in the other."""
    asked = _kana(_asked(question))
    if asked is None:
        return None
    told = _kana(text)
    if told is None or told.total() < ENOUGH_SIGNS:
        return None
    if asked["kana"] * 10 >= asked.total() and not told["kana"]:
        return "Chinese"
    if not asked["kana"] and told["kana"] * 10 >= told.total():
        return "Japanese"
    return None


def _kana(text: str) -> Counter[str] | None:
    """Return how many of the Chinese and Japanese signs are kana; None where there are none."""
    signs = Counter(
        "kana" if unicodedata.name(sign, "").startswith(KANA) else "other"
        for sign in text
        if sign.isalpha() and script_of(sign) == "CJK"
    )
    return signs or None
