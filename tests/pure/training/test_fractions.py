import pytest

from scicot.pure.training.fractions import split_folds, take_fraction
from scicot.words.records import StoredQuestion
from tests.builders import make_question


def questions(count: int) -> list[StoredQuestion]:
    return [make_question(f"Q{number}") for number in range(count)]


@pytest.mark.parametrize(
    ("total", "counts"), [(2251, [281, 562, 1125, 2251]), (1119, [139, 279, 559, 1119])]
)
def test_fractions_have_the_papers_counts_and_are_nested(total: int, counts: list[int]) -> None:
    everything = questions(total)
    parts = [take_fraction(everything, share, seed=7) for share in (0.125, 0.25, 0.5, 1.0)]
    assert [len(part) for part in parts] == counts
    ids = [{one.external_id for one in part} for part in parts]
    assert ids[0] < ids[1] < ids[2] < ids[3]


def test_a_seed_repeats_its_choice_and_another_seed_makes_another() -> None:
    everything = questions(100)
    chosen = take_fraction(everything, 0.25, seed=1)
    assert chosen == take_fraction(everything, 0.25, seed=1)
    assert chosen != take_fraction(everything, 0.25, seed=2)


def test_the_choice_does_not_depend_on_the_order_of_the_questions() -> None:
    everything = questions(100)
    forward = {one.external_id for one in take_fraction(everything, 0.5, seed=1)}
    backward = {one.external_id for one in take_fraction(everything[::-1], 0.5, seed=1)}
    assert forward == backward


def test_a_limit_is_part_of_the_fraction() -> None:
    everything = questions(100)
    limited = take_fraction(everything, 0.5, seed=1, limit=10)
    assert len(limited) == 10
    assert set(limited) < set(take_fraction(everything, 0.5, seed=1))


def test_folds_part_the_questions_evenly() -> None:
    folds = split_folds(questions(32), 3, seed=0)
    assert sorted(len(fold) for fold in folds) == [10, 11, 11]
    assert len({one.external_id for fold in folds for one in fold}) == 32
