"""The vocabulary's gradient is torch's own, and no second matrix of its size is made for it."""

import copy
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from scicot.adapters.students.loading import load_model
from scicot.adapters.students.loss import Pair, batch_loss, collate
from scicot.adapters.students.training.vocabulary_gradient import add_vocabulary_gradient_in_place
from scicot.words.records import Family
from tests.tiny_students import tiny_causal, tiny_t5

__all__ = ["tiny_causal", "tiny_t5"]
PAIRS = [Pair([5, 9, 30, 1], [8, 7, 1]), Pair([4, 1], [6, 1]), Pair([9, 9, 2, 3, 1], [5, 1])]


class Sizes(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts the tensors of one shape that are made, by the operation."""

    def __init__(self, shape: torch.Size) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.shape = shape
        self.made: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        inputs = {value.data_ptr() for value in args if isinstance(value, Tensor)}
        if isinstance(out, Tensor) and out.shape == self.shape and out.data_ptr() not in inputs:
            self.made.append(str(func))
        return out


def learn(model: Any, family: Family, batches: int = 2) -> None:
    for _ in range(batches):
        batch_loss(model, collate(PAIRS, family, 0), family).backward()  # type: ignore[no-untyped-call]


def made_in_second_batch(model: Any, family: Family) -> int:
    learn(model, family, 1)
    sizes = Sizes(model.get_input_embeddings().weight.shape)
    with sizes:
        learn(model, family, 1)
    return len(sizes.made)


@pytest.fixture(params=list(Family))
def student(request: pytest.FixtureRequest) -> tuple[Any, Family]:
    names = {Family.ENCODER_DECODER: "tiny_t5", Family.CAUSAL: "tiny_causal"}
    folder: Path = request.getfixturevalue(names[request.param])
    return load_model(folder, request.param).eval(), request.param


@pytest.mark.parametrize("padding", [None, 9])
def test_the_gradient_is_torchs_over_two_batches(
    student: tuple[Any, Family], padding: int | None
) -> None:
    plain, family = student
    plain.get_input_embeddings().padding_idx = padding
    ours = copy.deepcopy(plain)
    add_vocabulary_gradient_in_place(ours)
    learn(plain, family)
    learn(ours, family)
    for one, other in zip(plain.parameters(), ours.parameters(), strict=True):
        torch.testing.assert_close(other.grad, one.grad, atol=1e-6, rtol=1e-4)


def test_no_matrix_of_the_vocabularys_size_is_made_after_the_first_batch(
    student: tuple[Any, Family],
) -> None:
    model, family = student
    assert made_in_second_batch(model, family) >= 2  # torch: for the embedding and for the head
    add_vocabulary_gradient_in_place(model)
    assert made_in_second_batch(model, family) == 0


def test_weights_that_do_not_learn_get_no_gradient(student: tuple[Any, Family]) -> None:
    model, family = student
    add_vocabulary_gradient_in_place(model)
    for name, value in model.named_parameters():
        value.requires_grad_("layer_norm" in name or "norm" in name)
    learn(model, family)
    assert model.get_input_embeddings().weight.grad is None
    assert model.get_output_embeddings().weight.grad is None


def test_in_bf16_and_without_gradients_torchs_own_is_used(student: tuple[Any, Family]) -> None:
    model, family = student
    ours = copy.deepcopy(model)
    add_vocabulary_gradient_in_place(ours)
    batch = collate(PAIRS, family, 0)
    with torch.no_grad():
        assert torch.equal(batch_loss(model, batch, family), batch_loss(ours, batch, family))
    for one in (model, ours):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = batch_loss(one, batch, family)
        loss.backward()  # type: ignore[no-untyped-call]
    for one, other in zip(model.parameters(), ours.parameters(), strict=True):
        assert torch.equal(one.grad, other.grad)


def test_parts_that_are_not_plain_are_left_alone() -> None:
    class Scaled(nn.Embedding):
        pass

    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.scaled = Scaled(4, 2)
            self.counted = nn.Embedding(4, 2, scale_grad_by_freq=True)
            self.head = nn.Linear(2, 4)  # with a bias

        def get_output_embeddings(self) -> nn.Module:
            return self.head

    model = Model()
    add_vocabulary_gradient_in_place(model)
    assert not any("forward" in vars(part) for part in model.modules())
