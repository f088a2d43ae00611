"""Which of a question's options a file means, when it keeps them in an order of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from scicot.words.records import Choice, StoredQuestion

_FOLDS: tuple[Callable[[str], str], ...] = (
    str.strip,
    lambda text: " ".join(text.casefold().split()),
)


def labels_of(texts: Sequence[str], question: StoredQuestion) -> list[str] | None:
    """Return the label of each text where they are the question's options, each once; else None."""
    if len(texts) != len(question.choices):
        return None
    for fold in _FOLDS:
        by_text = {fold(choice.text): choice.label for choice in question.choices}
        labels = [by_text[fold(text)] for text in texts if fold(text) in by_text]
        if len(set(labels)) == len(texts) == len(labels):
            return labels
    return None


def labels_of_ends(prompts: Sequence[str], question: StoredQuestion) -> list[str] | None:
    """Return the label of the option that each prompt ends with, each once; else None."""
    fold = _FOLDS[-1]
    longest = sorted(question.choices, key=lambda choice: -len(choice.text))
    ends = [
        next((choice for choice in longest if fold(prompt).endswith(fold(choice.text))), None)
        for prompt in prompts
    ]
    labels = [choice.label for choice in ends if choice is not None]
    return labels if len(set(labels)) == len(prompts) == len(question.choices) else None


def options_in(prompt: str, question: StoredQuestion) -> tuple[Choice, ...]:
    """Return the question's options in the order that a prompt shows; none where it shows not all.

    What stands before the question, other questions say, shows nothing of it.
    """
    fold = _FOLDS[-1]
    _, asked, shown = fold(prompt).rpartition(fold(question.stem.rstrip().rpartition("\n")[2]))
    places: dict[int, str] = {}
    for choice in question.choices:
        place = re.search(rf"(?<!\w){re.escape(fold(choice.text))}(?!\w)", shown) if asked else None
        if place is None:
            return ()
        places[place.start()] = choice.text
    if len(places) < len(question.choices):
        return ()  # one option's text stands within another's
    ordered = (places[place] for place in sorted(places))
    return tuple(map(Choice, question.labels, ordered))


def stands_elsewhere(texts: Sequence[str], question: StoredQuestion) -> str | None:
    """Return a text that is one of the question's options, but another one than at its place."""
    fold = _FOLDS[-1]
    own = [fold(choice.text) for choice in question.choices]
    for place, text in enumerate(texts):
        if fold(text) in own and (place >= len(own) or own[place] != fold(text)):
            return text
    return None


def as_it_was_asked(
    question: StoredQuestion, options: Sequence[Choice]
) -> tuple[StoredQuestion, dict[str, str]] | None:
    """Return the question with a file's options, and the label here of each label there.

    None where the file's options are not the question's own.
    """
    labels = labels_of([choice.text for choice in options], question)
    if labels is None:
        return None
    there = [choice.label for choice in options]
    if len(set(there)) < len(there) or there == labels:
        return None  # no other order than ours
    back = dict(zip(there, labels, strict=True))
    key = next((label for label, own in back.items() if own == question.answer_key), "")
    return replace(question, choices=tuple(options), answer_key=key), back
