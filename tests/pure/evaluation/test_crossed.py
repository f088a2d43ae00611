"""Seeds and questions together: the closed form against a bootstrap, and its parts."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from scicot.pure.evaluation.crossed import (
    Answers,
    CellDifference,
    compare_cells,
    compare_tables,
    measure_cell,
)
from scicot.pure.evaluation.crossed_words import say_cells
from scicot.pure.statistics import wilson_interval


def variance_drawn_again(a: NDArray[Any], b: NDArray[Any], resamples: int) -> float:
    """Return the variance of A - B when questions and seeds are both drawn again.

    Drawing both again counts the answers' own noise three times (Owen 2007, the pigeonhole
    bootstrap), and the spread of s seeds as (s - 1) / s of it.
    """
    chance = np.random.default_rng(0)
    variances = []
    for _ in range(resamples):
        rows = chance.integers(len(a), size=len(a))
        columns = [chance.integers(table.shape[1], size=table.shape[1]) for table in (a, b)]
        variances.append(a[rows][:, columns[0]].mean() - b[rows][:, columns[1]].mean())
    return float(np.var(variances))


def answers(right: int, n: int = 300, start: int = 0) -> Answers:
    """One seed that has `right` questions right, from question `start` on, round the end."""
    return {key: (key - start) % n < right for key in range(n)}


def test_one_seed_has_wilsons_interval() -> None:
    found = measure_cell([answers(120)])
    assert found is not None
    assert found.interval == wilson_interval(120, 300)
    assert found.seed_spread is None


def test_equal_seeds_leave_the_questions_doubt() -> None:
    found = measure_cell([answers(120), answers(120), answers(120)])
    assert found is not None
    assert found.interval is not None
    alone = wilson_interval(120, 300)
    assert alone is not None
    width = found.interval.high - found.interval.low
    assert width == pytest.approx(alone.high - alone.low, rel=0.05)


def test_seeds_on_other_questions_narrow_the_interval() -> None:
    alike = measure_cell([answers(120), answers(120), answers(120)])
    spread = measure_cell([answers(120, start=start) for start in (0, 100, 200)])
    assert alike is not None
    assert alike.interval is not None
    assert spread is not None
    assert spread.interval is not None
    assert spread.interval.high - spread.interval.low < alike.interval.high - alike.interval.low


def test_seeds_far_apart_widen_the_interval() -> None:
    near = measure_cell([answers(118), answers(120), answers(122)])
    far = measure_cell([answers(60), answers(120), answers(180)])
    assert near is not None
    assert near.interval is not None
    assert far is not None
    assert far.interval is not None
    assert far.interval.high - far.interval.low > 2 * (near.interval.high - near.interval.low)
    assert far.seed_spread == pytest.approx(0.2, abs=0.01)


def test_only_questions_that_all_seeds_answered_count() -> None:
    found = measure_cell([answers(10, n=20), dict.fromkeys(range(10, 30), True)])
    assert found is not None
    assert found.questions == 10
    assert measure_cell([{1: True}, {2: True}]) is None
    assert measure_cell([]) is None


def test_questions_of_one_passage_count_as_one_draw() -> None:
    seed = {key: key // 10 % 2 == 0 for key in range(300)}  # a passage is right or wrong as one
    alone = measure_cell([seed])
    grouped = measure_cell([seed], {key: f"passage {key // 10}" for key in range(300)})
    assert alone is not None
    assert alone.interval is not None
    assert grouped is not None
    assert grouped.interval is not None
    wider = (grouped.interval.high - grouped.interval.low) / (
        alone.interval.high - alone.interval.low
    )
    assert wider == pytest.approx(10**0.5, rel=0.15)


def test_the_closed_form_is_what_drawing_questions_and_seeds_again_gives() -> None:
    chance = np.random.default_rng(3)
    seeds, n = 12, 300
    shared = chance.normal(size=(n, 1))
    a, b = (
        (shared + 0.2 * chance.normal(size=(1, seeds)) + chance.normal(size=(n, seeds)) > 0).astype(
            float
        )
        for _ in range(2)
    )
    found = compare_tables(a, b)
    drawn = variance_drawn_again(a, b, 4000)
    # drawing both again counts the answers' own noise three times, and s seeds as s - 1
    noise = sum(
        float(((table - table.mean(0) - table.mean(1, keepdims=True) + table.mean()) ** 2).sum())
        / table.size**2
        for table in (a, b)
    )
    seeds_part = found.over_seeds * (seeds - 1) / seeds
    assert drawn == pytest.approx(found.over_questions + seeds_part + 2 * noise, rel=0.1)


def difference(points: float, seeds: int = 3, **values: float) -> CellDifference:
    parts: dict[str, Any] = {"over_questions": 0.0001, "over_seeds": 0.0, "critical": 2.0} | values
    return CellDifference(0.4 + points / 100, 0.4, seeds, seeds, 1172, **parts)


def test_before_three_seeds_the_sentence_speaks_of_this_run() -> None:
    assert say_cells(difference(6, seeds=1), "Sci-CoT", "Fine-tune") == (
        "In this run Sci-CoT is better than Fine-tune by 6.0 points (95 % interval 4.0 to 8.0; "
        "1 seed each, 1,172 questions); a difference this large is unlikely to be chance. Of the "
        "methods it says something from 3 seeds each."
    )
    said = say_cells(difference(6), "Sci-CoT", "Fine-tune")
    assert said.startswith("Sci-CoT is better than Fine-tune by 6.0 points")
    assert "3 seeds each" in said
    assert "this run" not in said


def test_what_cannot_be_told_apart_says_how_many_questions_would_tell() -> None:
    said = say_cells(difference(0.5), "Sci-CoT", "Fine-tune")
    assert "cannot be told apart with 3 seeds each and 1,172 questions" in said
    assert "if the true difference were this large, about 38,000 questions would be needed" in said


def test_seeds_that_differ_too_much_ask_for_seeds_not_questions() -> None:
    found = difference(1, over_seeds=0.0004)
    assert found.needed is None
    assert "more seeds would be needed" in say_cells(found, "A", "B")


def test_an_interval_above_minus_two_points_says_no_worse() -> None:
    said = say_cells(difference(1), "Sci-CoT", "Fine-tune")
    assert said.endswith("Sci-CoT is no worse than Fine-tune by 2 points.")
    close = say_cells(difference(0, over_questions=0.00005), "A", "B")
    assert close.endswith("They are equal to within 2 points.")
    assert "no worse" not in say_cells(difference(-1), "A", "B").split("B is no worse")[0]


def test_a_difference_that_is_told_apart_and_within_the_margin_says_both() -> None:
    worse = difference(-1, over_questions=0.0045**2)
    assert worse.is_told_apart
    assert worse.is_no_worse()
    assert say_cells(worse, "A", "B") == (
        "A is worse than B by 1.0 points (95 % interval 0.1 to 1.9; 3 seeds each, 1,172 "
        "questions), yet by no more than 2; a difference this large is unlikely to be chance."
    )
    better = say_cells(difference(1, over_questions=0.0045**2), "A", "B")
    assert "questions), yet by no more than 2; a difference" in better
    assert "yet" not in say_cells(difference(-6), "A", "B")


def test_needed_questions_shrink_the_interval_to_what_80_percent_power_takes() -> None:
    found = difference(2)
    assert found.needed is not None
    error = (found.over_questions * found.questions / found.needed) ** 0.5
    assert found.critical > 1.96  # what the interval is drawn with, few seeds and all
    assert found.difference / error == pytest.approx(found.critical + 0.84, abs=0.01)


def test_one_cell_of_one_seed_borrows_the_spread_of_the_other() -> None:
    many = [answers(count, start=start) for count, start in ((90, 0), (120, 7), (150, 3))]
    found = compare_cells([answers(120)], many)
    assert found is not None
    assert found.over_seeds > 0
    alone = compare_cells([answers(120)], many[:1])
    assert alone is not None
    assert alone.over_seeds == 0


def test_each_cell_adds_the_spread_of_its_own_seeds() -> None:
    alike, apart = [answers(120)] * 3, [answers(right) for right in (90, 120, 150)]
    found = compare_cells(alike, apart)
    same = compare_cells(apart, apart)
    assert found is not None
    assert same is not None
    assert 2 * found.over_seeds == pytest.approx(same.over_seeds)
    more = compare_cells([*alike, *alike], apart)  # more seeds of the other make it no surer
    assert more is not None
    assert more.over_seeds == pytest.approx(found.over_seeds)
    assert more.interval.high - more.interval.low == pytest.approx(
        found.interval.high - found.interval.low
    )


def test_a_cell_that_is_always_the_same_adds_no_seeds_of_its_own() -> None:
    many = [answers(count, start=start) for count, start in ((90, 0), (120, 7), (150, 3))]
    untrained = answers(120)
    found = compare_cells(many, [untrained], vary=(True, False))
    borrowed = compare_cells(many, [untrained])
    again = compare_cells(many, [untrained] * 3, vary=(True, False))
    assert found is not None
    assert borrowed is not None
    assert again is not None
    assert 0 < found.over_seeds < borrowed.over_seeds
    assert again.interval == found.interval
    assert found.speaks_of_methods
    assert not borrowed.speaks_of_methods
    assert "(difference" in (said := say_cells(found, "A", "Untrained"))
    assert "3 seeds of A" in said
    assert "In this run" not in said
    neither = compare_cells([untrained], [answers(100)], vary=(False, False))
    assert neither is not None
    assert neither.over_seeds == 0
    assert "no seeds, as neither is trained" in say_cells(neither, "A", "B")


def test_few_questions_alike_do_not_make_two_methods_equal() -> None:
    few, many = (
        compare_cells([answers(n // 2, n)] * 3, [answers(n // 2, n)] * 3) for n in (10, 400)
    )
    assert few is not None
    assert many is not None
    assert few.interval.high == pytest.approx(1 - 0.05 ** (1 / 10))  # the rule of three
    assert (few.is_no_worse(), many.is_no_worse()) == (False, True)
    assert (few.p, few.is_told_apart, few.needed) == (1.0, False, None)


def test_two_questions_that_only_one_method_has_right_prove_nothing() -> None:
    found = compare_cells([{1: True, 2: True}], [{1: False, 2: False}])
    assert found is not None
    assert not found.is_told_apart
    assert found.p > 0.05
