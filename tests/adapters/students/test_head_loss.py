"""The gradient that is taken with the head's logits is torch's, and made nowhere a second time."""

import copy
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from scicot.adapters.students.loading import load_model
from scicot.adapters.students.loss import Pair, batch_loss, collate, token_losses
from scicot.adapters.students.training import head_loss
from scicot.adapters.students.training.batch_work import BatchWork, Hand
from scicot.adapters.students.training.embedding_gradient import add_embedding_gradient_in_place
from scicot.adapters.students.training.head_loss import TargetLoss
from scicot.adapters.students.training.room import Probed, Room
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


SHARES = torch.tensor([0.5, 0.1, 0.2, 0.0, 1.0, 0.3, 0.4])  # of the seven target tokens


def learn_as_torch_does(model: Any, family: Family, *, low: bool = False) -> Tensor:
    """Add a batch's gradient and return its losses."""
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=low):
        losses = token_losses(model, collate(PAIRS, family, 0), family)
    (losses * SHARES).sum().backward()  # type: ignore[no-untyped-call]
    return losses.detach()


def learn(model: Any, family: Family, *, low: bool = False) -> Tensor:
    """Do the same with the loss that training has."""
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=low):
        loss, losses = TargetLoss(model, family).add_gradient(collate(PAIRS, family, 0), SHARES)
    assert loss.item() == pytest.approx(float((losses * SHARES).sum()))
    return losses


def assert_same_gradient(one: Any, other: Any, *, atol: float = 1e-6, rtol: float = 1e-4) -> None:
    for theirs, ours in zip(one.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad, atol=atol, rtol=rtol)


@pytest.fixture(params=list(Family))
def student(request: pytest.FixtureRequest) -> tuple[Any, Family]:
    names = {Family.ENCODER_DECODER: "tiny_t5", Family.CAUSAL: "tiny_causal"}
    folder: Path = request.getfixturevalue(names[request.param])
    return load_model(folder, request.param).eval(), request.param


@pytest.fixture(params=["whole", "in slices"])
def slices(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all be done at once, or a row or two at a time."""
    if request.param == "in slices":
        for name, value in {"LOGIT_BYTES": 1, "ROWS": 2, "WORDS": 5}.items():
            monkeypatch.setattr(head_loss, name, value)


@pytest.mark.usefixtures("slices")
@pytest.mark.parametrize("padding", [None, 9])
def test_the_gradient_is_torchs_over_two_batches(
    student: tuple[Any, Family], padding: int | None
) -> None:
    plain, family = student
    plain.get_input_embeddings().padding_idx = padding
    ours = copy.deepcopy(plain)
    add_embedding_gradient_in_place(ours)
    for _ in range(2):
        losses = learn_as_torch_does(plain, family)
        torch.testing.assert_close(learn(ours, family), losses, atol=1e-5, rtol=1e-5)
    assert_same_gradient(plain, ours, atol=1e-5)


@pytest.mark.usefixtures("slices")
def test_in_bf16_the_gradient_is_torchs_as_far_as_bf16_tells(student: tuple[Any, Family]) -> None:
    plain, family = student
    ours = copy.deepcopy(plain)
    add_embedding_gradient_in_place(ours)
    losses = learn_as_torch_does(plain, family, low=True)
    torch.testing.assert_close(learn(ours, family, low=True), losses, atol=0.02, rtol=0.01)
    for theirs, found in zip(plain.parameters(), ours.parameters(), strict=True):
        largest = float(theirs.grad.abs().max())
        assert float((found.grad - theirs.grad).abs().max()) <= 0.02 * largest


@pytest.mark.parametrize("low", [False, True])
def test_no_matrix_of_the_vocabularys_size_is_made_after_the_first_batch(
    student: tuple[Any, Family], low: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(head_loss, "WORDS", 5)
    model, family = student
    vocabulary = model.get_input_embeddings().weight.shape

    def made(way: Any) -> list[str]:
        way(model, family, low=low)
        with Sizes(vocabulary) as sizes:
            way(model, family, low=low)
        return [name for name in sizes.made if "_to_copy" not in name]  # the weights in bf16

    assert len(made(learn_as_torch_does)) >= 2  # for the embedding and for the head
    add_embedding_gradient_in_place(model)
    assert not made(learn)


def test_weights_that_do_not_learn_get_no_gradient(student: tuple[Any, Family]) -> None:
    model, family = student
    add_embedding_gradient_in_place(model)
    for name, value in model.named_parameters():
        value.requires_grad_("layer_norm" in name or "norm" in name)
    learn(model, family)
    assert model.get_input_embeddings().weight.grad is None
    assert model.get_output_embeddings().weight.grad is None
    assert any(value.grad is not None for value in model.parameters())


def test_the_embedding_is_torchs_without_gradients(student: tuple[Any, Family]) -> None:
    model, family = student
    ours = copy.deepcopy(model)
    add_embedding_gradient_in_place(ours)
    batch = collate(PAIRS, family, 0)
    with torch.no_grad():
        assert torch.equal(batch_loss(model, batch, family), batch_loss(ours, batch, family))


class Scaled(nn.Module):
    """A student that does more with its logits than to give them."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model, self.config = model, model.config

    def get_output_embeddings(self) -> Any:
        return self.model.get_output_embeddings()

    def forward(self, **inputs: Any) -> Any:
        out = self.model(**inputs)
        out.logits = torch.tanh(out.logits / 3) * 2
        return out


def with_bias(model: Any) -> Any:
    head = model.get_output_embeddings()
    head.bias = nn.Parameter(torch.linspace(-1, 1, head.out_features))
    return model


@pytest.mark.parametrize("other_head", [Scaled, with_bias])
def test_a_student_whose_head_is_not_the_last_learns_from_its_logits(
    student: tuple[Any, Family], other_head: Any
) -> None:
    plain, family = student
    plain = other_head(plain)
    ours = copy.deepcopy(plain)
    batch = collate(PAIRS, family, 0)
    loss = TargetLoss(ours, family)
    for _ in range(2):
        losses = learn_as_torch_does(plain, family)
        torch.testing.assert_close(loss.add_gradient(batch, SHARES)[1], losses)
    assert loss.before_head(batch) is None
    assert_same_gradient(plain, ours)


@pytest.mark.parametrize(("is_tight", "copies"), [(False, 1), (True, 2)])
def test_the_weights_copies_serve_all_batches_where_there_is_room(
    student: tuple[Any, Family], is_tight: bool, copies: int
) -> None:
    model, family = student
    room = Room(model, Probed(0, draws_apart=False), None, 1)
    room.is_tight = is_tight
    work = BatchWork(family, 0, [PAIRS], [1.0], 1.0, "bf16", room=room)
    matrix = next(
        part.weight
        for name, part in model.named_modules()
        if type(part) is nn.Linear and part is not model.get_output_embeddings()
    )
    made = []

    class Casts(TorchDispatchMode):  # type: ignore[no-untyped-call]
        def __torch_dispatch__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            if "_to_copy" in str(func) and args[0].data_ptr() == matrix.data_ptr():
                made.append(func)
            return func(*args, **(kwargs or {}))

    with Casts():  # type: ignore[no-untyped-call]
        work.add(Hand(model, family), ((0, 1), (2,)), [1.0], 1)
    assert len(made) == copies


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
    add_embedding_gradient_in_place(model)
    assert not any("forward" in vars(part) for part in model.modules())
