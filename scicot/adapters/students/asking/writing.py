"""Greedy texts through torch: in batches by length, by steps of our own where they write the same.

What was read and written last stays in memory where the steps are ours, for what is asked next.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from scicot.adapters.students.asking.packed import can_pack
from scicot.adapters.students.asking.replay import (
    RECORDED_FROM,
    can_replay,
    replays,
    write_greedily,
)
from scicot.adapters.students.codec import SpecialIds
from scicot.adapters.students.loading import device_of
from scicot.adapters.students.loss import padded
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


class TextWriter:
    """Writes what follows a student's inputs, as tokens; for one caller at a time.

    `kept` and `inputs` hold what a causal student and an encoder have in memory of the last texts.
    """

    def __init__(
        self, model: Any, special: SpecialIds, check: Callable[[], None], *, kept_bytes: int
    ) -> None:
        self.model = model
        self.special = special
        self.check = check
        self.kept_bytes = kept_bytes
        self.is_causal = special.family is Family.CAUSAL
        self.kept: KeptTexts | None = None
        self.inputs: KeptInputs | None = None

    def has_quick_steps(self, prompts: Sequence[list[int]]) -> bool:
        """Return whether this is a processor and our own steps write as `generate` does here."""
        if device_of(self.model).type != "cpu":
            return False
        ids, mask = pad_rows(prompts, self.special.pad, "cpu", left=self.is_causal)
        return self._steps(ids, mask, TRIED)

    def write(
        self, prompts: Sequence[list[int]], begun: Sequence[list[int]], max_new_tokens: int
    ) -> list[list[int]]:
        """Return the tokens that follow each prompt, and what of an output is begun, in order.

        They may be padded after their ends. A GPU without room for a batch is given its halves.
        """
        import torch

        texts = [list[int]() for _ in prompts]
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
            ids, mask = pad_rows(rows, self.special.pad, device, left=self.is_causal)
            written = None
            try:
                after = [begun[index] for index in indices]
                written = self._write_batch(ids, mask, after, max_new_tokens)
            except RuntimeError as error:
                if len(indices) == 1 or not says_no_memory(error):
                    raise
            if written is None:
                torch.cuda.empty_cache()
                half = len(indices) // 2
                left.extendleft((indices[half:], indices[:half]))
                continue
            for index, row in zip(indices, written.tolist(), strict=True):
                texts[index] = row
        return texts

    def _write_batch(
        self, ids: Tensor, mask: Tensor, begun: Sequence[list[int]], limit: int
    ) -> Tensor:
        """Return the tokens that follow each input of a batch, `[rows, limit]` at most.

        What is begun is the beginning of what an encoder-decoder writes, and is not returned.
        """
        steps = self._steps(ids, mask, limit)
        if steps and not (any(begun) and ids.device.type == "cuda"):
            return self._step(ids, mask, limit, begun, self.check, self.kept, self.inputs)
        if not any(begun):
            return self.generate(ids, mask, limit)
        # beginnings of unlike lengths do not stand beside each other in every decoder
        special, rows = self.special, []
        for row, written in enumerate(begun):
            ahead = padded([[special.first, *written]], special.pad, ids.device)
            whole = self.generate(ids[[row]], mask[[row]], limit, decoder_input_ids=ahead)
            rows.append(whole[0, len(written) :].tolist())
        return padded(rows, special.pad, ids.device)

    def forget(self) -> None:
        """Let go of the texts in memory; those to come are kept."""
        self.kept = self.inputs = None
        if device_of(self.model).type != "cpu" or not self._has_steps:
            return
        if self.is_causal:
            from scicot.adapters.students.asking.kept_texts import KeptTexts

            self.kept = KeptTexts(int(KEPT_AFTER * self.kept_bytes))
        else:
            from scicot.adapters.students.asking.kept_inputs import KeptInputs

            self.inputs = KeptInputs()

    def _known(self, prompts: Sequence[list[int]]) -> set[int]:
        """Return the places of prompts whose keys and values are in memory but for their ends."""
        kept = self.kept
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
        return device_of(self.model).type == "cuda" or _can_step(self.model, self.special.family)

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
        """Return what `generate` does, padded to the limit, by our own steps."""
        special = self.special
        if ids.device.type != "cpu":
            return write_greedily(self.model, special, ids, mask, limit, check)
        from scicot.adapters.students.asking.step_by_step import write_step_by_step

        return write_step_by_step(self.model, special, ids, mask, limit, check, kept, begun, inputs)

    def _agrees(self, ids: Tensor, mask: Tensor, limit: int) -> bool:
        """Return whether our own steps write what `generate` does."""
        plain = self.generate(ids, mask, limit)
        written = self._step(ids, mask, limit)
        return written[:, : plain.shape[1]].tolist() == plain.tolist()

    def generate(self, ids: Tensor, mask: Tensor, limit: int, **begun: Tensor) -> Tensor:
        """Return what transformers writes after each input, `[rows, limit]` at most."""
        import torch

        special = self.special
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
        return outputs[:, ids.shape[1] if self.is_causal else 1 :]


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


def pad_rows(rows: Sequence[list[int]], pad: int, device: Any, *, left: bool = False) -> Any:
    """Return the ids and the mask of rows of tokens, padded on the right or left."""
    ones = [[1] * len(row) for row in rows]
    if not left:
        return padded(rows, pad, device), padded(ones, 0, device)
    ids = padded([row[::-1] for row in rows], pad, device).flip(1)
    return ids, padded(ones, 0, device).flip(1)
