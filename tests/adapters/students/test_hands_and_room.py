"""Threads that have batches of their own, and batches that are computed twice, learn the same."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn import functional
from transformers.modeling_layers import GradientCheckpointingLayer

from scicot.adapters.students.training.draws import OwnDraws
from scicot.adapters.students.training.hands import Hands, make_twin
from scicot.adapters.students.training.job import Silent, StageJob
from scicot.adapters.students.training.quick_parts import QuickDropout
from scicot.adapters.students.training.room import BASE_BYTES, PER_TWIN, PER_WEIGHT, Probed, Room
from scicot.adapters.students.training.trainer import StageTrainer
from scicot.words.errors import Cancelled
from tests.adapters.students.test_gradient_sum import CUT, WHOLE, flat, gradient
from tests.adapters.students.test_student_training import (
    Watcher,
    job,
    make_job,
    one_thread,
    same,
    weights,
)
from tests.tiny_students import tiny_causal, tiny_t5

__all__ = ["gradient", "job", "one_thread", "tiny_causal", "tiny_t5"]

NO_ROOM = 1  # byte


def by_two(student: Path, work: Path, **settings: Any) -> StageJob:
    return replace(make_job(student, work, **settings), threads=2)


def counted_layers(trainer: StageTrainer) -> list[str]:
    """Return a list that grows by one whenever a part of the last layer computes."""
    seen: list[str] = []
    *_, layer = (
        part for part in trainer.model.modules() if isinstance(part, GradientCheckpointingLayer)
    )
    part = next(one for one in layer.modules() if isinstance(one, torch.nn.Linear))
    part.register_forward_pre_hook(lambda *_: seen.append("forward"))
    return seen


def test_batches_without_room_are_computed_twice_and_give_the_same_weights(
    job: StageJob, tmp_path: Path
) -> None:
    whole = StageTrainer(job)
    once = counted_layers(whole)
    whole.train(Watcher())
    narrow = StageTrainer(replace(job, memory=NO_ROOM, work_folder=tmp_path / "narrow"))
    twice = counted_layers(narrow)
    narrow.train(Watcher())
    assert same(weights(whole), weights(narrow))
    assert once
    assert len(twice) == 2 * len(once)


def test_hands_add_up_to_one_big_batch(gradient: Any) -> None:
    lengths = [(len(one.input_ids), len(one.target_ids)) for one in gradient.pairs[0]]
    loss, one = flat(gradient, WHOLE)
    hands = Hands([gradient.model, make_twin(gradient.model), make_twin(gradient.model)])
    shared = replace(gradient, hands=hands, lengths=lengths)
    for _ in range(2):  # nothing is left over from the step before
        summed, parts = flat(shared, CUT)
        assert summed == pytest.approx(loss, abs=1e-5)
        torch.testing.assert_close(parts, one, atol=1e-5, rtol=0)
        assert all(value.grad is None for value in hands.models[1].parameters())
    few, fewer = flat(shared, (WHOLE[0][:1],)), flat(gradient, (WHOLE[0][:1],))  # two have nothing
    assert torch.equal(few[1], fewer[1])


def test_a_twin_has_the_models_weights_and_goes_with_them(
    tiny_causal: Path, tmp_path: Path
) -> None:
    trainer = StageTrainer(by_two(tiny_causal, tmp_path))
    assert trainer.gradient.hands is not None
    model, twin = trainer.gradient.hands.models
    assert model is trainer.model
    trainer.train(Silent())
    for mine, its in zip(model.parameters(), twin.parameters(), strict=True):
        assert mine is not its
        assert mine.data_ptr() == its.data_ptr()


def test_two_threads_learn_what_one_does_and_the_same_each_time(
    job: StageJob, tmp_path: Path
) -> None:
    alone = StageTrainer(job)
    alone.train(Silent())
    trained = []
    for name in ("two", "again"):
        torch.manual_seed(len(name))  # whatever torch's own generator stands at
        trainer = StageTrainer(by_two(job.student, tmp_path / name))
        trainer.train(Silent())
        assert trainer.hands == 2
        trained.append(weights(trainer))
    assert same(*trained)
    for name, value in weights(alone).items():
        torch.testing.assert_close(trained[0][name], value, atol=1e-4, rtol=0)


def test_what_a_thread_draws_is_decided_by_its_own_number() -> None:
    ones, made = torch.ones(40, 50), []
    state = torch.get_rng_state()
    for number in (7, 7, 8):
        draws = OwnDraws()
        draws.generator.manual_seed(number)
        with draws:
            made.append((functional.dropout(ones, 0.3), QuickDropout(0.3)(ones)))
    assert torch.equal(state, torch.get_rng_state())
    for first, again, other in zip(*made, strict=True):
        assert torch.equal(first, again)
        assert not torch.equal(first, other)
        assert (first == 0).double().mean().item() == pytest.approx(0.3, abs=0.05)
        assert first.max().item() == pytest.approx(1 / 0.7, rel=1e-3)


@pytest.mark.parametrize("mask", ["none", "kept", "added"])
def test_attention_with_dropout_is_torchs_on_average(mask: str) -> None:
    torch.manual_seed(0)
    query, key, value = (torch.randn(2, 3, length, 8) for length in (5, 6, 6))
    is_kept = torch.rand(2, 1, 5, 6) > 0.3
    is_kept[..., 0] = True
    masks = {"none": None, "kept": is_kept, "added": torch.randn(2, 3, 5, 6)}
    expected = functional.scaled_dot_product_attention(query, key, value, masks[mask], scale=0.5)
    draws = OwnDraws()
    draws.generator.manual_seed(0)
    with draws:
        made = [
            functional.scaled_dot_product_attention(
                query, key, value, masks[mask], dropout_p=0.1, scale=0.5
            )
            for _ in range(3000)
        ]
    torch.testing.assert_close(torch.stack(made).mean(dim=0), expected, atol=0.06, rtol=0)
    assert not torch.equal(made[0], made[1])


def test_a_student_that_draws_otherwise_has_one_hand(
    tiny_t5: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        OwnDraws, "_dropout", lambda _self, values, *_, **__: values * torch.rand(1)
    )
    trainer = StageTrainer(by_two(tiny_t5, tmp_path))
    assert trainer.room is not None
    assert not trainer.room.probed.draws_apart
    assert trainer.hands == 1


def test_a_resumed_training_keeps_its_hands(tiny_causal: Path, tmp_path: Path) -> None:
    whole = StageTrainer(by_two(tiny_causal, tmp_path / "whole"))
    whole.train(Silent())
    job = by_two(tiny_causal, tmp_path / "stopped")
    with pytest.raises(Cancelled):
        StageTrainer(job).train(Watcher(9))
    resumed = StageTrainer(replace(job, threads=1, memory=NO_ROOM))
    assert resumed.hands == 2
    resumed.train(Silent())
    assert same(weights(whole), weights(resumed))


def test_who_is_asked_to_stop_stops_all_hands_and_can_begin_again(gradient: Any) -> None:
    hands = Hands([gradient.model, make_twin(gradient.model)])
    done: list[int] = []

    def work(_hand: Any, share: int, go_on: Any) -> int:
        for _ in range(share):
            go_on()
            torch.ones(1 << 20).sum()
            done.append(share)
        return share

    def stop() -> None:
        if done:
            raise Cancelled("stopped by the test")

    with pytest.raises(Cancelled):
        hands.work(work, [10**9, 10**9], stop)
    stopped = len(done)
    assert hands.work(work, [1, 2], lambda: None) == [1, 2]
    assert len(done) == stopped + 3


@pytest.fixture
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def threads_of_mkl() -> list[str]:
    """Return what torch says of MKL's threads; nothing where it was built without."""
    lines = torch.__config__.parallel_info().splitlines()
    return [line for line in lines if "mkl_get_max_threads" in line]


def threads_in(gradient: Any, count: Callable[[], Any]) -> Iterator[tuple[Any, list[Any]]]:
    """Yield twice what this thread counts after its hands have worked, and what they counted."""
    hands = Hands([gradient.model, make_twin(gradient.model)])
    for _ in range(2):
        in_hands = hands.work(lambda *_: count(), [None, None], lambda: None)
        yield count(), in_hands


@pytest.mark.usefixtures("two_threads")
def test_each_hand_has_one_thread_and_this_thread_has_its_own_again(gradient: Any) -> None:
    for mine, in_hands in threads_in(gradient, torch.get_num_threads):
        assert (mine, in_hands) == (2, [1, 1])


@pytest.mark.usefixtures("two_threads")
@pytest.mark.skipif(not threads_of_mkl(), reason="torch is built without MKL here")
def test_each_hand_has_one_thread_of_mkl_too(gradient: Any) -> None:
    before = threads_of_mkl()
    for mine, in_hands in threads_in(gradient, threads_of_mkl):
        assert mine == before
        assert all(lines != before for lines in in_hands)


def test_what_goes_wrong_in_a_hand_is_told(gradient: Any) -> None:
    hands = Hands([gradient.model, make_twin(gradient.model)])

    def work(_hand: Any, share: int, _go_on: Any) -> int:
        return 1 // share

    with pytest.raises(ZeroDivisionError):
        hands.work(work, [1, 0], lambda: None)


def test_room_is_what_weights_gradients_and_moments_leave() -> None:
    model = torch.nn.Linear(1000, 1000, bias=False)  # a million weights
    left = 400_000_000
    limit = BASE_BYTES + 1_000_000 * (PER_WEIGHT + PER_TWIN) + left
    room = Room(model, Probed(1e6, True), limit, 2)
    assert room.hands == 2
    assert room.fits(200)
    assert not room.fits(201)
    narrow = Room(model, Probed(1e6, True), limit - 1, 2)
    assert narrow.hands == 1
    assert narrow.fits(403)
    assert not narrow.fits(404)
    assert Room(model, Probed(1e6, True), None, 4).fits(10**9)
