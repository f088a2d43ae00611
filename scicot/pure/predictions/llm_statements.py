"""Where a large model's text commits itself: after a lead-in, turned round, in a JSON object."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from scicot.pure.predictions.choices import match_choice, to_label
from scicot.pure.predictions.llm_phrases import (
    JUDGED,
    LEAD_IN,
    MAKES,
    REVERSED,
    VERDICT,
    is_no_commitment,
    is_only_conditional,
    sentence_end,
    sentence_start,
)
from scicot.pure.predictions.llm_segments import names_several, read_segment
from scicot.pure.predictions.markup import BOX, narrow
from scicot.pure.predictions.parsing import Ambiguous
from scicot.pure.questions.values import as_list
from scicot.words.records import NoAnswer, Question

_KEYS = (
    *("answer", "final_answer", "correct_answer", "predicted_answer", "label", "choice", "option"),
    *("letter", "correct_option", "correct_choice", "selected_option", "selected", "prediction"),
    *("answer_key", "answer_letter", "final", "result", "response"),
)
_BRACE = re.compile("[{}]")
MOST_OBJECTS = 50  # of a text, each read as JSON
# what may stand before a bare letter that is turned round: "Vitamin B is the best" is no such thing
_BEFORE_BARE = re.compile(
    r"(?:^|[.,;:!?\n\"“'(*]|\b(?:that|so|then|thus|therefore|hence|and|because|since|as|only|think|"
    r"believe|conclude|means|say|clearly|obviously|while|but|whereas|or|nor|mak(?:es|ing)|"
    r"leav(?:es|ing)))\s*$",
    re.IGNORECASE,
)
_ANOTHER_BEFORE = re.compile(
    r"(?<![\w'’])[(\[]?([A-J])[)\]]?\s*(?:and|or|,|/|&)\s*(?:option\s+)?[(\[]?$"
)

_NOT_OTHER = re.compile(
    r"\b(?:and\s+)?(?:not|rather\s+than)\s+(?:option\s+)?[(\[]?[A-J1-9][)\]]?(?![\w'’])"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """What stands where a text commits itself: the label, or why it is none."""

    start: int
    end: int
    label: str | None
    reason: NoAnswer | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """What follows a lead-in: its place in the text, and its words up to the sentence's end."""

    start: int
    end: int
    words: str


def find_statements(text: str, question: Question) -> list[Statement]:
    """Return the statements of a text in their order, those that are refused left out."""
    objects = list(stated_in_objects(text))
    beside = [
        *_read(stated_after_lead_ins(text, _options(question)), question),
        *_turned_round(text.replace(BOX, " "), question),
        *_texts_turned_round(text.replace(BOX, " "), question),
    ]
    # what an object reasons aloud is no statement beside the answer it names
    outer = [
        statement
        for statement in beside
        if not any(held.start <= statement.start < held.end for held in objects)
    ]
    return sorted([*_read(objects, question), *outer], key=lambda statement: statement.start)


def _options(question: Question) -> list[str]:
    return [choice.text for choice in question.choices]


def _read(places: Iterable[Stated], question: Question) -> Iterator[Statement]:
    for place in places:
        try:
            label = read_segment(place.words, question)
        except Ambiguous as two:
            yield Statement(place.start, place.end, None, two.reason)
            continue
        if label:
            yield Statement(place.start, place.end, label)
        elif reason := names_several(place.words, question):
            yield Statement(place.start, place.end, None, reason)


def stated_after_lead_ins(text: str, options: Sequence[str] = ()) -> Iterator[Stated]:
    """Yield what follows "the answer is" and the like, unless it is negated, doubted or asked."""
    for match in LEAD_IN.finditer(text):
        # a lead-in may begin with the mark that ends the sentence before
        start = match.end() - len(match.group().lstrip(" .!?:,\n"))
        begin = sentence_start(text, start)
        end = sentence_end(text, match.end(), options)
        if is_no_commitment(text[begin:start], text[start : match.end()], text[begin:end]):
            continue
        words = text[match.end() : end]
        if not words.strip(" :*\"'“"):  # the answer stands on the next line
            following = text[end:].lstrip()
            words = following.partition("\n")[0]
            end = len(text) - len(following) + len(words)
        yield Stated(match.start(), end, words)


def stated_in_objects(text: str) -> Iterator[Stated]:
    """Yield what a JSON object in the text names as its answer; JSON, or as Python writes it."""
    at = 0
    for start, end in _braces(text):
        content = as_list(text[start:end]) if start >= at else None
        value = _answer_of(content) if isinstance(content, dict) else None
        if value is not None:
            yield Stated(start, end, value)
            at = end


def _braces(text: str) -> list[tuple[int, int]]:
    """Return from where to where each pair of braces reaches, in the order of their beginnings."""
    pairs, opened = [], []
    for sign in _BRACE.finditer(text):
        if sign[0] == "{":
            opened.append(sign.start())
        elif opened:
            pairs.append((opened.pop(), sign.end()))
    return sorted(pairs)[:MOST_OBJECTS]


def _answer_of(content: dict[Any, Any]) -> str | None:
    values = {re.sub(r"[\s-]+", "_", str(key).strip().lower()): content[key] for key in content}
    for key in _KEYS:
        value = values.get(key)
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if isinstance(value, dict):
            value = _answer_of(value)
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return str(value)
    return None


def _turned_round(text: str, question: Question) -> Iterator[Statement]:
    """Yield "Option B is correct", "which makes B the right one", "(B) One week: correct"."""
    for pattern in (REVERSED, MAKES, JUDGED) if VERDICT.search(text) else (MAKES, JUDGED):
        at = 0
        while match := pattern.search(text, at):
            statement = _judged(match, text, question, by_line=pattern is JUDGED)
            # "A is wrong, B is correct" begins anew at B where A's statement is none
            at = match.end() if statement else match.end("name")
            if statement:
                yield statement


def _judged(
    match: re.Match[str], text: str, question: Question, *, by_line: bool
) -> Statement | None:
    begin = match.start() if by_line else sentence_start(text, match.start())
    end = match.end() if by_line else sentence_end(text, match.end(), _options(question))
    before = text[begin : match.start("word")]
    label = _named(match, before, question)
    if label is None:
        return None
    if isinstance(label, NoAnswer):
        return Statement(match.start(), end, None, label)
    stated = text[match.end("text") : match.start("after")]
    # what the option says of itself, and "not A" beside it, refuse nothing
    between = match.group("text").replace(question.choice_text(label), "")
    between = _NOT_OTHER.sub("", between)
    if is_no_commitment(before, f"{between} {stated}", text[begin:end]):
        return None
    if is_only_conditional(stated, match.group("after")):
        return None
    return Statement(match.start(), end, label)


def _texts_turned_round(text: str, question: Question) -> Iterator[Statement]:
    """Yield "One week is the correct answer": an option's text in front of the verdict."""
    for match in VERDICT.finditer(text):
        begin, end = sentence_start(text, match.start()), sentence_end(text, match.end())
        said = text[begin : match.start()].rstrip(" ,\"'“”*")
        ending = [
            choice
            for choice in question.choices
            if re.search(rf"(?<![\w−-]){re.escape(choice.text.strip('. '))}$", said, re.IGNORECASE)
        ]
        if not ending:
            continue
        own = max(ending, key=lambda choice: len(choice.text))
        label = match_choice(own.text, question)
        before = said[: len(said) - len(own.text.strip(". "))]
        stated = text[match.start() : match.start("after")]
        if label is None or re.search(r"[(\[]?\b[A-J1-9]\b[)\].:,–-]*\s*$|\bor\s*$", before):
            continue  # with its label in front it is read there
        if not is_no_commitment(before, stated, text[begin:end]) and not is_only_conditional(
            stated, match.group("after")
        ):
            yield Statement(match.start(), end, label)


def _named(match: re.Match[str], before: str, question: Question) -> str | NoAnswer | None:
    """Return the label that a turned statement is about, why it is none, or None for nothing."""
    name, between = match.group("name"), match.group("text").strip(" ,:.()[]\"'“”–-")
    word = match.group("word").strip().lower()
    label = to_label(narrow(name), question, any_alphabet=False)
    if label is None or (name.islower() and not word):  # "a" alone is an article
        return None
    by_text = match_choice(between, question) if between else None
    if not word and not _BEFORE_BARE.search(before):
        return None
    if not word and by_text != label and between and match.group("text")[:1].isspace():
        # "A planet is the best answer": the letter belongs to an option's text, or to any text
        whole = match_choice(f"{name} {between}", question)
        if whole or not re.match(r"\s*[,–-]", match.group("text")):
            return whole
    if by_text not in (label, None):
        return NoAnswer.LABEL_AGAINST_TEXT
    if between and by_text is None and len(between.split()) > 12:
        return None
    other = _ANOTHER_BEFORE.search(before)
    if other and to_label(other.group(1), question, any_alphabet=False) not in (None, label):
        return NoAnswer.TWO_LABELS
    return label
