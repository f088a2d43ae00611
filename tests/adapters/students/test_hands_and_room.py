"""Processes that share a step's batches, and batches that are computed twice, learn the same."""

import gc
import os
import signal
import time
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn import functional
from transformers.modeling_layers import GradientCheckpointingLayer

from scicot.adapters.students.helpers.led import Helpers
from scicot.adapters.students.training import worth
from scicot.adapters.students.training.draws import OwnDraws
from scicot.adapters.students.training.job import Silent, StageJob, StepReport
from scicot.adapters.students.training.quick_parts import QuickDropout
from scicot.adapters.students.training.room import (
    Probed,
    Room,
    count_hands,
    probe,
)
from scicot.adapters.students.training.trainer import StageTrainer
from scicot.adapters.students.training.worth import (
    BASE_BYTES,
    HELPER_BYTES,
    PER_HELPER,
    PER_WEIGHT,
    guess_processes,
)
from scicot.pure.methods.plan import TaskSpec, Writes
from scicot.pure.methods.tasks import Validation, make_choosing, make_task
from scicot.pure.students.steps import Schedule
from scicot.words.errors import Cancelled, StudentError
from scicot.words.records import Family
from tests.adapters.students.test_student_training import (
    Watcher,
    job,
    make_job,
    one_thread,
    questions,
    same,
    weights,
)
from tests.tiny_students import tiny_causal, tiny_t5

__all__ = ["job", "one_thread", "tiny_causal", "tiny_t5"]

NO_ROOM = 1  # byte


@pytest.fixture(scope="module")
def helpers() -> Iterator[Helpers]:
    """Yield helpers that work for all tests of this file, as they do for all stages of a run."""
    with Helpers() as led:
        yield led


@pytest.fixture
def worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the smallest training be worth a helper."""
    monkeypatch.setattr(worth, "WORTH_A_HELPER", 0)


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


def test_a_pass_that_tells_what_a_batch_keeps_leaves_nothing_behind() -> None:
    made = []

    def forward() -> int:
        values = torch.ones(4, requires_grad=True).exp()  # its gradient needs what it gave
        made.append(weakref.ref(values))
        return 2

    assert probe(torch.nn.Linear(1, 1), forward).bytes_per_token == 4 * 4 / 2
    gc.collect()
    assert made[0]() is None


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


@pytest.mark.usefixtures("worth_it")
def test_two_processes_learn_what_one_does_and_the_same_each_time(
    job: StageJob, tmp_path: Path, helpers: Helpers
) -> None:
    alone = StageTrainer(job)
    alone.train(Silent())
    trained = []
    for name in ("two", "again"):
        torch.manual_seed(len(name))  # whatever torch's own generator stands at
        trainer = StageTrainer(by_two(job.student, tmp_path / name), helpers=helpers)
        losses = trainer.train(Silent()).losses
        assert trainer.hands == 2
        assert losses == pytest.approx(alone.state.losses, abs=1e-5)
        trained.append(weights(trainer))
    assert same(*trained)
    for name, value in weights(alone).items():
        torch.testing.assert_close(trained[0][name], value, atol=1e-4, rtol=0)


@pytest.mark.usefixtures("worth_it")
def test_three_processes_have_little_and_nothing_to_do_in_a_step_of_two_questions(
    tiny_causal: Path, tmp_path: Path, helpers: Helpers
) -> None:
    settings = {"questions_per_step": 2, "epochs": 1}
    alone = StageTrainer(make_job(tiny_causal, tmp_path / "alone", **settings))
    alone.train(Silent())
    job = replace(make_job(tiny_causal, tmp_path / "three", **settings), threads=3)
    trainer = StageTrainer(job, helpers=helpers)
    trainer.train(Silent())
    assert trainer.hands == 3
    for name, value in weights(alone).items():
        torch.testing.assert_close(weights(trainer)[name], value, atol=1e-4, rtol=0)


@pytest.mark.usefixtures("worth_it")
def test_the_weights_are_tried_by_all_as_by_one(
    job: StageJob, tmp_path: Path, helpers: Helpers
) -> None:
    answers, asked = TaskSpec(Writes.ANSWER), questions(9)
    validation = Validation(make_task(answers, asked, targets={}), make_choosing(answers, asked))
    config = job.config.model_copy(update={"selection": "validation"})
    job = replace(job, validation=validation, config=config)
    seen = []
    for count, work in ((1, "one"), (2, "two")):
        watcher = Watcher()
        told = replace(job, threads=count, work_folder=tmp_path / work)
        trainer = StageTrainer(told, helpers=helpers)
        trainer.train(watcher)
        assert trainer.hands == count
        seen.append(watcher.validations)
    for (step, one), (other_step, two) in zip(*seen, strict=True):
        assert (step, one.accuracy) == (other_step, two.accuracy)
        assert one.loss == pytest.approx(two.loss, abs=1e-4)


@pytest.mark.usefixtures("worth_it")
def test_a_resumed_training_keeps_its_hands(
    tiny_causal: Path, tmp_path: Path, helpers: Helpers
) -> None:
    whole = StageTrainer(by_two(tiny_causal, tmp_path / "whole"), helpers=helpers)
    whole.train(Silent())
    job = by_two(tiny_causal, tmp_path / "stopped")
    with pytest.raises(Cancelled):
        StageTrainer(job, helpers=helpers).train(Watcher(9))
    resumed = StageTrainer(replace(job, threads=1, memory=NO_ROOM), helpers=helpers)
    assert resumed.hands == 2
    resumed.train(Silent())
    assert same(weights(whole), weights(resumed))


class Striking(Watcher):
    """Does something to the processes at a step."""

    def __init__(self, strike: Callable[[], None]) -> None:
        super().__init__()
        self.strike = strike

    def step(self, report: StepReport) -> None:
        super().step(report)
        if report.step == 6:
            self.strike()


@pytest.mark.usefixtures("worth_it")
def test_a_killed_helper_ends_the_training_by_name_and_it_resumes_to_the_same_weights(
    tiny_t5: Path, tmp_path: Path
) -> None:
    job = by_two(tiny_t5, tmp_path / "work")
    with Helpers() as led:
        trainer = StageTrainer(job, helpers=led)
        assert trainer.gradient.hands is not None
        (helper,) = trainer.gradient.hands.helpers
        with pytest.raises(StudentError, match=r"Process 2 .* ended by signal 9.* Resume"):
            trainer.train(Striking(helper.process.kill))
        resumed = StageTrainer(job, helpers=led)  # by a helper that takes its place
        resumed.train(Silent())
        whole = StageTrainer(by_two(tiny_t5, tmp_path / "whole"), helpers=led)
        whole.train(Silent())
    assert same(weights(whole), weights(resumed))


@pytest.mark.usefixtures("worth_it")
def test_who_is_asked_to_stop_stops_while_a_helper_works(
    tiny_causal: Path, tmp_path: Path, helpers: Helpers
) -> None:
    trainer = StageTrainer(by_two(tiny_causal, tmp_path / "work"), helpers=helpers)
    assert trainer.gradient.hands is not None
    (helper,) = trainer.gradient.hands.helpers

    class Stopped(Watcher):
        def check(self) -> None:
            if self.reports:
                os.kill(helper.process.pid, signal.SIGSTOP)  # it will never answer
                raise Cancelled("stopped by the test")

    began = time.monotonic()
    with pytest.raises(Cancelled):
        trainer.train(Stopped())
    assert time.monotonic() - began < 60
    again = StageTrainer(by_two(tiny_causal, tmp_path / "again"), helpers=helpers)
    again.train(Silent())
    assert helper.process.returncode == -signal.SIGKILL, "it was to be replaced"
    assert again.state.step == again.schedule.total_steps


def test_what_a_process_draws_is_decided_by_its_own_number() -> None:
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


def test_what_is_guessed_before_the_student_is_read_is_near_what_it_comes_to(
    tiny_causal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = by_two(tiny_causal, tmp_path)
    trainer = StageTrainer(planned)
    tokens = trainer.schedule.passes * sum(map(sum, trainer.plan.lengths))
    operations = 6 * sum(value.numel() for value in trainer.model.parameters()) * tokens
    for times, processes in ((0.4, 2), (2.5, 1)):
        monkeypatch.setattr(worth, "WORTH_A_HELPER", times * operations)
        assert guess_processes(planned) == processes
    monkeypatch.setattr(worth, "WORTH_A_HELPER", 0)
    assert guess_processes(replace(planned, memory=BASE_BYTES)) == 1  # no room for a second


@pytest.mark.usefixtures("worth_it")
def test_a_student_that_draws_otherwise_learns_the_same_by_two_each_time(
    tiny_t5: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, helpers: Helpers
) -> None:
    monkeypatch.setattr(
        OwnDraws, "_dropout", lambda _self, values, *_, **__: values * torch.rand(1)
    )
    trained = []
    for name in ("one", "again"):
        trainer = StageTrainer(by_two(tiny_t5, tmp_path / name), helpers=helpers)
        assert trainer.room is not None
        assert not trainer.room.probed.draws_apart
        assert trainer.hands == 2
        trainer.train(Silent())
        trained.append(weights(trainer))
    assert same(*trained)


def test_a_helper_is_taken_for_much_work_alone() -> None:
    model = torch.nn.Linear(1000, 1000, bias=False)  # a million weights
    lengths = [(60, 40)] * 20
    enough = Schedule(20, 10, 1, steps=1000)  # of 10 x 100 tokens, 6 operations a weight
    causal = Family.CAUSAL
    assert count_hands(model, causal, lengths, enough, 2) == 2
    assert count_hands(model, causal, lengths, enough, 1) == 1
    assert count_hands(model, causal, lengths, enough, 64) == 4
    assert count_hands(model, causal, lengths, replace(enough, steps=999), 2) == 1
    assert count_hands(model, Family.ENCODER_DECODER, lengths, enough, 2) == 1


def test_room_is_what_weights_gradients_and_moments_leave() -> None:
    model = torch.nn.Linear(1000, 1000, bias=False)  # a million weights
    left = 400_000_000
    limit = BASE_BYTES + HELPER_BYTES + 1_000_000 * (PER_WEIGHT + PER_HELPER) + left
    room = Room(model, Probed(1e6, True), limit, 2)
    assert room.hands == 2
    assert room.fits(200)
    assert not room.fits(201)
    assert room.holds_weights_again
    narrow = Room(model, Probed(1e6, True), limit - 1, 2)
    assert narrow.hands == 1
    assert narrow.fits(900)  # what the helper would have taken is there too
    assert not narrow.fits(905)
    assert not Room(model, Probed(1e6, True), BASE_BYTES, 1).holds_weights_again
    assert Room(model, Probed(1e6, True), None, 4).fits(10**9)
