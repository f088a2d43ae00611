"""A processor's own steps: the texts are those of `generate`, whatever stands beside them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from scicot.adapters.students.asking import step_by_step
from scicot.adapters.students.asking.step_by_step import (
    _close_ranks,
    bytes_a_token,
    write_step_by_step,
)
from scicot.adapters.students.asking.torch_student import TorchStudent
from scicot.adapters.students.asking.writing import pad_rows
from scicot.adapters.students.codec import Codec
from scicot.adapters.students.folders import inspect_folder
from scicot.adapters.students.loading import load_model
from scicot.pure.students.prompt_lookup import PromptLookup
from scicot.words.records import Family
from tests.tiny_families import FAMILIES, save
from tests.tiny_students import tiny_causal

__all__ = ["tiny_causal"]
CAUSAL = ["smollm2", "llama", "gpt2", "pythia", "qwen2", "qwen3", "opt"]
BY_DISTANCE = ["t5", "flan-t5", "mt5", "t5-v1.1"]
TEXTS = [word * times for word in ("Why? ", "ice ", "How? ", "plants ") for times in (1, 3, 9)]


def begun(name: str, folder: Path) -> tuple[TorchStudent, torch.Tensor, torch.Tensor]:
    """Return a student whose texts differ, and inputs of it."""
    folder = FAMILIES[name](folder)
    family = inspect_folder(name, folder).family
    student = TorchStudent(load_model(folder, family).eval(), Codec.open(folder, family))
    with torch.no_grad():
        for weights in student.model.parameters():
            weights.mul_(6 if weights.dim() > 1 else 1)
    rows = [student.codec.encode_input(text, None) for text in TEXTS]
    left = family is Family.CAUSAL
    return student, *pad_rows(rows, student.codec.special.pad, "cpu", left=left)


def bloom(folder: Path) -> Path:
    """Save a student that is told where tokens stand by a mask."""
    return save(folder, "BloomForCausalLM", hidden_size=32, n_layer=2, n_head=4)


@pytest.mark.parametrize("name", CAUSAL + BY_DISTANCE)
@pytest.mark.parametrize("at_once", [12, 4096])
def test_texts_are_those_of_generate(
    name: str, at_once: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    student, ids, mask = begun(name, tmp_path)
    monkeypatch.setattr(step_by_step, "READ_AT_ONCE", at_once)
    special = student.codec.special
    whole = write_step_by_step(student.model, special, ids, mask, 24)
    plain = student.writer.generate(ids, mask, 24)
    assert torch.equal(whole[:, : plain.shape[1]], plain)
    assert len({tuple(row) for row in whole.tolist()}) > 1
    for place, prompt in enumerate(TEXTS[:3]):  # nothing stands to the left of it
        alone, seen = pad_rows([student.codec.encode_input(prompt, None)], special.pad, "cpu")
        assert torch.equal(
            write_step_by_step(student.model, special, alone, seen, 24)[0], whole[place]
        )


def test_texts_that_ended_leave_and_the_others_are_written_as_before(tmp_path: Path) -> None:
    student, ids, mask = begun("llama", tmp_path)
    whole = write_step_by_step(student.model, student.codec.special, ids, mask, 24)
    endings = sorted({int(token) for token in whole[:, 4:20].flatten()})
    assert len(endings) > 2
    for token in endings:
        special = replace(student.codec.special, eos=token)
        written = write_step_by_step(student.model, special, ids, mask, 24)
        for row, expected in zip(written.tolist(), whole.tolist(), strict=True):
            length = expected.index(token) + 1 if token in expected else len(expected)
            assert row == expected[:length] + [special.pad] * (len(row) - length)


def test_what_a_text_repeats_is_written_in_fewer_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    student, ids, mask = begun("llama", tmp_path)
    heads: list[int] = []
    student.model.lm_head.register_forward_pre_hook(
        lambda _, given: heads.append(given[0].shape[1])
    )

    def write(row: int) -> tuple[list[list[int]], int]:
        heads.clear()
        told = student.model, student.codec.special, ids[[row]], mask[[row]]
        return write_step_by_step(*told, 200).tolist(), len(heads)

    drafted = [write(row) for row in range(len(ids))]
    monkeypatch.setattr(PromptLookup, "draft", lambda *_: [])
    plain = [write(row) for row in range(len(ids))]
    assert [text for text, _ in drafted] == [text for text, _ in plain]
    assert {steps for _, steps in plain} == {200}
    assert min(steps for _, steps in drafted) < 100


@pytest.mark.parametrize("name", BY_DISTANCE)
def test_what_an_encoder_read_is_not_read_again(name: str, tmp_path: Path) -> None:
    student, ids, mask = begun(name, tmp_path)
    fresh = TorchStudent(student.model, student.codec)
    reads: list[int] = []
    student.model.get_encoder().register_forward_pre_hook(lambda *_: reads.append(1))
    written = student.generate(TEXTS, 12)
    assert reads
    reads.clear()
    halves = [text[: len(text) // 2] for text in written]
    rest = student.generate(TEXTS, 8, given=halves)
    scored = student.score(TEXTS, [["iron", "the roots"]] * len(TEXTS), given=written)
    assert not reads
    assert len(set(written)) > 1
    for row, (text, half) in enumerate(zip(TEXTS, halves, strict=True)):
        start = [student.codec.special.pad, *student.codec.encode_beginnings([half], 1)[0]]
        plain = student.writer.generate(
            ids[[row]], mask[[row]], 8, decoder_input_ids=torch.tensor([start])
        )
        assert rest[row] == student.codec.decode(plain[0, len(start) - 1 :].tolist())
        (alone,) = fresh.score([text], [["iron", "the roots"]], given=[written[row]])
        assert alone == pytest.approx(scored[row], rel=1e-4)


def test_a_decoder_that_counts_its_tokens_itself_is_noticed(tmp_path: Path) -> None:
    student, ids, mask = begun("bart", tmp_path)
    with pytest.raises(RuntimeError, match="wants more"):
        write_step_by_step(student.model, student.codec.special, ids, mask, 8)
    plain = student.writer.generate(ids, mask, 8)
    assert student.generate(TEXTS, 8) == [student.codec.decode(row) for row in plain.tolist()]


@pytest.mark.parametrize("name", ["gpt-neo", "bloom", "mistral"])
def test_a_student_whose_attention_is_of_another_kind_is_written_by_generate(
    name: str, tmp_path: Path
) -> None:
    folder = (FAMILIES.get(name) or bloom)(tmp_path)
    codec = Codec.open(folder, Family.CAUSAL)
    student = TorchStudent(load_model(folder, Family.CAUSAL).eval(), codec)
    rows = [codec.encode_input(text, None) for text in TEXTS]
    ids, mask = pad_rows(rows, codec.special.pad, "cpu", left=True)
    plain = student.writer.generate(ids, mask, 12)
    assert student.generate(TEXTS, 12) == [codec.decode(row) for row in plain.tolist()]


def test_those_that_go_on_close_ranks_and_few_move() -> None:
    assert _close_ranks([True, False, True, False, True, True]) == [0, 4, 2, 5]
    assert _close_ranks([True, True, False]) == [0, 1]
    assert _close_ranks([False, False]) == []


def test_writing_can_be_stopped_between_tokens(tmp_path: Path) -> None:
    student, ids, mask = begun("llama", tmp_path)
    looks = iter([None, None, None, InterruptedError])

    def stop() -> None:
        if (error := next(looks)) is not None:
            raise error

    with pytest.raises(InterruptedError):
        write_step_by_step(student.model, student.codec.special, ids, mask, 64, stop)


def test_an_opened_student_writes_step_by_step_in_batches_that_fit(
    tiny_causal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    student = TorchStudent.open(tiny_causal, Family.CAUSAL, threads=1, device="cpu")
    assert student.writes_as_quickly()
    sizes: list[int] = []

    def write(*told: object) -> torch.Tensor:
        sizes.append(len(told[2]))  # type: ignore[arg-type]
        return write_step_by_step(*told)  # type: ignore[arg-type]

    monkeypatch.setattr(step_by_step, "write_step_by_step", write)
    texts = student.generate(TEXTS, 8)
    room = 2 * (8 + len(student.codec.encode_input(TEXTS[-1], None)))
    student.writer.kept_bytes = room * bytes_a_token(student.model)
    assert sizes == [len(TEXTS)]
    assert student.generate(TEXTS, 8) == texts
    assert len(sizes) > 2, "in smaller batches"
