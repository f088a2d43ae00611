import pytest

from scicot.pure.evaluation.baselines import measure_baselines


def test_chance_place_and_longest_option_are_counted() -> None:
    options = [("A", "tin"), ("B", "iron"), ("C", "gold"), ("D", "lead")]
    questions = [
        (options, "B"),
        (options, "B"),
        (options[:2], "A"),
        (options, "C"),
        ([], "7"),  # a free answer has no options,
        (options, ""),  # and of this one the key is not known
    ]
    found = measure_baselines(questions)
    assert found is not None
    assert found.questions == 4
    assert found.chance == pytest.approx((3 * 0.25 + 0.5) / 4)
    assert (found.place, found.same_place) == (2, 0.5)
    assert found.longest_option == 0.5  # of three options of four letters the first is taken
    assert measure_baselines([]) is None
