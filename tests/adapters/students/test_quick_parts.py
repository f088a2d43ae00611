"""Quicker parts do what torch's and transformers' own do; freed memory is kept."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn
from transformers.activations import NewGELUActivation

from scicot.adapters.students.loading import load_model
from scicot.adapters.students.loss import Pair, batch_loss, collate
from scicot.adapters.students.memory import worker_environment
from scicot.adapters.students.training.quick_parts import QuickDropout, use_quick_parts
from scicot.words.records import Family
from tests.tiny_students import tiny_t5

__all__ = ["tiny_t5"]


def dropped(p: float, seed: int = 0, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    torch.manual_seed(seed)
    made: torch.Tensor = QuickDropout(p)(torch.ones(7, 11, 1301, dtype=dtype))
    return made


@pytest.mark.parametrize("p", [0.05, 0.1, 0.5])
def test_dropout_drops_its_share_and_keeps_the_mean(p: float) -> None:
    made = dropped(p)
    assert (made == 0).double().mean().item() == pytest.approx(p, abs=0.005)
    assert made.double().mean().item() == pytest.approx(1, abs=0.01)
    assert sorted(set(made.flatten().tolist())) == pytest.approx([0, 1 / (1 - p)], rel=1e-4)


def test_dropout_drops_neighbours_independently() -> None:
    gone = (dropped(0.1) == 0).flatten().double()
    for distance in (1, 2, 3, 4, 8):
        both = (gone[:-distance] * gone[distance:]).mean().item()
        assert both == pytest.approx(0.01, abs=0.002)


def test_dropout_is_decided_by_the_seed_and_differs_from_call_to_call() -> None:
    assert torch.equal(dropped(0.1, seed=3), dropped(0.1, seed=3))
    assert not torch.equal(dropped(0.1, seed=3), dropped(0.1, seed=4))
    layer = QuickDropout(0.1)
    ones = torch.ones(1000)
    assert not torch.equal(layer(ones), layer(ones))


def test_dropout_goes_on_from_torchs_saved_state() -> None:
    layer, ones = QuickDropout(0.1), torch.ones(1000)
    layer(ones)
    state = torch.get_rng_state()
    after = layer(ones)
    torch.manual_seed(99)
    torch.set_rng_state(state)
    assert torch.equal(layer(ones), after)


def test_dropout_lets_no_gradient_through_where_it_dropped() -> None:
    torch.manual_seed(0)
    ones = torch.ones(5, 401, requires_grad=True)
    made = QuickDropout(0.3)(ones)
    made.sum().backward()
    assert ones.grad is not None
    assert torch.equal(ones.grad, made.detach())


def test_dropout_is_off_outside_training_and_keeps_the_precision() -> None:
    ones = torch.ones(100)
    assert torch.equal(QuickDropout(0.5).eval()(ones), ones)
    assert torch.equal(QuickDropout(0.0)(ones), ones)
    assert dropped(0.1, dtype=torch.bfloat16).dtype is torch.bfloat16


def test_a_student_with_quick_parts_has_the_same_loss_and_gradients(tiny_t5: Path) -> None:
    plain, quick = (load_model(tiny_t5, Family.ENCODER_DECODER) for _ in range(2))
    use_quick_parts(quick)
    kinds = {type(part) for part in quick.modules()}
    assert QuickDropout in kinds
    assert not {nn.Dropout, NewGELUActivation} & kinds
    assert quick.state_dict().keys() == plain.state_dict().keys()
    batch = collate(
        [Pair([5, 9, 30, 1], [8, 7, 1]), Pair([4, 1], [6, 1])], Family.ENCODER_DECODER, 0
    )
    losses = []
    for model in (plain, quick):
        model.eval()
        loss = batch_loss(model, batch, Family.ENCODER_DECODER)
        loss.backward()  # type: ignore[no-untyped-call]
        losses.append(loss.item())
    assert losses[0] == pytest.approx(losses[1], abs=1e-6)
    for one, other in zip(plain.parameters(), quick.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad, atol=1e-6, rtol=1e-4)


FAULTS = """
import resource
import numpy
def touch():
    numpy.ones(12_000_000)  # 96 MB, above what glibc takes from its heap
touch()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(5):
    touch()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's malloc")
def test_freed_memory_is_not_asked_for_again() -> None:
    usual, kept = (
        int(
            subprocess.run(
                [sys.executable, "-c", FAULTS],
                env=os.environ | more,
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        )
        for more in ({}, worker_environment())
    )
    assert kept * 10 < usual


GIVING_BACK = """
import numpy, psutil
from scicot.adapters.students.memory import give_back_memory
def held():
    return psutil.Process().memory_info().rss
numpy.ones(25_000_000)  # 200 MB
kept = held()
give_back_memory()
print(kept - held())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's malloc")
def test_kept_memory_is_given_back_when_asked_for() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", GIVING_BACK],
        env=os.environ | worker_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(ran.stdout) > 150_000_000
