"""Greedy texts on a GPU: the step that writes a token is recorded once, and replayed.

A token of a small student is hundreds of short kernels, and to launch each of them from Python
takes longer than they do. As a CUDA graph they are launched together. The keys and values lie in
tensors of the final length, so that every step works on the same places.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from scicot.adapters.students.codec import SpecialIds
from scicot.words.records import Family
from scicot.words.storage import says_no_memory

if TYPE_CHECKING:
    from torch import Tensor

RECORDED_FROM = 3  # tokens: one is written before anything is recorded, and one to prepare it
LOOK_EVERY = 16  # tokens between two looks at whether every text has ended
# What transformers' `generate` would do beside taking the likeliest token, and what leaves it out.
EXTRAS: dict[str, tuple[Any, ...]] = {
    "repetition_penalty": (None, 1.0),
    "encoder_repetition_penalty": (None, 1.0),
    "no_repeat_ngram_size": (None, 0),
    "encoder_no_repeat_ngram_size": (None, 0),
    "bad_words_ids": (None,),
    "sequence_bias": (None,),
    "min_length": (None, 0),
    "min_new_tokens": (None, 0),
    "forced_bos_token_id": (None,),
    "forced_eos_token_id": (None,),
    "suppress_tokens": (None,),
    "begin_suppress_tokens": (None,),
}
_TRIED: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()  # models, and whether they replay well
log = logging.getLogger(__name__)


def can_replay(model: Any) -> bool:
    """Return whether a model works on tensors of fixed places, and takes the likeliest token.

    A sliding window's cache counts its tokens in Python, where a recording cannot go on counting;
    other layers keep no keys and values at all.
    """
    from transformers import StaticCache

    plain = all(
        getattr(model.generation_config, name, None) in left_out
        for name, left_out in EXTRAS.items()
    )
    if not (plain and getattr(model, "_can_compile_fullgraph", False)):
        return False
    cache = StaticCache(config=model.config.get_text_config(decoder=True), max_cache_len=1)
    return not any((*cache.is_sliding, *cache.is_linear))


def replays(model: Any, try_it: Callable[[], bool]) -> bool:
    """Return whether a model's steps are to be recorded: as it turned out, or by trying it now.

    `try_it` says whether a recorded step wrote what `generate` does; it is called once a model.
    """
    if not can_replay(model):
        return False
    if model not in _TRIED:
        try:
            is_equal = try_it()
            if not is_equal:
                log.warning("A recorded step wrote another text than generate: it is not used.")
        except RuntimeError as error:  # a model that does what a recording cannot hold
            if says_no_memory(error):
                raise
            log.warning("A step of this student cannot be recorded.", exc_info=True)
            is_equal = False
        _TRIED[model] = is_equal
    return _TRIED[model]


def write_greedily(
    model: Any, special: SpecialIds, ids: Tensor, mask: Tensor, limit: int
) -> Tensor:
    """Return the tokens `[rows, limit]` that follow each input, padded after their ends.

    `ids` and `mask` are `[rows, length]`; a causal student's inputs are padded on the left. On a
    processor, where nothing is recorded, it does the same step by step.
    """
    import torch

    with torch.no_grad(), _without_fixed_order():
        writing = _Writing.begin(model, special, ids, mask, limit)
        writing.step()
        if ids.device.type == "cuda" and limit >= RECORDED_FROM:
            with torch.cuda.stream(torch.cuda.current_stream()):  # back to it if recording fails
                return _replay(writing)
        while writing.written < limit and not writing.has_ended:
            writing.step()
        return writing.texts


def _replay(writing: _Writing) -> Tensor:
    """Write the rest by replaying a step."""
    import torch

    aside = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    aside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(aside):  # what a library prepares at first use must not be recorded
        writing.step()
    torch.cuda.current_stream().wait_stream(aside)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        writing.step()
    writing.written -= 1  # recorded, not done
    limit = writing.texts.shape[1]
    while writing.written < limit and not writing.has_ended:
        for _ in range(min(LOOK_EVERY, limit - writing.written)):
            graph.replay()
            writing.written += 1
    return writing.texts


@dataclass
class _Writing:
    """Texts being written; a step reads and changes these tensors where they lie."""

    model: Any
    special: SpecialIds
    given: dict[str, Any]  # what the model is given at every step
    token: Tensor  # [rows, 1]: the last ones written
    place: Tensor  # [1]: where the next ones are put down
    ended: Tensor  # [rows]
    texts: Tensor  # [rows, limit]
    positions: Tensor | None  # [rows, 1] of the last tokens, for a causal student
    written: int = 0

    @classmethod
    def begin(
        cls, model: Any, special: SpecialIds, ids: Tensor, mask: Tensor, limit: int
    ) -> _Writing:
        """Read the inputs, all but what the first step does."""
        import torch
        from transformers import DynamicCache, EncoderDecoderCache, StaticCache

        rows, length = ids.shape
        texts = ids.new_full((rows, limit), special.pad)
        place, ended = ids.new_zeros(1), torch.zeros_like(ids[:, 0], dtype=torch.bool)
        config = model.config.get_text_config(decoder=True)
        if special.family is Family.CAUSAL:
            own: Any = StaticCache(config=config, max_cache_len=length + limit)
            given = {"past_key_values": own, "attention_mask": _all_places(mask, limit)}
            positions = (mask.cumsum(dim=1) - 1).clamp(min=0)
            if length > 1:
                model.base_model(  # without the head: nobody asks what it says of an input
                    input_ids=ids[:, :-1], position_ids=positions[:, :-1], use_cache=True, **given
                )
            last = positions[:, -1:].clone()
            return cls(model, special, given, ids[:, -1:].clone(), place, ended, texts, last)
        own = EncoderDecoderCache(
            StaticCache(config=config, max_cache_len=limit + 1), DynamicCache(config=config)
        )
        read = model.get_encoder()(input_ids=ids, attention_mask=mask)
        given = {"past_key_values": own, "attention_mask": mask, "encoder_outputs": read}
        start = special.pad if special.start is None else special.start
        return cls(model, special, given, ids.new_full((rows, 1), start), place, ended, texts, None)

    @property
    def has_ended(self) -> bool:
        """Whether every text has."""
        return bool(self.ended.all())

    def step(self) -> None:
        """Write a token of each text."""
        if self.positions is None:
            logits = self.model(decoder_input_ids=self.token, use_cache=True, **self.given).logits
        else:
            logits = self.model(
                input_ids=self.token, position_ids=self.positions, use_cache=True, **self.given
            ).logits
            self.positions.add_(1)
        likeliest = logits[:, -1].argmax(dim=-1)
        likeliest = likeliest.masked_fill(self.ended, self.special.pad)
        self.texts.index_copy_(1, self.place, likeliest[:, None])
        self.ended.logical_or_(likeliest == self.special.eos)
        self.token.copy_(likeliest[:, None])
        self.place.add_(1)
        self.written += 1


def _all_places(mask: Tensor, limit: int) -> Tensor:
    """Return the mask of the inputs and of all that may be written."""
    import torch

    return torch.cat([mask, mask.new_ones(len(mask), limit)], dim=1)


@contextmanager
def _without_fixed_order() -> Iterator[None]:
    """Let torch write to places in any order: no two are written to one place here."""
    import torch

    was, warned = (
        torch.are_deterministic_algorithms_enabled(),
        torch.is_deterministic_algorithms_warn_only_enabled(),
    )
    torch.use_deterministic_algorithms(False)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(was, warn_only=warned)
