import pytest

from scicot.pure.evaluation.baselines import measure_baselines
from tests.builders import make_question


def test_chance_place_and_longest_option_are_counted() -> None:
    options = [("A", "tin"), ("B", "iron"), ("C", "gold"), ("D", "lead")]
    questions = [
        make_question("1", choices=options, answer_key="B"),
        make_question("2", choices=options, answer_key="B"),
        make_question("3", choices=options[:2], answer_key="A"),
        make_question("4", choices=options, answer_key="C"),
    ]
    found = measure_baselines(questions)
    assert found is not None
    assert found.chance == pytest.approx((3 * 0.25 + 0.5) / 4)
    assert (found.place, found.same_place) == (2, 0.5)
    assert found.longest_option == 0.5  # of three options of four letters the first is taken
    assert measure_baselines([]) is None
