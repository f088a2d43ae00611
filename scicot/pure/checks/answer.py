"""Checks of what a rationale says about the answer: letters, announcements, the key itself."""

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
    mentions_all,
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
_SENTENCE_END = re.compile(r"[.!?](?:\s|$)|[。！？؟।۔]|\n")
_CLAUSE_END = re.compile(r"[.!?;](?:\s|$)|[。！？；؟؛।۔]|\n")
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
LONGEST_CLAUSE = 600  # characters behind an announcement that may name an option
LONG_FOR_TWO = 24  # words of a text in which two new ones still say nothing
NEGATION = re.compile(
    r"\b(?:not|isn['’]t|never|no|incorrect|wrong|neither|nor|cannot|false|nicht|pas|не)\b|不|ليس",
    re.IGNORECASE,
)


@lru_cache(maxsize=256)
def _letters(labels: tuple[str, ...]) -> re.Pattern[str]:
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


def _label(found: re.Match[str], question: Question) -> str:
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
    for match in islice(_letters(tuple(question.labels)).finditer(text), MOST_LETTERS):
        if _closes_an_aside(match, text):
            continue
        start, end = match.span()
        label = _label(match, question)
        # another option's letter tells that the text is wrong: without it, it would look right
        fix = cut(text, start, end) if label == question.answer_key else None
        yield Finding(f"Names an option by its letter, {label}.", start, end, fix)


def announces_answer(text: str, question: Question) -> Iterator[Finding]:
    """Find where the text says that something is the answer instead of explaining it."""
    for match in islice(ANNOUNCEMENT.finditer(text), MOST_ANNOUNCEMENTS):
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


def contradicts_key(text: str, question: Question) -> Iterator[Finding]:
    """Find where the text announces an option that is not the key, by letter or by words."""
    letters = _letters(tuple(question.labels))
    for match in islice(ANNOUNCEMENT.finditer(text), MOST_ANNOUNCEMENTS):
        around = text[max(0, match.start() - 12) : match.start()], _behind_quote(match.group())
        if any(map(NEGATION.search, around)):
            continue
        stop = _CLAUSE_END.search(text, match.end() + 2)
        end = stop.start() + 1 if stop else len(text)
        said = text[match.end() : min(end, match.end() + LONGEST_CLAUSE)]
        if NEGATION.match(said.strip()):
            continue
        named = [_option_meant(said, question)]
        letter = letters.match(said.strip(" \n")) or letters.match(said.strip(' \n"“'))
        if letter:
            named.append(_label(letter, question))
        other = next((label for label in named if label not in (None, question.answer_key)), None)
        if other is not None:
            yield Finding(
                f"Argues for {other}; the key is {question.answer_key}.", match.start(), end
            )
            return


def _behind_quote(announcement: str) -> str:
    """Return the announcement without the question that it quotes."""
    return re.split(r"[\"”]", announcement)[-1]


def _option_meant(said: str, question: Question) -> str | None:
    """Return the label of the option these words repeat; None when it is none or not clear."""
    words = set(content_words(said))
    shares = []
    for choice in question.choices:
        own = set(content_words(choice.text)) or set(words_of(choice.text))
        shares.append((len(own & words) / max(1, len(own)), len(own), choice.label))
    shares.sort(reverse=True)
    (best, _, label), (second, _, _) = shares[0], shares[1]
    if best < 0.99 or second > 0.67:
        return None
    return label


def argues_otherwise(text: str, question: Question) -> Iterator[Finding]:
    """Find a text that never mentions the key but speaks of exactly one other option."""
    stem_parts = mentioned_words(question.stem)
    told = []
    for choice in question.choices:
        own = mentioned_words(choice.text) - stem_parts
        if own and mentions_all(text, own):
            told.append((choice.label, own))
    if len(told) != 1 or told[0][0] == question.answer_key:
        return
    label, own = told[0]
    # what the key shares with the option that is spoken of tells nothing of the key
    key_parts = mentioned_words(question.key_text) - stem_parts - own
    if not mentions_any(text, key_parts, is_inflected=is_english(question) is False):
        yield Finding(f"Speaks of option {label} and never of the key, {question.answer_key}.")


def misses_key(text: str, question: Question) -> Iterator[Finding]:
    """Find a text with no content word of the key's text."""
    key_parts = mentioned_words(question.key_text)
    inflected = is_english(question) is False
    if key_parts and not mentions_any(text, key_parts, is_inflected=inflected):
        yield Finding(f"Never mentions the key: {question.key_text}")
