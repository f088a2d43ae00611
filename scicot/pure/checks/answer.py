"""Checks of what a rationale says about the answer: letters, announcements, the key itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

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
from scicot.words.records import Question

ANNOUNCEMENT = re.compile(
    r"\b(?:the\s+)?(?:correct|right|best|most\s+likely|final)?\s*(?:answer|option|choice)"
    r"(?:\s+to\s+(?:the|this)\s+question(?:\s*[\"“].{0,400}?[\"”?])?)?"
    r"(?:\s+(?:here|above))?\s*(?:is|are|would\s+be|:)\s*:?\s*(?:therefore\s+)?",
    re.IGNORECASE | re.DOTALL,
)
BOILERPLATE = frozenset(
    map(
        stem,
        words_of(
            "answer correct right option choice question reason reasoning explanation following "
            "likely behind statement therefore thus best rationale based true"
        ),
    )
)
NEGATION = re.compile(
    r"\b(?:not|isn['’]t|never|no|incorrect|wrong|neither|nor|cannot|false)\b", re.IGNORECASE
)


def _letters(question: Question) -> re.Pattern[str]:
    labels = "|".join(re.escape(label) for label in question.labels)
    return re.compile(
        rf"[(（](?P<a>{labels})[)）]|(?<![\w(])(?P<b>{labels})\)"
        rf"|(?:选项|選項|答案是|答案为|选|故选)\s*(?P<e>{labels})(?![A-Za-z])"
        rf"|\b(?:[Oo]ption|[Cc]hoice|[Aa]nswer|[Aa]nswer is)\s+(?P<c>{labels})\b(?!['’\w])"
        rf"|[\"“](?P<d>{labels})[\"”]"
    )


def _label(found: re.Match[str]) -> str:
    return found["a"] or found["b"] or found["c"] or found["d"] or found["e"]


def leaks_letter(text: str, question: Question) -> Iterator[Finding]:
    """Find where the text names an option by its letter."""
    for match in _letters(question).finditer(text):
        start, end = match.span()
        label = _label(match)
        # another option's letter tells that the text is wrong: without it, it would look right
        fix = cut(text, start, end) if label == question.answer_key else None
        yield Finding(f"Names an option by its letter, {label}.", start, end, fix)


def announces_answer(text: str, question: Question) -> Iterator[Finding]:
    """Find where the text says that something is the answer instead of explaining it."""
    for match in ANNOUNCEMENT.finditer(text):
        start = match.start()
        stop = re.compile(r"[.!?](?:\s|$)|\n").search(text, match.end())
        end = stop.start() + 1 if stop else len(text)
        if text[match.end() : end].strip():
            yield Finding("Announces the answer.", start, end, cut(text, start, end))


def only_restates(text: str, question: Question) -> Iterator[Finding]:
    """Find a text that says nothing beyond the question and an option."""
    known = set(BOILERPLATE)
    for part in (question.stem, *(choice.text for choice in question.choices)):
        known.update(content_words(part))
    labels = {label.lower() for label in question.labels}
    fresh = [word for word in content_words(text) if word not in known and word not in labels]
    if len(set(fresh)) < 3 and len(set(fresh)) * 6 <= max(6, len(words_of(text))):
        yield Finding("Says nothing beyond the question and its options.")


def contradicts_key(text: str, question: Question) -> Iterator[Finding]:
    """Find where the text announces an option that is not the key, by letter or by words."""
    letters = _letters(question)
    for match in ANNOUNCEMENT.finditer(text):
        around = text[max(0, match.start() - 12) : match.start()], _behind_quote(match.group())
        if any(map(NEGATION.search, around)):
            continue
        stop = re.compile(r"[.!?;](?:\s|$)|\n").search(text, match.end() + 2)
        end = stop.start() + 1 if stop else len(text)
        said = text[match.end() : end]
        if NEGATION.match(said.strip()):
            continue
        named = [_option_meant(said, question)]
        letter = letters.match(said.strip(" \n")) or letters.match(said.strip(' \n"“'))
        if letter:
            named.append(_label(letter))
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
            told.append(choice.label)
    key_parts = mentioned_words(question.key_text) - stem_parts
    if len(told) == 1 and told[0] != question.answer_key and not mentions_any(text, key_parts):
        yield Finding(f"Speaks of option {told[0]} and never of the key, {question.answer_key}.")


def misses_key(text: str, question: Question) -> Iterator[Finding]:
    """Find a text with no content word of the key's text."""
    key_parts = mentioned_words(question.key_text)
    if key_parts and not mentions_any(text, key_parts):
        yield Finding(f"Never mentions the key: {question.key_text}")
