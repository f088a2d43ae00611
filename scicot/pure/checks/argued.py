"""Which option a rationale argues for: what it announces, and what alone it speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from typing import NamedTuple

from scicot.pure.checks.answer import (
    find_announcements,
    label_named,
    letter_pattern,
)
from scicot.pure.checks.finding import (
    Finding,
    content_words,
    mentioned_words,
    mentions_all,
    mentions_any,
    words_of,
)
from scicot.pure.checks.language import is_english
from scicot.words.records import Question

_CLAUSE_END = re.compile(r"[.!?;](?:\s|$)|[。！？；؟؛।۔]|\n")
LONGEST_CLAUSE = 600  # characters behind an announcement that may name an option
NEGATION = re.compile(
    r"\b(?:not|isn['’]t|never|no|incorrect|wrong|neither|nor|cannot|false|nicht|pas|не)\b|不|ليس",
    re.IGNORECASE,
)


class Announced(NamedTuple):
    """The options that one announcement names, by letter or by words, and its span."""

    labels: list[str]
    start: int
    end: int


class Spoken(NamedTuple):
    """The one option that a text speaks of in full, and those of which it has no word."""

    label: str
    never: Set[str]


def find_argued(text: str, question: Question) -> str | None:
    """Return the label of the option that a text argues for; None for none or for several.

    It is the one against which no check of this file would speak were it the key, while one would
    speak against each other option: the answer key itself is not looked at.
    """
    if not question.choices:
        return None
    announced = {label for said in _find_announced(text, question) for label in said.labels}
    spoken = _find_spoken(text, question)
    never = spoken.never if spoken else ()
    left = [label for label in question.labels if announced <= {label} and label not in never]
    return left[0] if len(left) == 1 else None


def contradicts_key(text: str, question: Question) -> Iterator[Finding]:
    """Find where the text announces an option that is not the key, by letter or by words."""
    for labels, start, end in _find_announced(text, question):
        other = next((label for label in labels if label != question.answer_key), None)
        if other is not None:
            yield Finding(f"Argues for {other}; the key is {question.answer_key}.", start, end)
            return


def argues_otherwise(text: str, question: Question) -> Iterator[Finding]:
    """Find a text that never mentions the key but speaks of exactly one other option."""
    spoken = _find_spoken(text, question)
    if spoken and question.answer_key in spoken.never:
        yield Finding(
            f"Speaks of option {spoken.label} and never of the key, {question.answer_key}."
        )


def _find_announced(text: str, question: Question) -> Iterator[Announced]:
    """Yield what each announcement of an answer names, those left out that are denied."""
    letters = letter_pattern(tuple(question.labels))
    for match in find_announcements(text):
        around = text[max(0, match.start() - 12) : match.start()], _behind_quote(match.group())
        if any(map(NEGATION.search, around)):
            continue
        stop = _CLAUSE_END.search(text, match.end() + 2)
        end = stop.start() + 1 if stop else len(text)
        said = text[match.end() : min(end, match.end() + LONGEST_CLAUSE)]
        if NEGATION.match(said.strip()):
            continue
        meant = _option_meant(said, question)
        letter = letters.match(said.strip(" \n")) or letters.match(said.strip(' \n"“'))
        labels = [meant] if meant is not None else []
        labels += [label_named(letter, question)] if letter else []
        yield Announced(labels, match.start(), end)


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


def _find_spoken(text: str, question: Question) -> Spoken | None:
    """Return the one option of which a text has all words that its question has not.

    None where it has all of none or of several.
    """
    asked = mentioned_words(question.stem)
    parts = {choice.label: mentioned_words(choice.text) - asked for choice in question.choices}
    full = [label for label, own in parts.items() if own and mentions_all(text, own)]
    if len(full) != 1:
        return None
    (label,) = full
    # what another option shares with the one that is spoken of tells nothing of that other
    inflected = is_english(question) is False
    never = {
        other
        for other, own in parts.items()
        if other != label and not mentions_any(text, own - parts[label], is_inflected=inflected)
    }
    return Spoken(label, never)
