"""Weights packed ahead: the products are the same, and the model can be given back as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from scicot.adapters.students.asking import packed, torch_student
from scicot.adapters.students.asking.packed import (
    can_pack,
    is_packed,
    pack_for_good,
    packed_products,
)
from scicot.adapters.students.asking.torch_student import TorchStudent
from scicot.adapters.students.codec import Codec
from scicot.adapters.students.folders import inspect_folder
from scicot.adapters.students.loading import load_model
from scicot.adapters.students.loss import head_at
from scicot.words.records import Family
from tests.tiny_families import FAMILIES
from tests.tiny_students import tiny_causal

__all__ = ["tiny_causal"]
pytestmark = pytest.mark.skipif(not can_pack(), reason="this torch cannot pack weights")
QUESTIONS = ["Why does ice float?", "Which?"]
OPTIONS = [["A) light", "B) heavy"], ["A) this", "B) that one"]]


@pytest.mark.parametrize("name", FAMILIES)
def test_a_packed_student_scores_and_writes_as_a_plain_one(name: str, tmp_path: Path) -> None:
    folder = FAMILIES[name](tmp_path)
    family = inspect_folder(name, folder).family
    opened = TorchStudent.open(folder, family, threads=1, device="cpu")
    plain = TorchStudent(load_model(folder, family).eval(), Codec.open(folder, family))
    assert is_packed(opened.model)
    assert not is_packed(plain.model)
    scores, expected = (student.score(QUESTIONS, OPTIONS) for student in (opened, plain))
    torch.testing.assert_close(torch.tensor(scores), torch.tensor(expected))
    assert opened.generate(QUESTIONS, 8) == plain.generate(QUESTIONS, 8)


def test_only_weights_that_something_else_uses_are_kept_as_they_were(tmp_path: Path) -> None:
    model = load_model(FAMILIES["gpt2"](tmp_path), Family.CAUSAL)
    embeddings = model.get_input_embeddings().weight.clone()
    assert pack_for_good(model)
    assert model.transformer.h[0].mlp.c_fc.weight.numel() == 0
    assert torch.equal(model.get_output_embeddings().weight, embeddings), "they are tied"
    assert not any(weight.requires_grad for weight in model.parameters())


def test_a_model_in_training_is_packed_for_a_while(tiny_causal: Path) -> None:
    model = load_model(tiny_causal, Family.CAUSAL).eval()
    ids = torch.tensor([[5, 6, 7]])
    head, calls = model.get_output_embeddings(), list[int]()
    own = head.forward

    def forward(hidden: torch.Tensor) -> torch.Tensor:
        calls.append(1)
        return own(hidden)  # type: ignore[no-any-return]

    head.forward = forward
    expected = model(input_ids=ids).logits
    with packed_products(model):
        assert is_packed(model)
        with torch.no_grad():
            logits = model(input_ids=ids).logits
        assert len(calls) == 1, "the packed weight is used"
        torch.testing.assert_close(logits, expected)
        model(input_ids=ids).logits.sum().backward()
        assert len(calls) == 2, "a gradient is taken as ever"
    assert not is_packed(model)
    assert head.forward is forward
    assert all(weight.grad is not None for weight in model.parameters())


def test_the_head_still_sees_chosen_places_alone(tiny_causal: Path) -> None:
    model = load_model(tiny_causal, Family.CAUSAL).eval()
    wanted = torch.tensor([[False, True, True]])
    with packed_products(model), torch.no_grad(), head_at(model, wanted):
        assert model(input_ids=torch.tensor([[5, 6, 7]])).logits.shape[0] == 2


def test_a_student_that_reads_its_weights_itself_is_opened_without(
    tiny_causal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch_student, "still_works", lambda *_: False)
    student = TorchStudent.open(tiny_causal, Family.CAUSAL, threads=1, device="cpu")
    assert not is_packed(student.model)
    assert not student.writes_as_quickly()


def test_where_torch_cannot_pack_the_model_is_left_as_it_is(
    tiny_causal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "can_pack", lambda: False)
    student = TorchStudent.open(tiny_causal, Family.CAUSAL, threads=1, device="cpu")
    assert not is_packed(student.model)
    assert len(student.generate(QUESTIONS, 4)) == 2
