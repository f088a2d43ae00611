"""A student asked through torch: option scores, and texts where CTranslate2 cannot help."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scicot.adapters.students.codec import Codec, encode_options
from scicot.adapters.students.loading import device_of, load_model, place_model
from scicot.adapters.students.loss import padded
from scicot.adapters.students.machine import choose_threads
from scicot.adapters.students.scoring import Asked, OptionScore, score_options
from scicot.words.records import Family

TOKENS_AT_ONCE = 1024  # of a batch ordered by length; more would only be padding


class TorchStudent:
    """A saved student opened with transformers; the same interface as FastStudent."""

    def __init__(self, model: Any, codec: Codec) -> None:
        self.model = model
        self.codec = codec
        self.family = codec.special.family

    @classmethod
    def open(
        cls, folder: Path, family: Family, *, threads: int | None = None, device: str = "auto"
    ) -> TorchStudent:
        """Return the student of a folder that save_pretrained wrote."""
        import torch

        torch.set_num_threads(choose_threads(threads))
        model = place_model(load_model(folder, family), device)
        return cls(model.eval(), Codec.open(folder, family))

    def generate(
        self,
        inputs: Sequence[str],
        max_new_tokens: int,
        *,
        max_input_tokens: int | None = None,
    ) -> list[str]:
        """Return the greedy output of each input, in order."""
        import torch

        codec, texts = self.codec, [""] * len(inputs)
        max_input_tokens, max_new_tokens = codec.fit_limits(max_input_tokens, max_new_tokens)
        prompts = [codec.encode_input(text, max_input_tokens) for text in inputs]
        for indices in _batches(prompts, extra=max_new_tokens):
            rows = [prompts[index] for index in indices]
            is_causal = self.family is Family.CAUSAL
            # A causal model goes on from the last token, so padding stands before the text.
            ids, mask = _pad(rows, codec.special.pad, device_of(self.model), left=is_causal)
            with torch.no_grad():
                outputs = self.model.generate(
                    input_ids=ids,
                    attention_mask=mask,
                    max_new_tokens=max_new_tokens,
                    do_sample=False,
                    num_beams=1,
                    pad_token_id=codec.special.pad,
                    eos_token_id=codec.special.eos,
                )
            start = ids.shape[1] if is_causal else 1
            for index, row in zip(indices, outputs[:, start:].tolist(), strict=True):
                texts[index] = codec.decode(row)
        return texts

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
        return score_options(self.model, codec, asked)


def _batches(prompts: Sequence[list[int]], extra: int) -> list[list[int]]:
    """Return indices by length, in batches of a token budget."""
    order = sorted(range(len(prompts)), key=lambda index: len(prompts[index]))
    batches: list[list[int]] = []
    for index in order:
        size = len(prompts[index]) + extra
        if batches and (len(batches[-1]) + 1) * size <= TOKENS_AT_ONCE:
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
