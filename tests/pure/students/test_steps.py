"""Steps of equally many questions: every method and fraction is given the same updates."""

import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scicot.pure.students.batching import padded_size, useful_share
from scicot.pure.students.steps import (
    Schedule,
    Step,
    batch_seed,
    join_batches,
    plan_steps,
    share_step,
)

LENGTHS = st.lists(st.tuples(st.integers(1, 300), st.integers(1, 200)), min_size=1, max_size=120)


def like_arc(count: int) -> list[tuple[int, int]]:
    chance = random.Random(0)
    return [
        (int(chance.lognormvariate(4.0, 0.4)), int(chance.lognormvariate(4.3, 0.5)))
        for _ in range(count)
    ]


def questions_of(step: Step) -> list[int]:
    return sorted(index for batch in step for index in batch)


@given(
    lengths=LENGTHS,
    each=st.integers(1, 40),
    budget=st.integers(16, 2000),
    seed=st.integers(0, 9),
)
def test_every_question_is_in_one_step_and_steps_are_equal(
    lengths: list[tuple[int, int]], each: int, budget: int, seed: int
) -> None:
    steps = plan_steps(lengths, each, budget, seed)
    assert sorted(index for step in steps for index in questions_of(step)) == list(
        range(len(lengths))
    )
    sizes = {len(questions_of(step)) for step in steps}
    assert max(sizes) <= each
    assert max(sizes) - min(sizes) <= 1
    assert len(steps) == Schedule(len(lengths), each, epochs=1).total_steps
    for batch in (batch for step in steps for batch in step):
        assert padded_size(batch, lengths) <= budget or len(batch) == 1


def test_the_seed_repeats_the_steps_and_epochs_differ() -> None:
    lengths = like_arc(64)
    assert plan_steps(lengths, 16, 400, 3, 0) == plan_steps(lengths, 16, 400, 3, 0)
    assert plan_steps(lengths, 16, 400, 3, 0) != plan_steps(lengths, 16, 400, 3, 1)


@pytest.mark.parametrize(("count", "least"), [(300, 0.88), (2251, 0.92)])
def test_little_of_a_steps_batches_is_padding(count: int, least: float) -> None:
    lengths = like_arc(count)
    steps = plan_steps(lengths, 16, 2048, seed=0)
    assert useful_share([batch for step in steps for batch in step], lengths) > least


def test_questions_of_a_step_seldom_meet_again() -> None:
    lengths = like_arc(300)
    first, second = (
        {
            pair
            for step in plan_steps(lengths, 16, 2048, 0, epoch)
            for pair in combinations(questions_of(step), 2)
        }
        for epoch in (0, 1)
    )
    by_chance = 15 / 299
    assert len(first & second) / len(first) < 2.5 * by_chance


def test_a_step_holds_texts_of_all_lengths() -> None:
    lengths = like_arc(2251)
    whole = sum(targets for _, targets in lengths) / len(lengths)
    for step in plan_steps(lengths, 16, 2048, seed=0):
        mean = sum(lengths[index][1] for index in questions_of(step)) / 16
        assert 0.4 * whole < mean < 2.2 * whole


def test_a_given_number_of_steps_goes_before_epochs() -> None:
    assert Schedule(300, 16, epochs=10, steps=500).total_steps == 500
    assert Schedule(37, 16, epochs=10, steps=500).total_steps == 500
    assert Schedule(300, 16, epochs=2).total_steps == 38
    assert Schedule(300, 16, epochs=1.5).total_steps == 28
    assert Schedule(3, 16, epochs=0.1).total_steps == 1


def test_joined_batches_hold_the_same_questions_in_fewer_passes() -> None:
    lengths = like_arc(64)
    for step in plan_steps(lengths, 16, 2048, seed=0):
        joined = join_batches(step, lengths, 8192)
        assert questions_of(joined) == questions_of(step)
        assert len(joined) == 1


@given(lengths=LENGTHS, processes=st.integers(1, 9), seed=st.integers(0, 9))
def test_processes_share_a_step_without_rest(
    lengths: list[tuple[int, int]], processes: int, seed: int
) -> None:
    for step in plan_steps(lengths, 12, 600, seed):
        shares = share_step(step, lengths, processes)
        assert len(shares) == processes
        together = sorted(index for share in shares for index in questions_of(share))
        assert together == questions_of(step)
        if len(together) >= processes:
            assert all(shares), "a process has nothing to do"
        if len(step) >= processes:  # then dropout, which goes by batch, is the same for all
            assert sorted(batch for share in shares for batch in share) == sorted(step)


def test_processes_have_about_as_much_to_do() -> None:
    lengths = like_arc(300)
    loads = [0, 0]
    for step in plan_steps(lengths, 16, 2048, seed=0):
        for rank, share in enumerate(share_step(step, lengths, 2)):
            loads[rank] += sum(padded_size(batch, lengths) for batch in share)
    assert max(loads) < 1.2 * min(loads)


def test_a_batchs_dropout_goes_by_seed_step_and_batch() -> None:
    seeds = [(0, 1, (4, 2)), (1, 1, (4, 2)), (0, 2, (4, 2)), (0, 1, (2, 4))]
    assert len({batch_seed(*one) for one in seeds}) == 4
    assert batch_seed(3, 5, (7,)) == batch_seed(3, 5, (7,))
