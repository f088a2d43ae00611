"""Texts of unlike lengths in one pass: each token looks at its own text and at no other."""

from __future__ import annotations

from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from scicot.adapters.students.asking.ragged import (
    Pass,
    RaggedLayer,
    RaggedTexts,
    attend,
    ragged_attention,
)
from scicot.adapters.students.loading import load_model
from scicot.words.records import Family
from tests.tiny_families import FAMILIES

LENGTHS = st.lists(st.integers(1, 6), min_size=1, max_size=4)


def filled(read: list[int], counts: list[int], heads: int) -> tuple[RaggedLayer, Pass]:
    """Return a layer that holds what was read of each text, and the pass after it."""
    layer = RaggedLayer(len(counts), 16)
    if any(read):
        layer.now = Pass.after([0] * len(read), read)
        states = torch.randn(1, heads, sum(read), 4)
        layer.update(states, -states)
    layer.now = Pass.after(read, counts)
    return layer, layer.now


@given(read=LENGTHS, groups=st.sampled_from([1, 3]), chance=st.randoms(use_true_random=False))
def test_a_token_sees_its_text_up_to_itself(read: list[int], groups: int, chance: Random) -> None:
    counts = [chance.randint(1, 4) for _ in read]
    layer, now = filled(read, counts, heads=2)
    fresh, query = torch.randn(1, 2, sum(counts), 4), torch.randn(1, 2 * groups, sum(counts), 4)
    keys, values = layer.update(fresh, fresh * 2)
    said, _ = attend(SimpleNamespace(), query, keys, values, None, ragged=now)
    token = 0
    for row, (before, count) in enumerate(zip(read, counts, strict=True)):
        for more in range(count):
            seen = before + more + 1
            own = keys[row, :, :seen].repeat_interleave(groups, dim=0)
            values_of = values[row, :, :seen].repeat_interleave(groups, dim=0)
            weights = (own @ query[0, :, token, :, None] / 2).softmax(dim=1)
            expected = (weights * values_of).sum(dim=1)
            torch.testing.assert_close(said[0, token], expected)
            token += 1


def test_keys_are_put_down_where_each_text_ends_and_nothing_is_copied() -> None:
    layer, now = filled([3, 1], [1, 2], heads=1)
    keys, _ = layer.update(torch.full((1, 1, 3, 4), 9.0), torch.zeros(1, 1, 3, 4))
    assert keys.data_ptr() == layer.keys.data_ptr()
    assert keys.shape == (2, 1, 4, 4)
    assert (keys[:, 0, :, 0] == 9).tolist() == [[False] * 3 + [True], [False, True, True, False]]
    assert (keys[1, 0, 3] == 0).all(), "what no token has reached is empty"
    assert (now.longest, layer.get_seq_length()) == (4, 3)


def test_two_texts_change_places() -> None:
    layer, _ = filled([2, 2, 2], [1, 1, 1], heads=1)
    keys, values = layer.keys.clone(), layer.values.clone()
    layer.swap([(0, 2)])
    for now, before in ((layer.keys, keys), (layer.values, values)):
        assert torch.equal(now[:, :, :2], before[[2, 1, 0], :, :2])


def test_an_attention_that_wants_more_is_not_taken_for_ours() -> None:
    states, now = torch.randn(1, 1, 2, 4), Pass.after([0], [2])
    with pytest.raises(RuntimeError, match="wants more"):
        attend(SimpleNamespace(), states, states, states, None)
    with pytest.raises(RuntimeError, match="wants more"):
        attend(SimpleNamespace(), states, states, states, None, ragged=now, softcap=30.0)


def test_a_model_looks_as_before_afterwards_and_one_that_never_does_is_noticed(
    tmp_path: Path,
) -> None:
    model = load_model(FAMILIES["llama"](tmp_path), Family.CAUSAL).eval()
    before = model.config._attn_implementation
    layers = [RaggedLayer(1, 8) for _ in range(model.config.num_hidden_layers)]
    with torch.no_grad(), ragged_attention(model):
        RaggedTexts(layers).read(model, [1, 2], Pass.after([0], [2]))
    assert model.config._attn_implementation == before
    fresh = [RaggedLayer(1, 8) for _ in layers]
    with torch.no_grad(), pytest.raises(RuntimeError, match="beside each other"):
        RaggedTexts(fresh).read(model, [1], Pass.after([0], [1]))
