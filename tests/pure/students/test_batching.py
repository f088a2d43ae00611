import random

from hypothesis import given
from hypothesis import strategies as st

from scicot.pure.students.batching import even_size, plan_batches, useful_share

LENGTHS = st.lists(st.tuples(st.integers(1, 300), st.integers(1, 200)), min_size=1, max_size=120)


@given(lengths=LENGTHS, budget=st.integers(16, 2000), seed=st.integers(0, 9))
def test_every_example_is_in_one_batch_within_the_budget(
    lengths: list[tuple[int, int]], budget: int, seed: int
) -> None:
    batches = plan_batches(lengths, budget, seed)
    assert sorted(index for batch in batches for index in batch) == list(range(len(lengths)))
    for batch in batches:
        size = len(batch) * (
            max(lengths[one][0] for one in batch) + max(lengths[one][1] for one in batch)
        )
        assert size <= budget or len(batch) == 1


def test_the_seed_repeats_the_order_and_epochs_differ() -> None:
    lengths = [(20 + n % 7, 30 + n % 5) for n in range(64)]
    assert plan_batches(lengths, 400, 3, 0) == plan_batches(lengths, 400, 3, 0)
    assert plan_batches(lengths, 400, 3, 0) != plan_batches(lengths, 400, 3, 1)


def test_little_of_a_batch_is_padding_on_lengths_like_arcs() -> None:
    chance = random.Random(0)
    lengths = [
        (int(chance.lognormvariate(4.0, 0.4)), int(chance.lognormvariate(4.3, 0.5)))
        for _ in range(2251)
    ]
    tight = plan_batches(lengths, 2048, seed=0)
    loose = [tuple(range(start, start + 8)) for start in range(0, 2248, 8)]
    assert useful_share(tight, lengths) > 0.9
    assert useful_share(loose, lengths) < 0.75


@given(count=st.integers(1, 500), workers=st.integers(1, 8), most=st.integers(1, 128))
def test_all_workers_have_as_many_batches_of_nearly_one_size(
    count: int, workers: int, most: int
) -> None:
    size = even_size(count, workers, most)
    assert 1 <= size <= most
    rounds = -(-count // (workers * most))  # the fewest that are possible
    assert -(-count // size) <= rounds * workers
