"""The step that a GPU replays, done step by step here: the texts are those of `generate`."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from scicot.adapters.students.replay import can_replay, write_greedily
from scicot.adapters.students.torch_student import TorchStudent, _pad
from scicot.words.records import Family
from tests.tiny_students import tiny_causal, tiny_t5

__all__ = ["tiny_causal", "tiny_t5"]
TEXTS = ["Why does ice float?", "Which?", "A longer question: what does a plant need to grow well?"]


@pytest.mark.parametrize("limit", [1, 2, 3, 24])
@pytest.mark.parametrize("family", list(Family))
def test_texts_are_those_of_generate(
    tiny_t5: Path, tiny_causal: Path, family: Family, limit: int
) -> None:
    is_causal = family is Family.CAUSAL
    student = TorchStudent.open(
        tiny_causal if is_causal else tiny_t5, family, threads=1, device="cpu"
    )
    special = student.codec.special
    assert can_replay(student.model)
    for texts in (TEXTS, TEXTS[:1]):
        rows = [student.codec.encode_input(text, None) for text in texts]
        ids, mask = _pad(rows, special.pad, "cpu", left=is_causal)
        written = write_greedily(student.model, special, ids, mask, limit)
        assert written.shape == (len(texts), limit)
        plain = student._write(ids, mask, limit)
        assert torch.equal(written[:, : plain.shape[1]], plain)
        assert (written[:, plain.shape[1] :] == special.pad).all(), "all had ended"


def test_a_student_that_does_more_than_take_the_likeliest_token_is_left_to_generate(
    tiny_t5: Path,
) -> None:
    model = TorchStudent.open(tiny_t5, Family.ENCODER_DECODER, threads=1).model
    model.generation_config.no_repeat_ngram_size = 3
    assert not can_replay(model)


def test_a_card_without_room_for_a_batch_is_given_its_halves(
    tiny_causal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    student = TorchStudent.open(tiny_causal, Family.CAUSAL, threads=1, device="cpu")
    expected = [student.generate([text], 8)[0] for text in TEXTS]
    write, sizes = student._write, list[int]()

    def write_few(ids: torch.Tensor, mask: torch.Tensor, limit: int) -> torch.Tensor:
        sizes.append(len(ids))
        if len(ids) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return write(ids, mask, limit)

    monkeypatch.setattr(student, "_write", write_few)
    assert student.generate(TEXTS, 8) == expected
    assert sizes == [3, 1, 2, 1, 1]

    def write_none(*_: object) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(student, "_write", write_none)
    with pytest.raises(torch.OutOfMemoryError):
        student.generate(TEXTS, 8)


def test_the_order_of_sums_is_fixed_again_afterwards(tiny_causal: Path) -> None:
    student = TorchStudent.open(tiny_causal, Family.CAUSAL, threads=1, device="cpu")
    ids = torch.tensor([student.codec.encode_input("Why?", None)])
    torch.use_deterministic_algorithms(True, warn_only=True)
    try:
        write_greedily(student.model, student.codec.special, ids, torch.ones_like(ids), 3)
        assert torch.are_deterministic_algorithms_enabled()
        assert torch.is_deterministic_algorithms_warn_only_enabled()
    finally:
        torch.use_deterministic_algorithms(False)
