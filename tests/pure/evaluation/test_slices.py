import pytest

from scicot.pure.evaluation.slices import (
    Dimension,
    Sliced,
    compare_slices,
    label_style,
    measure_position_bias,
    position,
    question_word,
    slice_question,
    stem_length,
)


@pytest.mark.parametrize(
    ("stem", "word"),
    [
        ("Which of these is a metal?", "which"),
        ("A boy who runs gets warm. What warms him?", "what"),
        ("In a forest, which plant grows tallest?", "which"),
        ("The moon orbits the", "none"),
        ("HOW long does it take", "how"),
        ("Somewhat odd things happen.", "none"),
    ],
)
def test_the_question_word_is_the_last_sentences(stem: str, word: str) -> None:
    assert question_word(stem) == word


@pytest.mark.parametrize(
    ("words", "range_"),
    [(1, "up to 10 words"), (10, "up to 10 words"), (11, "11-20 words"), (36, "over 35 words")],
)
def test_stems_are_parted_by_length(words: int, range_: str) -> None:
    assert stem_length("word " * words) == range_


def test_labels_positions_and_options_are_told() -> None:
    values = slice_question("What is it?", ("1", "2", "3"), "3", "demo")
    assert values[Dimension.LABEL_STYLE] == ("digits",)
    assert values[Dimension.OPTIONS] == ("3",)
    assert values[Dimension.KEY_POSITION] == ("3",)
    assert label_style(("A", "B")) == "letters"
    assert position("B", ("A", "B")) == "2"
    assert position(None, ("A", "B")) == "no answer"


def test_each_slice_compares_its_own_questions() -> None:
    sliced = [
        Sliced(1, {Dimension.OPTIONS: ("4",)}),
        Sliced(2, {Dimension.OPTIONS: ("4",)}),
        Sliced(3, {Dimension.OPTIONS: ("3",)}),
    ]
    rows = compare_slices(
        sliced, {1: True, 2: True, 3: False}, {1: True, 2: False}, Dimension.OPTIONS
    )
    assert [(row.value, row.question_ids, row.found.matched) for row in rows] == [
        ("3", (3,), 0),
        ("4", (1, 2), 2),
    ]
    assert rows[1].found.only_a == 1
    assert rows[0].is_small


def test_a_question_with_two_flags_stands_in_both_slices() -> None:
    sliced = [Sliced(1, {Dimension.FLAG_A: ("cut_off", "too_short")})]
    rows = compare_slices(sliced, {1: True}, {1: True}, Dimension.FLAG_A)
    assert [row.value for row in rows] == ["cut_off", "too_short"]


def test_position_bias_sets_answers_against_the_keys_own_spread() -> None:
    found = measure_position_bias([("1", "1"), ("2", "1"), ("3", "1"), ("2", "2")])
    assert found.answer_shares == {"1": 0.75, "2": 0.25, "3": 0.0}
    assert found.key_shares == {"1": 0.25, "2": 0.5, "3": 0.25}
    assert found.confusion[("2", "1")] == 1


def test_beside_a_slices_accuracies_stands_what_one_place_gives_on_its_questions() -> None:
    keys = {1: ("4", "2"), 2: ("4", "2"), 3: ("4", "1"), 4: ("3", "1")}
    sliced = [
        Sliced(key, {Dimension.OPTIONS: (options,), Dimension.KEY_POSITION: (place,)})
        for key, (options, place) in keys.items()
    ]
    right = dict.fromkeys(keys, True)
    rows = compare_slices(sliced, right, right, Dimension.OPTIONS)
    assert [(row.value, row.same_place) for row in rows] == [("3", 1.0), ("4", 2 / 3)]
