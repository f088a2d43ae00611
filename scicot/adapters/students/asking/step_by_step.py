"""Greedy texts on a processor, token by token: only what is written so far is looked at.

transformers copies all keys and values at every token, or works on tensors of the final length,
half of which is empty. Here they lie in such tensors, and a token's attention is given views of
what is filled. A text that has ended leaves at once: a token of fewer texts is sooner there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import torch
from transformers import Cache

from scicot.adapters.students.asking.kept_texts import Batch, FilledLayer, KeptTexts
from scicot.adapters.students.asking.replay import LOOK_EVERY
from scicot.adapters.students.codec import SpecialIds

if TYPE_CHECKING:
    from torch import Tensor

READ_AT_ONCE = 2048  # padded tokens of the inputs, as many as are read in a few seconds


def write_step_by_step(
    model: Any,
    special: SpecialIds,
    ids: Tensor,
    mask: Tensor,
    limit: int,
    check: Callable[[], None] = lambda: None,
    kept: KeptTexts | None = None,
) -> Tensor:
    """Return the tokens `[rows, limit]` that a causal student writes after each input.

    They are padded after their ends. `ids` and `mask` are `[rows, length]`, padded on the left.
    `check` may raise to stop it; it is asked every LOOK_EVERY tokens. What `kept` holds of the
    inputs is not read again, and it keeps what was written.
    """
    count, length = ids.shape
    texts = ids.new_full((count, limit), special.pad)
    order = list(range(count))  # whose text lies at each place
    rows = torch.arange(count)
    number = model.config.get_text_config(decoder=True).num_hidden_layers
    layers = [FilledLayer(length + limit) for _ in range(number)]
    prompts = [row[known].tolist() for row, known in zip(ids, mask.bool(), strict=True)]
    size = count * (length + limit) * bytes_a_token(model)
    filled = kept.begin(prompts, layers, size) if kept else 0
    cache = Cache(layers=layers)
    mask = torch.cat([mask, mask.new_ones(count, limit)], dim=1)
    positions = (mask.cumsum(dim=1) - 1).clamp(min=0)
    with torch.no_grad():
        # without the head, and the last token: nobody asks what is said of the others
        step = max(1, READ_AT_ONCE // count)
        for first in range(filled, length - 1, step):
            check()
            last = min(first + step, length - 1)
            model.base_model(
                input_ids=ids[:, first:last],
                position_ids=positions[:, first:last],
                attention_mask=mask[:, :last],
                past_key_values=cache,
                use_cache=True,
            )
        token = ids[:, -1:]
        for place in range(limit):
            if place % LOOK_EVERY == 0:
                check()
            last = length + place
            logits = model(
                input_ids=token,
                position_ids=positions[:, last - 1 : last],
                attention_mask=mask[:, :last],
                past_key_values=cache,
                use_cache=True,
            ).logits
            likeliest = logits[:, -1].argmax(dim=-1)
            texts[rows, place] = likeliest
            goes_on = likeliest != special.eos
            if not goes_on.all():
                going = _close_ranks(goes_on.tolist())
                if not going:
                    break
                swapped = [(to, other) for to, other in enumerate(going) if to != other]
                for layer in layers:
                    layer.go_on_with(len(going), swapped)
                for to, other in swapped:
                    order[to], order[other] = order[other], order[to]
                rows, mask, positions = rows[going], mask[going], positions[going]
                likeliest = likeliest[going]
            token = likeliest[:, None]
    if kept:
        kept.keep(_kept_of(layers, prompts, texts, special, order))
    return texts


def _kept_of(
    layers: Sequence[FilledLayer],
    prompts: Sequence[list[int]],
    texts: Tensor,
    special: SpecialIds,
    order: Sequence[int],
) -> Batch:
    """Return what lies in memory of each text: all but its last token, which nobody read."""
    length, limit = max(map(len, prompts)), texts.shape[1]
    tokens = []
    for text in order:
        written = texts[text].tolist()
        end = written.index(special.eos) if special.eos in written else limit - 1
        tokens.append(prompts[text] + written[:end])
    return Batch(layers, tokens, [length - len(prompts[text]) for text in order])


def bytes_a_token(model: Any) -> int:
    """Return what a causal model's keys and values of one token take in memory."""
    config = model.config.get_text_config(decoder=True)
    heads = config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // heads
    kept = getattr(config, "num_key_value_heads", None) or heads
    bytes_a_number = next(model.parameters()).element_size()
    return int(2 * config.num_hidden_layers * kept * size * bytes_a_number)


def _close_ranks(goes_on: Sequence[bool]) -> list[int]:
    """Return the places of those that go on, the last ones put where others have ended.

    As few as possible move: each takes its keys and values along.
    """
    count = sum(goes_on)
    late = iter([place for place in range(count, len(goes_on)) if goes_on[place]])
    return [place if goes_on[place] else next(late) for place in range(count)]
