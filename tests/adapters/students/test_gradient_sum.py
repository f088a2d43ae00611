"""A step's gradient is that of one batch of all its questions, whatever it was cut into."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as functional

from scicot.adapters.students.codec import Codec
from scicot.adapters.students.folders import inspect_folder
from scicot.adapters.students.loading import load_model
from scicot.adapters.students.loss import Pair, SoftPlace, collate, target_logits
from scicot.adapters.students.training.batch_work import BatchWork, Hand
from scicot.adapters.students.training.gradient import GradientSum
from scicot.pure.students.steps import Step
from tests.adapters.students.test_engine import examples
from tests.tiny_students import tiny_causal, tiny_t5

__all__ = ["tiny_causal", "tiny_t5"]

WHOLE: Step = (tuple(range(9)),)
CUT: Step = ((4, 0), (1, 8, 3), (2,), (5, 6, 7))


@pytest.fixture(params=["tiny_t5", "tiny_causal"])
def gradient(request: pytest.FixtureRequest) -> GradientSum:
    folder: Path = request.getfixturevalue(request.param)
    family = inspect_folder("tiny", folder).family
    codec = Codec.open(folder, family)
    pairs = [
        Pair(codec.encode_input(one.input), *codec.encode_marked_target(one.target, one.deciding))
        for one in examples(9)
    ]
    model = load_model(folder, family).eval()  # without dropout
    return GradientSum(
        Hand(model, family), BatchWork(family, codec.special.pad, [pairs], [1.0], 1.0, "fp32")
    )


def changed(gradient: GradientSum, **changes: Any) -> GradientSum:
    """Return the sum with other work in each batch."""
    return replace(gradient, work=replace(gradient.work, **changes))


def flat(gradient: GradientSum, step: Step) -> tuple[float, torch.Tensor]:
    gradient.hand.model.zero_grad()
    losses = gradient.add(step, lambda: None)
    found = [one.grad.flatten() for one in gradient.hand.model.parameters() if one.grad is not None]
    return losses.loss, torch.cat(found)


@pytest.mark.parametrize("weight", [1.0, 5.0])
def test_batches_add_up_to_one_big_batch(gradient: GradientSum, weight: float) -> None:
    weighted = changed(gradient, deciding_weight=weight)
    loss, one = flat(weighted, WHOLE)
    summed, parts = flat(weighted, CUT)
    assert summed == pytest.approx(loss, abs=1e-5)
    torch.testing.assert_close(parts, one, atol=1e-5, rtol=0)
    assert one.abs().max() > 1e-3


def test_two_tasks_of_a_question_are_one_question(gradient: GradientSum) -> None:
    other = [Pair(pair.input_ids[::-1], pair.target_ids) for pair in gradient.work.pairs[0]]
    both = changed(gradient, pairs=[gradient.work.pairs[0], other], task_weights=[1.0, 0.5])
    loss, one = flat(both, WHOLE)
    summed, parts = flat(both, CUT)
    assert summed == pytest.approx(loss, abs=1e-5)
    torch.testing.assert_close(parts, one, atol=1e-5, rtol=0)
    first, _ = flat(gradient, WHOLE)
    second, _ = flat(changed(gradient, pairs=[other]), WHOLE)
    assert loss == pytest.approx(first + second / 2, abs=1e-5)


def test_the_loss_is_split_into_deciding_words_and_the_rest(gradient: GradientSum) -> None:
    losses = gradient.add(CUT, lambda: None)
    marked = sum(len(pair.deciding) for pair in gradient.work.pairs[0])
    tokens = sum(len(pair.target_ids) for pair in gradient.work.pairs[0])
    assert marked == 9  # the letter, in each target
    assert losses.deciding is not None
    assert losses.rest is not None
    together = losses.deciding * marked + losses.rest * (tokens - marked)
    assert losses.loss == pytest.approx(together / tokens, abs=1e-5)
    heavy = changed(gradient, deciding_weight=1e6).add(CUT, lambda: None)
    assert heavy.loss == pytest.approx(losses.deciding, abs=1e-3)


def test_an_example_that_weighs_twice_is_one_that_comes_twice(gradient: GradientSum) -> None:
    heavy = [
        replace(pair, share=2.0 if place == 3 else 1.0)
        for place, pair in enumerate(gradient.work.pairs[0])
    ]
    loss, once = flat(changed(gradient, pairs=[heavy]), CUT)
    twice, repeated = flat(gradient, (*CUT, (3,)))
    assert loss == pytest.approx(twice, abs=1e-5)
    torch.testing.assert_close(once, repeated, atol=1e-5, rtol=0)


def test_soft_labels_weigh_the_deciding_token_as_worked_out_by_hand(gradient: GradientSum) -> None:
    (pairs,) = gradient.work.pairs
    place, weight, shares = pairs[0].deciding[0], 0.25, (0.5, 0.3, 0.2)
    tokens = (pairs[0].target_ids[place], 5, 7)
    soft = replace(pairs[0], soft=SoftPlace(place, tokens, shares, weight))
    plain = pairs[1]
    # by hand: logits of each example alone, cross-entropy with the mixed distribution
    expected, count = torch.zeros(()), 0
    for pair in (soft, plain):
        batch = collate([pair], gradient.work.family, gradient.work.pad)
        chances = target_logits(gradient.hand.model, batch, gradient.work.family).log_softmax(-1)
        wanted = functional.one_hot(torch.tensor(pair.target_ids), chances.shape[-1]).float()
        if pair.soft is not None:
            wanted[place] *= 1 - weight
            for token, share in zip(tokens, shares, strict=True):
                wanted[place, token] += weight * share
        expected = expected - (wanted * chances).sum()
        count += len(pair.target_ids)
    (expected / count).backward()  # type: ignore[no-untyped-call]
    by_hand = [
        one.grad.flatten() for one in gradient.hand.model.parameters() if one.grad is not None
    ]
    loss, ours = flat(changed(gradient, pairs=[[soft, plain]]), ((0, 1),))
    assert loss == pytest.approx(float(expected.detach()) / count, abs=1e-5)
    torch.testing.assert_close(ours, torch.cat(by_hand), atol=1e-5, rtol=0)
    sure = replace(soft, soft=SoftPlace(place, tokens, (1.0, 0.0, 0.0), 1.0))
    hard, _ = flat(changed(gradient, pairs=[[pairs[0], plain]]), ((0, 1),))
    assert flat(changed(gradient, pairs=[[sure, plain]]), ((0, 1),))[0] == pytest.approx(hard)
