"""A student asked through torch: option scores, and texts where CTranslate2 cannot help."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from scicot.adapters.students.asking.asked import Asked
from scicot.adapters.students.asking.packed import (
    is_packed,
    pack_for_good,
    still_works,
)
from scicot.adapters.students.asking.scoring import OptionScore, score_options
from scicot.adapters.students.asking.writing import KEPT_BYTES, TextWriter
from scicot.adapters.students.codec import Codec, encode_options
from scicot.adapters.students.loading import load_model, place_model
from scicot.adapters.students.machine import choose_threads
from scicot.words.records import Family

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
        self.family = codec.special.family
        self.writer = TextWriter(model, codec.special, check, kept_bytes=kept_bytes)
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
        prompts = [self.codec.encode_input(text, None) for text in ASKED]
        with self._lock:
            return is_packed(self.model) and self.writer.has_quick_steps(prompts)

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
            if given is None:  # texts to come are others than those in memory
                self.writer.forget()
            if self.family is Family.CAUSAL:
                prompts = [prompt + written for prompt, written in zip(prompts, begun, strict=True)]
                begun = [[]] * len(inputs)
            rows = self.writer.write(prompts, begun, most - longest)
            return [self.codec.decode(row) for row in rows]

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
            return score_options(
                self.model, self.codec, asked, self.writer.kept, self.writer.inputs
            )
