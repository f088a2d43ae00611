"""LoRA: little is trained and kept, resuming changes nothing, the end is a plain student."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from scicot.adapters.students.loading import load_model
from scicot.adapters.students.training import lora
from scicot.adapters.students.training.job import Silent, StageJob
from scicot.adapters.students.training.trainer import StageTrainer
from scicot.words.errors import StudentError
from tests.adapters.students.test_student_training import (
    make_job,
    same,
    stop_at,
    train_whole,
    weights,
)
from tests.tiny_students import tiny_causal

__all__ = ["tiny_causal"]

pytest.importorskip("peft", reason="pip install -r requirements-lora.txt")


def lora_job(student: Path, work: Path, **settings: Any) -> StageJob:
    return make_job(student, work, lora_rank=4, learning_rate=1e-2, **settings)


def test_only_small_matrices_are_trained_and_the_end_is_a_plain_student(
    tiny_causal: Path, tmp_path: Path
) -> None:
    job = lora_job(tiny_causal, tmp_path / "work")
    before = load_model(job.student, job.family)
    trainer = StageTrainer(job)
    assert all(".lora_" in name for name in trainer.parameters)
    whole = sum(value.numel() for value in before.parameters())
    assert sum(value.numel() for value in trainer.parameters.values()) < whole / 4
    state = trainer.train(Silent())
    assert state.losses[-1] < state.losses[0] - 0.5
    ids = torch.tensor([[5, 6, 7, 8]])
    merged = trainer.model
    trainer.model.save_pretrained(tmp_path / "saved")
    names = set(before.state_dict())
    assert set(merged.state_dict()) == names
    saved = load_model(tmp_path / "saved", job.family).eval()
    with torch.no_grad():
        torch.testing.assert_close(saved(ids).logits, merged(ids).logits)
        assert not torch.allclose(before.eval()(ids).logits, merged(ids).logits, atol=1e-2)
    head = before.get_output_embeddings().weight
    assert torch.equal(merged.get_output_embeddings().weight, head)


def test_a_resumed_training_is_the_unbroken_one_and_its_checkpoints_are_small(
    tiny_causal: Path, tmp_path: Path
) -> None:
    whole = train_whole(lora_job(tiny_causal, tmp_path / "whole"))
    job = lora_job(tiny_causal, tmp_path / "broken")
    (*_, newest) = stop_at(job, 9)
    student = sum(file.stat().st_size for file in tiny_causal.glob("*.safetensors"))
    assert (newest / "model.safetensors").stat().st_size < student / 2
    resumed = StageTrainer(job)
    assert resumed.state.step == 8
    resumed.train(Silent())
    assert same(whole, weights(resumed))


def test_without_peft_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lora, "find_spec", lambda _name: None)
    with pytest.raises(
        StudentError, match=r"pip install -r requirements-lora.txt. Or set lora_rank=0"
    ):
        lora.refuse_without_peft()
