"""Greedy texts on a GPU: the step that writes a token is recorded once, and replayed.

A token of a small student is hundreds of short kernels, and to launch each of them from Python
takes longer than they do. As a CUDA graph they are launched together. The keys and values lie in
tensors of the final length, so that every step works on the same places. Once half of the texts
have ended the others are written without them.
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from scicot.adapters.students.codec import SpecialIds
from scicot.words.records import Family
from scicot.words.storage import says_no_memory

if TYPE_CHECKING:
    from torch import Tensor

RECORDED_FROM = 3  # tokens: one is written before anything is recorded, and one to prepare it
LOOK_EVERY = 16  # tokens between two looks at which texts have ended, and whether to stop
FEW = 32  # texts that are not worth another recording to be written without those that ended
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
_KINDS: set[tuple[str, ...]] = set()  # of models that do: weights make no difference
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

    `try_it` says whether a recorded step wrote what `generate` does; it is called once a model, and
    not for one of a kind that did.
    """
    if not can_replay(model):
        return False
    kind = _kind_of(model)
    if kind in _KINDS:
        _TRIED.setdefault(model, True)
    if model not in _TRIED:
        try:
            is_equal = try_it()
            if not is_equal:
                log.warning("A recorded step wrote another text than generate: it is not used.")
        # a model that does what our steps cannot hold, or that cannot be told of them
        except (RuntimeError, TypeError, ValueError) as error:
            if says_no_memory(error):
                raise
            log.warning("A step of this student cannot be recorded.", exc_info=True)
            is_equal = False
        _TRIED[model] = is_equal
        if is_equal:
            _KINDS.add(kind)
    return _TRIED[model]


def _kind_of(model: Any) -> tuple[str, ...]:
    """Return what decides how a model computes, beside its weights."""
    config = {name: told for name, told in model.config.to_dict().items() if name[0] != "_"}
    return type(model).__name__, str(model.device), json.dumps(config, sort_keys=True, default=str)


def write_greedily(
    model: Any,
    special: SpecialIds,
    ids: Tensor,
    mask: Tensor,
    limit: int,
    check: Callable[[], None] = lambda: None,
) -> Tensor:
    """Return the tokens `[rows, limit]` that follow each input, padded after their ends.

    `ids` and `mask` are `[rows, length]`; a causal student's inputs are padded on the left. On a
    processor, where nothing is recorded, it does the same step by step. `check` may raise to stop
    it; it is asked every LOOK_EVERY tokens.
    """
    import torch

    with torch.no_grad(), _without_fixed_order():
        writing = _Writing.begin(model, special, ids, mask, limit)
        texts, rows = writing.texts, torch.arange(len(ids), device=ids.device)
        writing.step()
        while not writing.is_done:
            write_on = _step_on
            if ids.device.type == "cuda" and limit - writing.written >= RECORDED_FROM - 1:
                write_on = _replay
            with _stream_of(ids):  # back to it if recording fails
                write_on(writing, check)
            if len(rows) != len(texts):
                texts[rows] = writing.texts
            if not writing.is_done:
                going = (~writing.ended).nonzero()[:, 0]
                writing.keep(going)
                rows = rows[going]
        return texts


def _stream_of(ids: Tensor) -> contextlib.AbstractContextManager[Any]:
    import torch

    if ids.device.type != "cuda":
        return contextlib.nullcontext()
    return torch.cuda.stream(torch.cuda.current_stream())


def _step_on(writing: _Writing, check: Callable[[], None]) -> None:
    """Write on step by step until it is done, or few enough are left to go on without the rest."""
    while not writing.is_done:
        check()
        for _ in range(min(LOOK_EVERY, writing.left)):
            writing.step()
        if writing.is_mostly_ended:
            return


def _replay(writing: _Writing, check: Callable[[], None]) -> None:
    """Write on by replaying a step, as far as `_step_on`."""
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
    while not writing.is_done:
        check()
        for _ in range(min(LOOK_EVERY, writing.left)):
            graph.replay()
            writing.written += 1
        if writing.is_mostly_ended:
            return


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
        given = {
            "past_key_values": own,
            "attention_mask": mask,
            "encoder_outputs": read,
            # some would make one as long as what is written, which a recording cannot
            "decoder_attention_mask": mask.new_ones(rows, limit + 1),
        }
        return cls(
            model, special, given, ids.new_full((rows, 1), special.first), place, ended, texts, None
        )

    @property
    def left(self) -> int:
        """The tokens that a text may still have."""
        return self.texts.shape[1] - self.written

    @property
    def is_done(self) -> bool:
        """Whether every text has ended, or has all the tokens that it may have."""
        return self.left == 0 or bool(self.ended.all())

    @property
    def is_mostly_ended(self) -> bool:
        """Whether it is worth it to go on with the texts that have not ended alone."""
        if len(self.texts) <= FEW or self.left <= LOOK_EVERY:
            return False
        return 2 * int(self.ended.sum()) >= len(self.texts)

    def keep(self, rows: Tensor) -> None:
        """Go on with some of the texts alone; `rows` are their places `[kept]`."""
        given = self.given
        self.token, self.ended, self.texts = (
            of[rows] for of in (self.token, self.ended, self.texts)
        )
        given["attention_mask"] = given["attention_mask"][rows]
        cache = given["past_key_values"]
        if self.positions is not None:
            self.positions = self.positions[rows]
        else:
            read = given["encoder_outputs"]
            read.last_hidden_state = read.last_hidden_state[rows]
            given["decoder_attention_mask"] = given["decoder_attention_mask"][rows]
        for layer in _layers(cache):
            layer.keys, layer.values = layer.keys[rows], layer.values[rows]

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


def _layers(cache: Any) -> list[Any]:
    """Return the layers that hold keys and values, those of both attentions."""
    if hasattr(cache, "self_attention_cache"):
        return [*cache.self_attention_cache.layers, *cache.cross_attention_cache.layers]
    return list(cache.layers)


def _all_places(mask: Tensor, limit: int) -> Tensor:
    """Return the mask of the inputs and of all that may be written."""
    import torch

    return torch.cat([mask, mask.new_ones(len(mask), limit)], dim=1)


@contextlib.contextmanager
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
