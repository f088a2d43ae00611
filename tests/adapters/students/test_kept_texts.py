"""What a student wrote is not read again, and what it then says is what it says without that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from scicot.adapters.students.asking.kept_texts import Batch, KeptTexts
from scicot.adapters.students.asking.packed import pack_for_good
from scicot.adapters.students.asking.ragged import Pass, RaggedLayer
from scicot.adapters.students.asking.torch_student import TorchStudent
from scicot.adapters.students.codec import Codec
from scicot.adapters.students.folders import inspect_folder
from scicot.adapters.students.loading import load_model
from scicot.words.records import Family
from tests.tiny_families import FAMILIES

CAUSAL = ["smollm2", "llama", "gpt2", "pythia", "qwen2", "qwen3", "opt"]
INPUTS = [word * times for word in ("Why? ", "ice ", "How? ", "plants ") for times in (1, 3, 9)]
OPTIONS = [["iron", "the roots of it", f"moon {number}"] for number in range(len(INPUTS))]
MUCH = 10**9  # bytes


def opened(name: str, folder: Path) -> TorchStudent:
    """Return a student whose texts differ."""
    assert inspect_folder(name, folder).family is Family.CAUSAL
    model = load_model(folder, Family.CAUSAL).eval()
    with torch.no_grad():
        for weights in model.parameters():
            weights.mul_(6 if weights.dim() > 1 else 1)
    pack_for_good(model)
    return TorchStudent(model, Codec.open(folder, Family.CAUSAL), kept_bytes=MUCH)


@contextmanager
def counted(student: TorchStudent) -> Iterator[list[int]]:
    """Yield a list of how many tokens each pass has read, padding too."""
    seen: list[int] = []

    def note(_: Any, given: tuple[torch.Tensor]) -> None:
        seen.append(given[0].numel())

    hook = student.model.get_input_embeddings().register_forward_pre_hook(note)
    yield seen
    hook.remove()


@pytest.mark.parametrize("name", CAUSAL)
def test_what_was_written_is_gone_on_with_and_scored_after(name: str, tmp_path: Path) -> None:
    folder = FAMILIES[name](tmp_path)
    student, fresh = opened(name, folder), opened(name, folder)
    written = student.generate(INPUTS, 12)
    assert len(set(written)) > 1
    begun = [f"{text} so it is" for text in written[::2]]
    with counted(student) as here, counted(fresh) as there:
        on = student.generate(INPUTS[::2], 8, given=begun)
        assert on == fresh.generate(INPUTS[::2], 8, given=begun)
    assert sum(here) < sum(there)
    fresh = opened(name, folder)
    with counted(student) as here, counted(fresh) as there:
        scored = [
            one.score_both(INPUTS, OPTIONS, given=written, has_end=False)
            for one in (student, fresh)
        ]
    assert sum(here) < sum(there)
    for row, other in zip(*scored, strict=True):
        for option, expected in zip(row, other, strict=True):
            assert option.total == pytest.approx(expected.total, abs=1e-3)
            assert option.first == pytest.approx(expected.first, abs=1e-3)


def test_other_texts_take_the_place_of_what_is_kept(tmp_path: Path) -> None:
    folder = FAMILIES["smollm2"](tmp_path)
    student, fresh = opened("smollm2", folder), opened("smollm2", folder)
    student.generate(INPUTS, 12)
    assert student.generate(INPUTS, 12) == fresh.generate(INPUTS, 12)
    with counted(student) as again, counted(fresh) as first:
        student.generate(INPUTS, 12)
        fresh.generate(INPUTS, 12)
    assert again == first, "equal work each time, so equal bits"


def batch_of(rows: Sequence[Sequence[int]]) -> Batch:
    """Return a batch of one layer in which a token's key is the token."""
    layer = RaggedLayer(len(rows), max(map(len, rows)))
    layer.now = Pass.after([0] * len(rows), [len(row) for row in rows])
    keys = torch.tensor([float(token) for row in rows for token in row])[None, None, :, None]
    layer.update(keys, -keys)
    return Batch([layer], [list(row) for row in rows])


TOKENS = st.lists(st.integers(0, 2), min_size=1, max_size=6)


@given(
    kept=st.lists(TOKENS, min_size=1, max_size=6), asked=st.lists(TOKENS, min_size=1, max_size=5)
)
def test_the_longest_beginning_is_found_and_copied(
    kept: list[list[int]], asked: list[list[int]]
) -> None:
    texts = KeptTexts(MUCH)
    half = len(kept) // 2
    for rows in (kept[:half], kept[half:]):
        if rows:
            texts.keep(batch_of(rows))

    def alike(tokens: list[int], row: list[int]) -> int:
        return next(
            (
                place
                for place, token in enumerate(tokens[:-1])
                if place >= len(row) or row[place] != token
            ),
            len(tokens) - 1,
        )

    found = [texts.find(tokens) for tokens in asked]
    for tokens, one in zip(asked, found, strict=True):
        assert one.count == max(alike(tokens, row) for row in kept)
    layer = RaggedLayer(len(asked), 9)
    counts = texts.begin(asked, [layer], 0)
    assert counts == [one.count for one in found]
    for row, (tokens, count) in enumerate(zip(asked, counts, strict=True)):
        if max(counts):
            empty = [0] * (max(counts) - count)
            assert layer.keys[row, 0, : max(counts), 0].tolist() == tokens[:count] + empty
    if any(one.count for one in found):
        keys, values = texts.gather(found, [one.count for one in found])
        for row, (tokens, one) in enumerate(zip(asked, found, strict=True)):
            padding = [0] * (keys.shape[2] - one.count)
            assert keys[row, 0, :, 0].tolist() == tokens[: one.count] + padding
            assert torch.equal(values[row], -keys[row])


def test_the_oldest_goes_where_there_is_no_room() -> None:
    first, second = batch_of([[1, 2, 3]]), batch_of([[4, 5, 6]])
    texts = KeptTexts(first.bytes)
    texts.keep(first)
    assert texts.find([1, 2, 3, 4]).count == 3
    assert texts.saves([1, 2, 3, 4])
    assert not texts.saves([1, 2, 0, 0])
    texts.keep(second)
    assert texts.find([1, 2, 3, 4]).count == 0
    assert texts.find([4, 5, 6]).count == 2, "the last token is read: it says what follows"
    texts.keep(batch_of([[7, 8, 9], [1, 1, 1]]))
    assert texts.find([7, 8, 9]).count == 0, "too large by itself"
    layer = RaggedLayer(1, 9)
    assert texts.begin([[4, 5, 6, 7]], [layer], second.bytes) == [3], "what goes is taken first"
    assert texts.find([4, 5, 6, 7]).count == 0, "and is gone before the others are written"
