"""Greedy texts on a processor: a step reads a token of each text, and what may follow it.

transformers copies all keys and values at every token, or works on tensors of the final length,
half of which is empty. Here they lie in such tensors, and a token's attention is given views of
what is filled. What may follow is drafted from the text itself; a text is as many tokens further
as the student would have written so, and in any case one. A text that has ended leaves at once:
a step of fewer texts is sooner there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from scicot.adapters.students.asking.kept_inputs import KeptInputs
from scicot.adapters.students.asking.kept_texts import Batch, KeptTexts
from scicot.adapters.students.asking.ragged import Pass, RaggedLayer, RaggedTexts, ragged_attention
from scicot.adapters.students.codec import SpecialIds
from scicot.pure.students.prompt_lookup import PromptLookup, trim
from scicot.words.records import Family

if TYPE_CHECKING:
    from torch import Tensor

READ_AT_ONCE = 2048  # tokens of the inputs, as many as are read in a few seconds
# A step has a multiple of so many tokens: for every number of them oneDNN compiles its products
# anew, and keeps few (memory.py). As quick as 8 and 32; without it a tenth slower.
TOKENS_GRID = 16


def write_step_by_step(
    model: Any,
    special: SpecialIds,
    ids: Tensor,
    mask: Tensor,
    limit: int,
    check: Callable[[], None] = lambda: None,
    kept: KeptTexts | None = None,
    begun: Sequence[list[int]] = (),
    inputs: KeptInputs | None = None,
) -> Tensor:
    """Return the tokens `[rows, limit]` that a student writes after each input.

    They are padded after their ends. `ids` and `mask` are `[rows, length]`, an encoder's padded on
    the right. `begun` is what an encoder-decoder is taken to have written before, row by row.
    `check` may raise to stop it; it is asked at every step. What `kept` holds of a causal student's
    inputs is not read again, and it keeps what was written; so does `inputs` what an encoder reads.
    Raises RuntimeError where the student's attention is of another kind.
    """
    prompts = [row[known].tolist() for row, known in zip(ids, mask.bool(), strict=True)]
    with torch.no_grad():
        if special.family is Family.CAUSAL:
            texts = [_Text.after([], prompt, limit, special) for prompt in prompts]
            beside = _begin(model, texts)
            if kept:
                size = len(texts) * beside.layers[0].room * bytes_a_token(model)
                known = kept.begin(prompts, beside.layers, size)
                for text, count in zip(texts, known, strict=True):
                    text.read = count
        else:
            texts = [
                _Text.after(prompt, [special.first, *written], limit, special)
                for prompt, written in zip(prompts, begun or [[]] * len(prompts), strict=True)
            ]
            beside = _begin(model, texts, _encode(model, ids, mask, inputs, check), mask)
        with ragged_attention(model):
            order = _write(model, texts, beside, check)
    if kept:
        lying = [texts[place] for place in order]
        kept.keep(Batch(beside.layers, [text.tokens[: text.read] for text in lying]))
    written = [text.tokens[text.given :] for text in texts]
    padded = [row + [special.pad] * (limit - len(row)) for row in written]
    return torch.tensor(padded).reshape(len(prompts), limit)


def _begin(model: Any, texts: Sequence[_Text], *read: Any) -> RaggedTexts:
    """Return texts of which nothing lies in memory yet, and what was `read` for them."""
    room = max(text.given + text.limit for text in texts)
    layers = [RaggedLayer(len(texts), room) for _ in range(count_layers(model))]
    return RaggedTexts(layers, *read)


def _encode(
    model: Any, ids: Tensor, mask: Tensor, inputs: KeptInputs | None, check: Callable[[], None]
) -> Any:
    """Return what the encoder makes of inputs padded on the right, near lengths together."""
    from transformers.modeling_outputs import BaseModelOutput

    lengths = mask.sum(dim=1)
    prompts = [row[:length] for row, length in zip(ids.tolist(), lengths.tolist(), strict=True)]
    encoder, states = model.get_encoder(), inputs.find(prompts) if inputs else None
    if states is not None:
        return BaseModelOutput(last_hidden_state=states)
    at_once = max(1, READ_AT_ONCE // ids.shape[1])
    order = lengths.argsort()
    for first in range(0, len(order), at_once):
        some = order[first : first + at_once]
        check()
        longest = int(lengths[some].max())
        seen = mask[some, :longest]
        read = encoder(input_ids=ids[some, :longest], attention_mask=seen).last_hidden_state
        if states is None:
            states = read.new_zeros(*ids.shape, read.shape[-1])
        states[some, :longest] = read
        if inputs is not None:
            for row, made in zip(some.tolist(), read, strict=True):
                inputs.keep(prompts[row], made)
    return BaseModelOutput(last_hidden_state=states)


@dataclass(slots=True)
class _Text:
    """A text: after its first `before` tokens the decoder's, of which `given` are the prompt.

    The first `read` of the decoder's lie in memory; `limit` may be written.
    """

    lookup: PromptLookup
    before: int
    given: int
    limit: int
    special: SpecialIds
    read: int = 0

    @classmethod
    def after(cls, before: list[int], own: list[int], limit: int, special: SpecialIds) -> _Text:
        """Return the text that begins with a decoder's own tokens, of up to `limit` more."""
        return cls(PromptLookup(before + own), len(before), len(own), limit, special)

    @property
    def tokens(self) -> list[int]:
        return self.lookup.tokens[self.before :]

    @property
    def count(self) -> int:
        """How many tokens of the decoder's there are."""
        return len(self.lookup.tokens) - self.before

    @property
    def unread(self) -> int:
        """How many tokens lie before the last one, which says what follows, and are not read."""
        return self.count - 1 - self.read

    @property
    def left(self) -> int:
        """How many tokens may still be written."""
        has_ended = self.count > self.given and self.lookup.tokens[-1] == self.special.eos
        return 0 if has_ended else self.given + self.limit - self.count

    def draft(self) -> list[int]:
        """Return the last token and, drafted, what may follow it."""
        return [self.lookup.tokens[-1], *self.lookup.draft(self.left - 1)]

    def accept(self, asked: Sequence[int], said: Sequence[int]) -> None:
        """Take what was said after each of `asked`, as long as that is what was drafted."""
        self.lookup.take(asked[1:], said, self.special.eos)
        self.read = self.count - 1


def _write(
    model: Any,
    texts: Sequence[_Text],
    beside: RaggedTexts,
    check: Callable[[], None],
) -> list[int]:
    """Write all texts to their ends; return whose keys and values lie at each place."""
    at_once = max(1, READ_AT_ONCE // len(texts))
    while any(text.unread for text in texts):
        check()
        counts = [min(text.unread, at_once) for text in texts]
        ids = [
            token
            for text, count in zip(texts, counts, strict=True)
            for token in text.tokens[text.read : text.read + count]
        ]
        # without the head: nobody asks what is said of an input's first tokens
        beside.read(model.base_model, ids, Pass.after([text.read for text in texts], counts))
        for text, count in zip(texts, counts, strict=True):
            text.read += count
    order = list(range(len(texts)))
    going = list(texts)
    while True:
        close = _close_ranks([text.left > 0 for text in going])
        if not close:
            return order
        swapped = [(to, other) for to, other in enumerate(close) if to != other]
        beside.swap(swapped)
        for to, other in swapped:
            order[to], order[other] = order[other], order[to]
        going = [going[place] for place in close]
        check()
        asked = [text.draft() for text in going]
        trim(asked, TOKENS_GRID)
        now = Pass.after([text.read for text in going], [len(tokens) for tokens in asked])
        logits = beside.read(model, [token for tokens in asked for token in tokens], now)
        said = logits.logits[0].argmax(dim=-1).tolist()
        for text, tokens in zip(going, asked, strict=True):
            text.accept(tokens, said[: len(tokens)])
            del said[: len(tokens)]


def count_layers(model: Any) -> int:
    """Return how many layers a causal model, or a decoder, has."""
    config = model.config.get_text_config(decoder=True)
    return int(getattr(config, "num_decoder_layers", None) or config.num_hidden_layers)


def bytes_a_token(model: Any) -> int:
    """Return what a model's keys and values of one token take in memory."""
    config = model.config.get_text_config(decoder=True)
    heads = config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // heads
    kept = getattr(config, "num_key_value_heads", None) or heads
    bytes_a_number = next(model.parameters()).element_size()
    return int(2 * count_layers(model) * kept * size * bytes_a_number)


def _close_ranks(goes_on: Sequence[bool]) -> list[int]:
    """Return the places of those that go on, the last ones put where others have ended.

    As few as possible move: each takes its keys and values along.
    """
    count = sum(goes_on)
    late = iter([place for place in range(count, len(goes_on)) if goes_on[place]])
    return [place if goes_on[place] else next(late) for place in range(count)]
