"""The step that a GPU replays, done step by step here: the texts are those of `generate`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from scicot.adapters.students.asking import replay
from scicot.adapters.students.asking.replay import _Writing, can_replay, replays, write_greedily
from scicot.adapters.students.asking.torch_student import TorchStudent
from scicot.adapters.students.asking.writing import pad_rows
from scicot.adapters.students.folders import inspect_folder
from scicot.words.records import Family
from tests.tiny_families import FAMILIES
from tests.tiny_students import tiny_causal, tiny_t5

__all__ = ["tiny_causal", "tiny_t5"]
# one's class does not promise to work on fixed places, the other has a sliding window
GENERATED = {"gpt-neo", "mistral"}
TEXTS = ["Why does ice float?", "Which?", "A longer question: what does a plant need to grow well?"]


@pytest.mark.parametrize("name", FAMILIES)
def test_texts_are_those_of_generate(name: str, tmp_path: Path) -> None:
    folder = FAMILIES[name](tmp_path)
    family = inspect_folder(name, folder).family
    student = TorchStudent.open(folder, family, threads=1, device="cpu")
    with torch.no_grad():
        for weights in student.model.parameters():  # so that texts have more words than one
            weights.mul_(6 if weights.dim() > 1 else 1)
    assert can_replay(student.model) == (name not in GENERATED)
    special = student.codec.special
    for texts, limit in ((TEXTS, 1), (TEXTS, 2), (TEXTS, 24), (TEXTS[:1], 24)):
        rows = [student.codec.encode_input(text, None) for text in texts]
        ids, mask = pad_rows(rows, special.pad, "cpu", left=family is Family.CAUSAL)
        written = write_greedily(student.model, special, ids, mask, limit)
        assert written.shape == (len(texts), limit)
        plain = student.writer.generate(ids, mask, limit)
        assert torch.equal(written[:, : plain.shape[1]], plain)
        assert (written[:, plain.shape[1] :] == special.pad).all(), "all had ended"


def begun(name: str, folder: Path) -> tuple[TorchStudent, torch.Tensor, torch.Tensor]:
    """Return a student whose texts differ, and inputs of it."""
    family = inspect_folder(name, folder).family
    student = TorchStudent.open(folder, family, threads=1, device="cpu")
    with torch.no_grad():
        for weights in student.model.parameters():
            weights.mul_(6 if weights.dim() > 1 else 1)
    texts = [word * times for word in ("Why? ", "ice ", "How? ", "plants ") for times in (1, 3, 9)]
    rows = [student.codec.encode_input(text, None) for text in texts]
    pad = student.codec.special.pad
    return student, *pad_rows(rows, pad, "cpu", left=family is Family.CAUSAL)


@pytest.mark.parametrize("name", sorted({*FAMILIES} - GENERATED))
def test_some_texts_are_written_on_as_with_the_others(name: str, tmp_path: Path) -> None:
    student, ids, mask = begun(name, FAMILIES[name](tmp_path))
    special, kept = student.codec.special, torch.tensor([1, 2, 7])
    whole = write_greedily(student.model, special, ids, mask, 16)
    with torch.no_grad():
        writing = _Writing.begin(student.model, special, ids, mask, 16)
        for _ in range(5):
            writing.step()
        writing.keep(kept)
        while not writing.is_done:
            writing.step()
    assert torch.equal(writing.texts, whole[kept])


def test_texts_that_ended_leave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    student, ids, mask = begun("llama", FAMILIES["llama"](tmp_path))
    special, kept, keep = student.codec.special, list[int](), _Writing.keep
    whole = write_greedily(student.model, special, ids, mask, 24)
    early = {  # in how many texts a token comes soon
        token: int((whole[:, :12] == token).any(dim=1).sum())
        for token in set(whole.flatten().tolist())
    }
    most = max(count for count in early.values() if count < len(ids))
    ends = replace(special, eos=next(token for token in early if early[token] == most))
    plain = write_greedily(student.model, ends, ids, mask, 24)

    def note(writing: _Writing, going: torch.Tensor) -> None:
        kept.append(len(going))
        keep(writing, going)

    monkeypatch.setattr(_Writing, "keep", note)
    monkeypatch.setattr(replay, "LOOK_EVERY", 2)
    monkeypatch.setattr(_Writing, "is_mostly_ended", property(lambda of: bool(of.ended.any())))
    assert torch.equal(write_greedily(student.model, ends, ids, mask, 24), plain)
    assert kept
    assert kept == sorted(kept, reverse=True)


def test_writing_can_be_stopped_between_tokens(tiny_causal: Path) -> None:
    student = TorchStudent.open(tiny_causal, Family.CAUSAL, threads=1, device="cpu")
    ids, mask = pad_rows([[5, 6]], student.codec.special.pad, "cpu", left=True)

    def stop() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        write_greedily(student.model, student.codec.special, ids, mask, 8, stop)


def test_a_student_that_does_more_than_take_the_likeliest_token_is_left_to_generate(
    tiny_t5: Path,
) -> None:
    model = TorchStudent.open(tiny_t5, Family.ENCODER_DECODER, threads=1).model
    model.generation_config.no_repeat_ngram_size = 3
    assert not can_replay(model)


def test_a_recorded_step_is_tried_once_and_left_where_it_fails(
    tiny_causal: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def outcome(said: bool | RuntimeError) -> bool:
        tried.append(str(said))
        if isinstance(said, RuntimeError):
            raise said
        return said

    monkeypatch.setattr(replay, "_KINDS", set())
    for said, expected in ((False, False), (RuntimeError("not permitted"), False), (True, True)):
        model = TorchStudent.open(tiny_causal, Family.CAUSAL, threads=1, device="cpu").model
        for _ in range(2):
            assert replays(model, lambda said=said: outcome(said)) is expected  # type: ignore[misc]
    assert tried == ["False", "not permitted", "True"]
    model = TorchStudent.open(tiny_causal, Family.CAUSAL, threads=1, device="cpu").model
    assert replays(model, lambda: outcome(False)), "one of its kind did"
    assert len(tried) == 3
    assert "another text than generate" in caplog.text
    replay._KINDS.clear()
    full = RuntimeError("CUDA error: out of memory")
    model = TorchStudent.open(tiny_causal, Family.CAUSAL, threads=1, device="cpu").model
    with pytest.raises(RuntimeError, match="out of memory"):
        replays(model, lambda: outcome(full))
    assert replays(model, lambda: True), "it is tried again"


def test_a_card_without_room_for_a_batch_is_given_its_halves(
    tiny_causal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    student = TorchStudent.open(tiny_causal, Family.CAUSAL, threads=1, device="cpu")
    expected = [student.generate([text], 8)[0] for text in TEXTS]
    write, sizes = student.writer._write_batch, list[int]()

    def write_few(
        ids: torch.Tensor, mask: torch.Tensor, begun: list[list[int]], limit: int
    ) -> torch.Tensor:
        sizes.append(len(ids))
        if len(ids) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return write(ids, mask, begun, limit)

    monkeypatch.setattr(student.writer, "_write_batch", write_few)
    assert student.generate(TEXTS, 8) == expected
    assert sizes == [3, 1, 2, 1, 1]

    def write_none(*_: object) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(student.writer, "_write_batch", write_none)
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
