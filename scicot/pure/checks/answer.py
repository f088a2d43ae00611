"""Checks of how a rationale gives the answer away: letters, announcements, the key's words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from scicot.pure.checks.finding import (
    Finding,
    content_words,
    cut,
    mentioned_words,
    mentions_any,
    stem,
    words_of,
)
from scicot.pure.checks.language import is_english
from scicot.words.records import Question

ANNOUNCEMENT = re.compile(
    r"\b(?:the\s+)?(?:correct|right|best|most\s+likely|final)?\s*(?:answer|option|choice)"
    r"(?:\s+to\s+(?:the|this)\s+question(?:\s*[\"“].{0,400}?[\"”?])?)?"
    r"(?:\s+(?:here|above))?\s*(?:is|are|would\s+be|:)\s*:?\s*(?:therefore\s+)?"
    # the same in Chinese, Japanese, Korean, German, French, Spanish, Italian, Russian and Arabic
    r"|(?:正确|正確|最佳)?(?:答案|选项|選項)(?:就)?(?:是|为|為|应为|应该是)|(?:答え|正解)は|정?답은"
    r"|(?:die\s+)?(?:richtige|korrekte)\s+(?:Antwort|Option)\s+(?:ist|lautet)"
    r"|la\s+(?:bonne\s+)?réponse(?:\s+correcte)?\s+est"
    r"|la\s+(?:respuesta|opción)(?:\s+correcta)?\s+es"
    r"|la\s+risposta(?:\s+(?:corretta|giusta))?\s+è|правильн\w+\s+ответ\w*\s*[—–:-]"
    r"|الإجابة\s+(?:الصحيحة\s+)?هي|الجواب\s+(?:الصحيح\s+)?هو",
    re.IGNORECASE | re.DOTALL,
)
# one of these stands in whatever the pattern finds, and is looked for in a hundredth of the time
_ANNOUNCING = (
    *("answer", "option", "choice", "答", "选项", "選項", "正解", "답", "antwort", "réponse"),
    *("respuesta", "opción", "risposta", "ответ", "الإجابة", "الجواب"),
)
_SENTENCE_END = re.compile(r"[.!?](?:\s|$)|[。！？؟।۔]|\n")
_NUMBERS = re.compile(r"\d+(?:[.,]\d+)*")
BOILERPLATE = frozenset(
    map(
        stem,
        words_of(
            "answer correct right option choice question reason reasoning explanation following "
            "likely behind statement therefore thus best rationale based true"
        ),
    )
)
# of a text: more of them only a model in a loop writes
MOST_ANNOUNCEMENTS, MOST_LETTERS = 40, 100
LONG_FOR_TWO = 24  # words of a text in which two new ones still say nothing


@lru_cache(maxsize=256)
def letter_pattern(labels: tuple[str, ...]) -> re.Pattern[str]:
    """Return what names one of these labels; a lower-case letter only where nothing else fits."""
    as_they_are = "|".join(map(re.escape, labels))
    small = "|".join(re.escape(label.lower()) for label in labels)
    either = f"{as_they_are}|{small}"
    # a letter before its word, as Chinese and Japanese have it; a digit there counts something
    capitals = "".join(label for label in labels if len(label) == 1 and label.isalpha())
    before = (
        rf"|(?<![A-Za-z])(?P<g>[{capitals}])\s*(?:选项|選項|项|項|が正|は正)" if capitals else ""
    )
    return re.compile(
        rf"[(（](?P<a>{either})[)）]|(?<![\w(°º′'’.,/%&+-])(?P<b>{either})\)"
        r"|(?:选项|選項|答案是|答案为|答案為|选择?|選擇?|選択肢|答えは|正解は|정?답은|선택지)"
        rf"\s*(?P<e>{as_they_are})(?![A-Za-z]){before}"
        r"|\b(?:[Aa]ntwort|[Rr]éponse|[Oo]pción|[Rr]espuesta|[Rr]isposta|[Oo]pção|[Rr]esposta"
        rf"|[Вв]ариант|[Оо]твет|الخيار|الإجابة|الجواب)\s+(?P<h>{as_they_are})(?!\w)"
        rf"|\b(?:[Oo]ption|[Cc]hoice|[Aa]nswer|[Aa]nswer is)\s+(?P<c>{as_they_are})\b(?!['’\w])"
        # an article is no letter: "option a." names one, "option a person has" does not
        rf"|\b(?:[Oo]ption|[Cc]hoice|[Aa]nswer|[Aa]nswer is)\s+(?P<f>{small})(?=\s*(?:[.,;:!?)]|$))"
        rf"|[\"“](?P<d>{as_they_are})[\"”]"
    )


def label_named(found: re.Match[str], question: Question) -> str:
    """Return the label that a match of `letter_pattern` names."""
    said = next(part for part in found.groups() if part)
    return said if said in question.labels else said.upper()


def _closes_an_aside(found: re.Match[str], text: str) -> bool:
    """Return whether the bracket behind a letter closes one that was opened before it.

    So in "(such as vitamin C)"; "B) one week" opens nothing.
    """
    if found["b"] is None:
        return False
    before = text[: found.start()]
    return before.count("(") > before.count(")")


def leaks_letter(text: str, question: Question) -> Iterator[Finding]:
    """Find where the text names an option by its letter."""
    for match in islice(letter_pattern(tuple(question.labels)).finditer(text), MOST_LETTERS):
        if _closes_an_aside(match, text):
            continue
        start, end = match.span()
        label = label_named(match, question)
        # another option's letter tells that the text is wrong: without it, it would look right
        fix = cut(text, start, end) if label == question.answer_key else None
        yield Finding(f"Names an option by its letter, {label}.", start, end, fix)


def find_announcements(text: str) -> Iterator[re.Match[str]]:
    """Yield where a text says that something is the answer, up to MOST_ANNOUNCEMENTS of them."""
    said = text.lower()
    if any(word in said for word in _ANNOUNCING):
        yield from islice(ANNOUNCEMENT.finditer(text), MOST_ANNOUNCEMENTS)


def announces_answer(text: str, question: Question) -> Iterator[Finding]:
    """Find where the text says that something is the answer instead of explaining it."""
    for match in find_announcements(text):
        start = match.start()
        stop = _SENTENCE_END.search(text, match.end())
        end = stop.start() + 1 if stop else len(text)
        if text[match.end() : end].strip():
            yield Finding("Announces the answer.", start, end, cut(text, start, end))


def only_restates(text: str, question: Question) -> Iterator[Finding]:
    """Find a text that says nothing beyond the question and an option.

    Where the answer is free, a number that the question does not hold is worked out, not restated.
    """
    if not question.choices and set(_NUMBERS.findall(text)) - set(_NUMBERS.findall(question.stem)):
        return
    known = set(BOILERPLATE)
    for part in (question.stem, *(choice.text for choice in question.choices)):
        known.update(content_words(part))
    labels = {label.lower() for label in question.labels}
    fresh = [word for word in content_words(text) if word not in known and word not in labels]
    length = len(words_of(text))
    # one new word may be chance; two say something, unless the text is long
    if len(set(fresh)) < 3 and len(set(fresh)) * LONG_FOR_TWO <= max(LONG_FOR_TWO, 2 * length):
        yield Finding("Says nothing beyond the question and its options.")


def misses_key(text: str, question: Question) -> Iterator[Finding]:
    """Find a text with no content word of the key's text."""
    key_parts = mentioned_words(question.key_text)
    inflected = is_english(question) is False
    if key_parts and not mentions_any(text, key_parts, is_inflected=inflected):
        yield Finding(f"Never mentions the key: {question.key_text}")
