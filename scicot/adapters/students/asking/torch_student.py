"""A student asked through torch: option scores, and texts where CTranslate2 cannot help."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from scicot.adapters.students.asking.asked import Asked
from scicot.adapters.students.asking.packed import (
    can_pack,
    is_packed,
    pack_for_good,
    still_works,
)
from scicot.adapters.students.asking.replay import (
    RECORDED_FROM,
    can_replay,
    replays,
    write_greedily,
)
from scicot.adapters.students.asking.scoring import OptionScore, score_options
from scicot.adapters.students.codec import Codec, encode_options
from scicot.adapters.students.loading import device_of, load_model, place_model
from scicot.adapters.students.loss import padded
from scicot.adapters.students.machine import choose_threads
from scicot.words.records import Family
from scicot.words.storage import says_no_memory

if TYPE_CHECKING:
    from torch import Tensor

    from scicot.adapters.students.asking.kept_inputs import KeptInputs
    from scicot.adapters.students.asking.kept_texts import KeptTexts

# Tokens of a batch ordered by length. On a processor more would only be padding to transformers; a
# GPU writes a token of many texts in the time of one, and holds 6 GB of SmolLM2-135M's keys and
# values for it.
TOKENS_AT_ONCE = {"cpu": 1024, "cuda": 131072}
# Bytes of the keys and values of a batch that is written step by step on a processor: 78 texts of
# 330 tokens of SmolLM2-135M. With fewer a token of each takes longer, with more hardly less.
KEPT_BYTES = 1_200_000_000
LITTLE_KEPT = 150_000_000  # the same where there is little room
# Times as many bytes of texts that were written stay in memory for what is asked next: a batch, and
# those of its texts that were cut and gone on with.
KEPT_AFTER = 1.5
TRIED = 32  # tokens at most that our own steps must write as `generate` does
ASKED = ("Why?", "How does a leaf make food?")  # of unlike lengths, as texts beside each other are
log = logging.getLogger(__name__)


class TorchStudent:
    """A saved student opened with transformers; the same interface as FastStudent."""

    def __init__(
        self,
        model: Any,
        codec: Codec,
        check: Callable[[], None] = lambda: None,
        *,
        kept_bytes: int = KEPT_BYTES,
    ) -> None:
        self.model = model
        self.codec = codec
        self.check = check
        self.kept_bytes = kept_bytes
        self.family = codec.special.family
        self._kept: KeptTexts | None = None
        self._inputs: KeptInputs | None = None
        self._lock = Lock()  # What if asks one student from many sessions

    @classmethod
    def open(
        cls,
        folder: Path,
        family: Family,
        *,
        threads: int | None = None,
        device: str = "auto",
        check: Callable[[], None] = lambda: None,
        kept_bytes: int = KEPT_BYTES,
    ) -> TorchStudent:
        """Return the student of a folder that save_pretrained wrote.

        It can answer and no longer learn: on a processor its weights are packed for products.
        `check` may raise to stop it, also while it writes a batch.
        """
        import torch

        torch.set_num_threads(choose_threads(threads))
        codec = Codec.open(folder, family)
        model = place_model(load_model(folder, family), device).eval()
        if pack_for_good(model) and not still_works(model, codec.special):
            log.warning("This student looks at its weights by itself: they are not packed.")
            model = place_model(load_model(folder, family), device).eval()
        return cls(model, codec, check, kept_bytes=kept_bytes)

    def writes_as_quickly(self) -> bool:
        """Return whether a batch of texts is written at least as quickly as by CTranslate2.

        On a processor with packed weights, by a student of a kind whose steps are ours.
        """
        if device_of(self.model).type != "cpu" or not is_packed(self.model):
            return False
        prompts = [self.codec.encode_input(text, None) for text in ASKED]
        left = self.family is Family.CAUSAL
        ids, mask = _pad(prompts, self.codec.special.pad, "cpu", left=left)
        with self._lock:
            return self._steps(ids, mask, TRIED)

    def generate(
        self,
        inputs: Sequence[str],
        max_new_tokens: int,
        *,
        max_input_tokens: int | None = None,
        given: Sequence[str] | None = None,
    ) -> list[str]:
        """Return the greedy output of each input, in order.

        `given` is an output's beginning that is taken as written and not returned. A GPU without
        room for a batch is given its halves. Where the steps are ours, what was read and written
        last stays in memory, and what is then asked with `given`, or scored, goes on from there.
        """
        begun = self.codec.encode_beginnings(given, len(inputs))
        longest = max(map(len, begun), default=0)
        limit, most = self.codec.fit_limits(max_input_tokens, longest + max_new_tokens)
        prompts = [self.codec.encode_input(text, limit) for text in inputs]
        with self._lock:
            if given is None:
                self._forget()
            if self.family is Family.CAUSAL:
                prompts = [prompt + written for prompt, written in zip(prompts, begun, strict=True)]
                begun = [[]] * len(inputs)
            return self._write_all(prompts, begun, most - longest)

    def _write_all(
        self, prompts: Sequence[list[int]], begun: Sequence[list[int]], max_new_tokens: int
    ) -> list[str]:
        import torch

        codec, texts = self.codec, [""] * len(prompts)
        device = device_of(self.model)
        known, written_on = self._known(prompts), max(map(len, begun), default=0)
        others = [place for place in range(len(prompts)) if place not in known]
        left = deque(
            batch
            for places in (sorted(known), others)
            for batch in _batches(prompts, places, written_on + max_new_tokens, self._room())
        )
        while left:
            indices = left.popleft()
            rows = [prompts[index] for index in indices]
            # A causal model goes on from the last token, so padding stands before the text.
            ids, mask = _pad(rows, codec.special.pad, device, left=self.family is Family.CAUSAL)
            written = None
            try:
                after = [begun[index] for index in indices]
                written = self._write(ids, mask, after, max_new_tokens)
            except RuntimeError as error:
                if len(indices) == 1 or not says_no_memory(error):
                    raise
            if written is None:
                torch.cuda.empty_cache()
                half = len(indices) // 2
                left.extendleft((indices[half:], indices[:half]))
                continue
            for index, row in zip(indices, written.tolist(), strict=True):
                texts[index] = codec.decode(row)
        return texts

    def _write(self, ids: Tensor, mask: Tensor, begun: Sequence[list[int]], limit: int) -> Tensor:
        """Return the tokens that follow each input, `[rows, limit]` at most.

        What is begun is the beginning of what an encoder-decoder writes, and is not returned.
        """
        steps = self._steps(ids, mask, limit)
        if steps and not (any(begun) and ids.device.type == "cuda"):
            return self._step(ids, mask, limit, begun, self.check, self._kept, self._inputs)
        if not any(begun):
            return self._generate(ids, mask, limit)
        # beginnings of unlike lengths do not stand beside each other in every decoder
        special, rows = self.codec.special, []
        for row, written in enumerate(begun):
            ahead = padded([[special.first, *written]], special.pad, ids.device)
            whole = self._generate(ids[[row]], mask[[row]], limit, decoder_input_ids=ahead)
            rows.append(whole[0, len(written) :].tolist())
        return padded(rows, special.pad, ids.device)

    def _forget(self) -> None:
        """Let go of the texts in memory: those to come are others, and are to be kept."""
        self._kept = self._inputs = None
        if device_of(self.model).type != "cpu" or not self._has_steps:
            return
        if self.family is Family.CAUSAL:
            from scicot.adapters.students.asking.kept_texts import KeptTexts

            self._kept = KeptTexts(int(KEPT_AFTER * self.kept_bytes))
        else:
            from scicot.adapters.students.asking.kept_inputs import KeptInputs

            self._inputs = KeptInputs()

    def _known(self, prompts: Sequence[list[int]]) -> set[int]:
        """Return the places of prompts whose keys and values are in memory but for their ends."""
        kept = self._kept
        if kept is None:
            return set()
        return {place for place, prompt in enumerate(prompts) if kept.saves(prompt)}

    def _steps(self, ids: Tensor, mask: Tensor, limit: int) -> bool:
        """Return whether texts are written by our own steps, as a first one was to see."""
        if limit < RECORDED_FROM or not self._has_steps:
            return False
        return replays(self.model, lambda: self._agrees(ids[:2], mask[:2], min(limit, TRIED)))

    @property
    def _has_steps(self) -> bool:
        """Whether there are steps of our own for its kind on its device."""
        return device_of(self.model).type == "cuda" or _can_step(self.model, self.family)

    def _room(self) -> int:
        """Return how many tokens a batch may have."""
        device = device_of(self.model).type
        if device != "cpu" or not (self._has_steps and can_replay(self.model)):
            return TOKENS_AT_ONCE[device]
        from scicot.adapters.students.asking.step_by_step import bytes_a_token

        return self.kept_bytes // bytes_a_token(self.model)

    def _step(
        self,
        ids: Tensor,
        mask: Tensor,
        limit: int,
        begun: Sequence[list[int]] = (),
        check: Callable[[], None] = lambda: None,
        kept: KeptTexts | None = None,
        inputs: KeptInputs | None = None,
    ) -> Tensor:
        """Return what `_generate` does, padded to the limit, by our own steps."""
        special = self.codec.special
        if ids.device.type != "cpu":
            return write_greedily(self.model, special, ids, mask, limit, check)
        from scicot.adapters.students.asking.step_by_step import write_step_by_step

        return write_step_by_step(self.model, special, ids, mask, limit, check, kept, begun, inputs)

    def _agrees(self, ids: Tensor, mask: Tensor, limit: int) -> bool:
        """Return whether our own steps write what `generate` does."""
        plain = self._generate(ids, mask, limit)
        written = self._step(ids, mask, limit)
        return written[:, : plain.shape[1]].tolist() == plain.tolist()

    def _generate(self, ids: Tensor, mask: Tensor, limit: int, **begun: Tensor) -> Tensor:
        import torch

        special = self.codec.special
        with torch.no_grad():
            outputs: Tensor = self.model.generate(
                input_ids=ids,
                attention_mask=mask,
                max_new_tokens=limit,
                do_sample=False,
                num_beams=1,
                pad_token_id=special.pad,
                eos_token_id=special.eos,
                **begun,
            )
        return outputs[:, ids.shape[1] if self.family is Family.CAUSAL else 1 :]

    def answer(
        self,
        text: str,
        options: Sequence[str],
        max_new_tokens: int,
        *,
        max_input_tokens: int | None = None,
        given: str | None = None,
        has_end: bool = True,
    ) -> tuple[str, list[float]]:
        """Return what `generate` and `score` say of one input."""
        limit = max_input_tokens
        (output,) = self.generate([text], max_new_tokens, max_input_tokens=limit)
        (scores,) = self.score(
            [text], [options], max_input_tokens=limit, given=[given], has_end=has_end
        )
        return output, scores

    def score(
        self,
        inputs: Sequence[str],
        options: Sequence[Sequence[str]],
        *,
        max_input_tokens: int | None = None,
        given: Sequence[str | None] | None = None,
        has_end: bool = True,
    ) -> list[list[float]]:
        """Return the summed log-probability (nats) of each option's text as the target."""
        scored = self.score_both(
            inputs, options, max_input_tokens=max_input_tokens, given=given, has_end=has_end
        )
        return [[option.total for option in row] for row in scored]

    def score_both(
        self,
        inputs: Sequence[str],
        options: Sequence[Sequence[str]],
        *,
        max_input_tokens: int | None = None,
        given: Sequence[str | None] | None = None,
        has_end: bool = True,
    ) -> list[list[OptionScore]]:
        """Return the scores of each option's text as the target, with its end or without.

        `given` is a target's beginning that is taken as written and not counted. Each input, and
        the words that all its options begin with, are read once and not once an option.
        """
        codec = self.codec
        asked = [
            Asked(
                codec.encode_input(text, max_input_tokens),
                *encode_options(codec, texts, given[place] if given else None, has_end=has_end),
            )
            for place, (text, texts) in enumerate(zip(inputs, options, strict=True))
        ]
        if self.family is Family.CAUSAL:
            asked = [question.read_as_one for question in asked]
        with self._lock:
            return score_options(self.model, self.codec, asked, self._kept, self._inputs)


def writes_by_own_steps(model: Any, family: Family) -> bool:
    """Return whether a model on a processor, once it is packed, writes by steps of our own.

    It need not be converted first for CTranslate2 to write.
    """
    on_processor = device_of(model).type == "cpu"
    return on_processor and family is Family.CAUSAL and can_pack() and can_replay(model)


def _can_step(model: Any, family: Family) -> bool:
    """Return whether texts of unlike lengths can stand beside each other in a decoder's pass.

    It is told where they stand, or looks by distance, as T5 does; BART's counts by itself.
    """
    return family is Family.CAUSAL or hasattr(model.config, "relative_attention_num_buckets")


def _batches(
    prompts: Sequence[list[int]], places: Sequence[int], extra: int, budget: int
) -> list[list[int]]:
    """Return places by length, in batches of a budget of tokens, `extra` of them written."""
    order = sorted(places, key=lambda index: len(prompts[index]))
    batches: list[list[int]] = []
    for index in order:
        size = len(prompts[index]) + extra
        if batches and (len(batches[-1]) + 1) * size <= budget:
            batches[-1].append(index)
        else:
            batches.append([index])
    return batches


def _pad(rows: Sequence[list[int]], pad: int, device: Any, *, left: bool = False) -> Any:
    ones = [[1] * len(row) for row in rows]
    if not left:
        return padded(rows, pad, device), padded(ones, 0, device)
    ids = padded([row[::-1] for row in rows], pad, device).flip(1)
    return ids, padded(ones, 0, device).flip(1)
