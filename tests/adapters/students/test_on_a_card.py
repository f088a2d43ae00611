"""Students on an NVIDIA card, where there is one: the processor's figures, the same each time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from scicot.adapters.students.asking import writing
from scicot.adapters.students.asking.replay import _TRIED
from scicot.adapters.students.asking.torch_student import TorchStudent
from scicot.adapters.students.folders import inspect_folder
from scicot.adapters.students.machine import has_gpu
from scicot.adapters.students.training.crew import Member
from scicot.adapters.students.training.job import StageJob
from scicot.adapters.students.training.trainer import StageTrainer
from scicot.words.records import Family
from tests.adapters.students.test_replay import GENERATED
from tests.adapters.students.test_student_training import (
    Watcher,
    make_job,
    same,
    stop_at,
    train_whole,
    weights,
)
from tests.tiny_families import FAMILIES
from tests.tiny_students import build_tiny_t5, tiny_causal, tiny_t5

__all__ = ["tiny_causal", "tiny_t5"]
pytestmark = pytest.mark.skipif(not has_gpu(), reason="no NVIDIA card that torch can use")

CLOSE = 1e-4  # nats, by which a sum may differ between processor and card
QUESTIONS = [f"Question {number}: why does ice float" + " on water" * number for number in range(9)]
OPTIONS = [["it is lighter", "it is cold", "it is a solid thing"]] * len(QUESTIONS)


@pytest.fixture(params=list(Family))
def student(request: pytest.FixtureRequest, tiny_t5: Path, tiny_causal: Path) -> tuple[Path, Any]:
    return (tiny_causal if request.param is Family.CAUSAL else tiny_t5), request.param


@pytest.mark.parametrize("name", FAMILIES)
def test_replayed_texts_are_those_of_generate(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = FAMILIES[name](tmp_path)
    opened = TorchStudent.open(folder, inspect_folder(name, folder).family, device="cuda")
    with torch.no_grad():
        for weights in opened.model.parameters():  # so that texts have more words than one
            weights.mul_(6 if weights.dim() > 1 else 1)
    replayed = opened.generate(QUESTIONS, 40)
    assert _TRIED.get(opened.model) == (True if name not in GENERATED else None)
    monkeypatch.setattr(writing, "replays", lambda *_: False)
    assert opened.generate(QUESTIONS, 40) == replayed


def test_scores_are_those_of_the_processor(student: tuple[Path, Family]) -> None:
    ours = TorchStudent.open(*student, device="cuda").score(QUESTIONS, OPTIONS)
    for row, other in zip(
        ours, TorchStudent.open(*student, device="cpu").score(QUESTIONS, OPTIONS), strict=True
    ):
        assert row == pytest.approx(other, abs=CLOSE)


def on_card(student: Path, work: Path, **settings: Any) -> StageJob:
    return replace(make_job(student, work, **settings), device="cuda")


def test_the_same_job_gives_the_same_weights_also_when_it_was_stopped(
    student: tuple[Path, Family], tmp_path: Path
) -> None:
    unbroken = train_whole(on_card(student[0], tmp_path / "one"))
    assert same(unbroken, train_whole(on_card(student[0], tmp_path / "other")))
    stopped = on_card(student[0], tmp_path / "stopped")
    stop_at(stopped, 6)
    assert same(unbroken, train_whole(stopped))


def test_a_card_learns_what_the_processor_does(tmp_path: Path) -> None:
    plain = build_tiny_t5(tmp_path / "t5", dropout=0)  # which is drawn by another generator
    curves = []
    for device in ("cuda", "cpu"):
        job = replace(make_job(plain, tmp_path / device), device=device)
        curves.append(StageTrainer(job).train(Watcher()).losses)
    assert curves[0] == pytest.approx(curves[1], abs=CLOSE)


def test_bf16_learns_too(tiny_causal: Path, tmp_path: Path) -> None:
    job = replace(on_card(tiny_causal, tmp_path / "work", epochs=8), precision="bf16")
    losses = StageTrainer(job).train(Watcher()).losses
    assert losses[-1] < losses[0] - 0.5


def test_nccl_adds_up_on_a_card(tiny_causal: Path, tmp_path: Path) -> None:
    """One card has room for one member: the sum over NCCL is then its own gradient."""
    alone = StageTrainer(on_card(tiny_causal, tmp_path / "alone"))
    losses = alone.train(Watcher()).losses
    member = Member(0, 1)
    member.join(str(tmp_path / "meeting"), "cuda")
    try:
        job = on_card(tiny_causal, tmp_path / "member")
        trainer = StageTrainer(job, member)
        gradients = [value for value in trainer.model.parameters() if value.requires_grad]
        gradients[0].grad = torch.ones_like(gradients[0])
        assert member.add_up(gradients, [2.0]) == [2.0]
        assert (gradients[0].grad == 1).all()
        assert gradients[1].grad is None
        gradients[0].grad = None
        assert trainer.train(Watcher()).losses == losses
        assert same(weights(trainer), weights(alone))
    finally:
        torch.distributed.destroy_process_group()
