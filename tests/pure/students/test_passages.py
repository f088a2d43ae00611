"""A long passage loses its own words, never the question or the options."""

import re

import pytest

from scicot.pure.students.passages import choose_hole, find_stem

TEXT = "Question: One is odd. Two is even. Which is odd?\nOptions: (A) one (B) two"


@pytest.mark.parametrize(
    ("text", "stem", "question"),
    [
        (TEXT, "One is odd. Two is even. Which is odd?", "Which is odd?"),
        (f"predict: {TEXT}", "One is odd. Two is even. Which is odd?", "Which is odd?"),
        ("Question: Which is odd?\nOptions: (A) one", "Which is odd?", "Which is odd?"),
        (
            "Question: 一是奇数。哪个是奇数？\nOptions: (A) 一",
            "一是奇数。哪个是奇数？",
            "哪个是奇数？",
        ),
        ('Question: He said "No." Why?', 'He said "No." Why?', "Why?"),
        *(
            (f"Question: It rains. {question}", f"It rains. {question}", question)
            for question in (
                "Why did Mr. J. Hill leave?",
                "Which is true? Choose one.",
                "One may say that",
            )
        ),
    ],
)
def test_the_stem_and_its_last_sentence_are_found(text: str, stem: str, question: str) -> None:
    found = find_stem(text)
    assert found is not None
    assert text[found.start : found.end] == stem
    assert text[found.question : found.end] == question


def test_what_is_no_question_has_no_stem() -> None:
    assert find_stem("Rationale: Earth turns.\nQuestion: later") is None


def words(text: str) -> list[tuple[int, int]]:
    offsets, place = [], 0
    for word in text.split(" "):
        offsets.append((place, place + len(word)))
        place += len(word) + 1
    return offsets


@pytest.mark.parametrize(
    ("too_many", "left"),
    [
        (2, "Question: One is odd. Two Which is odd?\nOptions: (A) one (B) two"),
        (6, "Question: Which is odd?\nOptions: (A) one (B) two"),
        (7, "Question: is odd?\nOptions: (A) one (B) two"),
    ],
)
def test_the_end_of_the_passage_is_left_out_first(too_many: int, left: str) -> None:
    offsets = words(TEXT)
    start, end = choose_hole(offsets, find_stem(TEXT), too_many)
    kept = TEXT.split(" ")[:start] + TEXT.split(" ")[end:]
    assert " ".join(kept) == left


@pytest.mark.parametrize(
    ("room", "left"),
    [
        (15, "Question: Which is odd? Options: (A) one (B) two Rationale: One is odd, two is"),
        (11, "Question: Which is odd? Options: (A) one (B) two Rationale: One"),
        (7, "Question: odd? Options: (A) one (B) two"),
    ],
)
def test_a_rationale_loses_its_end_before_the_question_loses_anything(room: int, left: str) -> None:
    text = f"{TEXT}\nRationale: One is odd, two is even."
    found = list(re.finditer(r"\S+", text))
    offsets = [match.span() for match in found]
    start, end = choose_hole(offsets, find_stem(text), len(found) - room)
    kept = [match.group() for match in found[:start] + found[end:]]
    assert " ".join(kept[:room]) == left
