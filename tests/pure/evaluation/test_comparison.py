import re

import pytest

from scicot.pure.evaluation.comparison import (
    Cell,
    Comparison,
    count_cells,
    say_comparison,
    sort_into_cells,
)


def test_a_clear_win_is_said_as_one() -> None:
    found = Comparison(both=400, only_a=150, only_b=80, neither=542)
    sentence = say_comparison(found, "Sci-CoT", "One-stage")
    assert sentence.startswith(
        "In this run Sci-CoT is better than One-stage by 6.0 points (95 % interval "
    )
    assert sentence.endswith("; a difference this large is unlikely to be chance.")


def test_a_loss_is_said_as_one_with_the_interval_the_same_way_round() -> None:
    won = say_comparison(Comparison(400, 150, 80, 542), "A", "B")
    lost = say_comparison(Comparison(400, 80, 150, 542), "A", "B")
    assert lost.startswith("In this run A is worse than B by 6.0 points (95 % interval ")
    numbers = lost.split("interval ")[1].split(";")[0].split(" to ")
    assert float(numbers[0]) < 6.0 < float(numbers[1])
    assert "unlikely to be chance" in won
    assert "unlikely to be chance" in lost


def test_a_small_difference_cannot_be_told_apart_and_says_what_would_tell() -> None:
    sentence = say_comparison(Comparison(400, 100, 95, 577), "Sci-CoT", "One-stage")
    assert "cannot be told apart with 1 seed each and 1,172 questions" in sentence
    assert "difference +0.4 points" in sentence
    assert "if the true difference were this large, about " in sentence
    assert "questions would be needed." in sentence


def test_an_even_split_cannot_be_told_apart_and_promises_no_number() -> None:
    sentence = say_comparison(Comparison(10, 5, 5, 10), "A", "B")
    assert "cannot be told apart with 1 seed each and 30 questions" in sentence
    assert "would be needed" not in sentence


def test_runs_without_discordant_questions_are_alike() -> None:
    sentence = say_comparison(Comparison(10, 0, 0, 1), "A", "B")
    assert sentence == (
        "In this run A and B are right and wrong on the same 11 questions (1 seed each); nothing "
        "tells them apart."
    )


def test_a_small_difference_that_is_told_apart_is_said_to_be_small() -> None:
    lost = say_comparison(Comparison(600, 5, 20, 1000), "A", "B")
    assert re.match(
        r"In this run A is worse than B by 0\.9 points \(95 % interval [\d.]+ to [\d.]+; 1 seed "
        r"each, 1,625 questions\), yet by no more than 2; a difference this large is unlikely",
        lost,
    )
    assert "yet" not in say_comparison(Comparison(400, 80, 150, 542), "A", "B")


def test_single_runs_are_no_worse_where_their_questions_are_enough_to_say_so() -> None:
    alike = say_comparison(Comparison(600, 12, 11, 1000), "A", "B")
    assert alike.endswith("They are equal to within 2 points.")
    no_worse = say_comparison(Comparison(400, 100, 80, 577), "A", "B")
    assert no_worse.endswith("A is no worse than B by 2 points.")
    same = say_comparison(Comparison(100, 0, 0, 100), "A", "B")
    assert same.endswith("nothing tells them apart. They are equal to within 2 points.")
    few = say_comparison(Comparison(30, 0, 1, 30), "A", "B")  # its bootstrap never exceeds zero
    assert "no worse" not in few


def test_where_the_seeds_are_not_known_none_are_named() -> None:
    for found in (Comparison(400, 150, 80, 542), Comparison(10, 5, 5, 10), Comparison(1, 0, 0, 1)):
        said = say_comparison(found, "A", "B", seeds="")
        assert "seed" not in said
        assert f"{found.matched:,} questions" in said
        assert "3 seeds of A" in say_comparison(found, "A", "B", seeds="3 seeds of A")


def test_runs_without_a_common_question_are_not_compared() -> None:
    assert "no question in common" in say_comparison(Comparison(0, 0, 0, 0), "A", "B")


@pytest.mark.parametrize("only_a", [5, 6])
def test_the_sentence_claims_a_difference_only_when_test_and_interval_do(only_a: int) -> None:
    found = Comparison(both=0, only_a=only_a, only_b=0, neither=10)
    assert found.is_told_apart is (found.mid_p < 0.05)
    assert ("unlikely" in say_comparison(found, "A", "B")) is found.is_told_apart


def test_questions_that_only_one_run_answered_are_left_out() -> None:
    cells = sort_into_cells({1: True, 2: True, 3: False, 9: True}, {1: True, 2: False, 3: False})
    assert cells == {Cell.BOTH: [1], Cell.ONLY_A: [2], Cell.ONLY_B: [], Cell.NEITHER: [3]}
    counted = count_cells(cells)
    assert (counted.matched, counted.accuracy_a, counted.accuracy_b) == (3, 2 / 3, 1 / 3)
    assert counted.difference == pytest.approx(1 / 3)
