import pytest

from scicot.pure.evaluation.baselines import count_places, measure_baselines, place_of
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


def test_letters_and_digits_name_places() -> None:
    assert [place_of(label) for label in ("A", "d", "1", "4", None, "x1")] == [
        1,
        4,
        1,
        4,
        None,
        None,
    ]


def test_a_run_that_answers_one_place_is_warned_of() -> None:
    fallen = count_places([("B", "A", 9), ("B", "B", 88), ("C", "C", 3), (None, "B", 4)])
    assert fallen.same_place == pytest.approx(92 / 104)
    assert fallen.warning == "answers place 2 on 97%: it has not learned to choose"
    fair = count_places([("B", "A", 80), ("C", "C", 20)])
    assert fair.warning == ""  # 80 % is not more than 80 %
    assert count_places([]).favourite is None
