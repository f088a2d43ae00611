import random

import pytest

from scicot.pure.questions.neighbours import Sketches, asked_text, find_pairs, sketch_texts
from scicot.words.records import Choice

WORDS = [f"w{number}" for number in range(500)]


def text_of(draw: random.Random, words: int) -> str:
    return " ".join(draw.choices(WORDS, k=words))


def sketched(texts: list[str], first_id: int = 0) -> Sketches:
    ids = list(range(first_id, first_id + len(texts)))
    return Sketches.read(ids, sketch_texts(texts))


def test_the_same_text_is_exact_wherever_it_stands_and_comes_first() -> None:
    draw = random.Random(1)
    texts = [text_of(draw, 30) for _ in range(300)]
    texts[299], texts[150] = texts[0], f"{texts[7]} more"
    pairs = find_pairs(sketched(texts), [])
    assert (pairs[0].first, pairs[0].second, pairs[0].similarity) == (0, 299, 1.0)
    (near,) = pairs[1:]
    assert (near.first, near.second) == (7, 150)
    assert 0.8 <= near.similarity < 1


def test_searching_the_new_ones_among_others_finds_what_searching_all_finds() -> None:
    draw = random.Random(2)
    texts = [text_of(draw, 20) for _ in range(200)]
    texts[30], texts[170], texts[190] = texts[180], texts[60], f"{texts[10]} more"
    whole = sketched(texts)
    old = [sketched(texts[:80]), sketched(texts[80:160], 80)]
    across = [pair for pair in find_pairs(whole, []) if pair.second >= 160]
    assert find_pairs(sketched(texts[160:], 160), old) == across
    assert {(pair.first, pair.second) for pair in across} == {(30, 180), (60, 170), (10, 190)}


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Which of these is the largest planet", "which of these is  the largest PLANET?"),
        ("植物主要用哪一部分从土壤中吸收水分和养分", "植物主要用哪一部分从土壤中吸收水分和养分。"),
        ("أي جزء من النبات يمتص الماء", "أي جزء من النبات  يمتص الماء"),
        ("", ""),
    ],
)
def test_case_blanks_and_a_last_sign_make_no_other_question(text: str, other: str) -> None:
    options = [Choice("A", "one"), Choice("B", "two")]
    both = [asked_text(text, options), asked_text(other, options[::-1])]
    (pair,) = find_pairs(sketched(both), [])
    assert pair.similarity == 1.0


def test_a_sign_changes_a_number_and_a_sketch_does_not_hang_on_its_neighbours() -> None:
    texts = ["Which temperature is it \n-10", "Which temperature is it \n10", "水"]
    assert find_pairs(sketched(texts), []) == []
    together = sketch_texts(texts)
    assert [sketch_texts([text])[0] for text in texts] == together


def test_a_crowd_of_copies_is_paired_with_the_first_alone() -> None:
    pairs = find_pairs(sketched(["the very same question again"] * 80), [])
    assert [(pair.first, pair.second) for pair in pairs] == [(0, other) for other in range(1, 80)]
