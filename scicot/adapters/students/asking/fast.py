"""A converted student that generates and scores through CTranslate2, without torch."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from scicot.adapters.students.codec import Codec, encode_options
from scicot.adapters.students.machine import choose_threads
from scicot.pure.students.batching import even_size
from scicot.words.errors import StudentError
from scicot.words.records import Family

TOKENS_AT_ONCE = 16384  # padded tokens of a batch that is scored
# Tokens of a batch that writes, were all as long as they may be: their keys and values are kept.
KEPT_TOKENS = 24576
MOST_WORKERS = 4  # batches side by side, each with keys and values of its own


def say_slow(reason: str) -> str:
    """Return the sentence about a student that transformers has to answer for."""
    return f"CTranslate2 cannot answer for this student ({reason}); transformers does, slower."


def say_slow_here(reason: str) -> str:
    """Return the sentence about a GPU on which transformers has to write."""
    return f"CTranslate2 does not work on this GPU ({reason}); transformers writes the texts."


class FastStudent:
    """A student opened for answering; open once, ask often."""

    def __init__(self, model: Any, codec: Codec, workers: int = 1) -> None:
        self.model = model
        self.codec = codec
        self.workers = workers

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        compute_type: str = "float32",
        threads: int | None = None,
        at_once: int = 1,
        device: str = "cpu",
    ) -> FastStudent:
        """Return the student of a `ct2` folder; less exact types than float32 may be faster.

        `at_once` calls or batches are worked on side by side (MOST_WORKERS at most), the threads
        shared out among them: two with a thread each write a seventh more than one with two. Raises
        StudentError when the folder holds no converted student, or `device` lacks the type.
        """
        import ctranslate2

        if not (folder / "model.bin").is_file():
            raise StudentError(
                f"'{folder}' holds no converted student. Train the stage again, or choose a "
                "student whose architecture CTranslate2 knows."
            )
        codec = Codec.open(folder)
        is_causal = codec.special.family is Family.CAUSAL
        kind = ctranslate2.Generator if is_causal else ctranslate2.Translator
        known = ctranslate2.get_supported_compute_types(device)
        if compute_type not in known:
            raise StudentError(
                f"CTranslate2 cannot compute {compute_type} on this {device}; it can do "
                f"{', '.join(sorted(known))}. Choose another inference setting."
            )
        threads = choose_threads(threads)
        workers = min(at_once, threads, MOST_WORKERS)
        model = kind(
            str(folder),
            device=device,
            compute_type=compute_type,
            inter_threads=workers,
            intra_threads=threads // workers,
        )
        return cls(model, codec, workers)

    def generate(
        self,
        inputs: Sequence[str],
        max_new_tokens: int,
        *,
        max_input_tokens: int | None = None,
        given: Sequence[str] | None = None,
    ) -> list[str]:
        """Return the greedy output of each input, in order, of at most `max_new_tokens` tokens.

        `given` is an output's beginning that is taken as written and not returned. The inputs are
        dealt out to the student's workers evenly, neighbours in length together.
        """
        if not inputs:
            return []
        codec = self.codec
        begun = [codec.tokens(ids) for ids in codec.encode_beginnings(given, len(inputs))]
        longest = max(map(len, begun))
        max_input_tokens, most = codec.fit_limits(max_input_tokens, longest + max_new_tokens)
        prompts = [
            codec.tokens(codec.encode_input(text, max_input_tokens)) or [""] for text in inputs
        ]
        room = KEPT_TOKENS // (max(map(len, prompts)) + most)
        size = even_size(len(prompts), self.workers, max(1, room))
        options = {"beam_size": 1, "max_batch_size": size, "batch_type": "examples"}
        if codec.special.family is Family.CAUSAL:
            results = self.model.generate_batch(
                [prompt + written for prompt, written in zip(prompts, begun, strict=True)],
                max_length=most - longest,
                include_prompt_in_result=False,
                end_token=codec.tokens([codec.special.eos]),
                **options,
            )
            return [codec.decode(result.sequences_ids[0]) for result in results]
        results = self.model.translate_batch(
            prompts,
            target_prefix=begun if longest else None,
            max_decoding_length=most,
            min_decoding_length=0,  # a student may have nothing to say, as with transformers
            **options,
        )
        return [
            codec.decode(codec.ids(result.hypotheses[0])[len(written) :][: most - longest])
            for result, written in zip(results, begun, strict=True)
        ]

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
        """Return what `generate` and `score` say of one input, done side by side.

        One input gives two threads too little to share: each call alone with one is sooner done,
        by a sixth, in a student opened with `at_once=2`.
        """
        with ThreadPoolExecutor(2) as both:
            limit = max_input_tokens
            written = both.submit(self.generate, [text], max_new_tokens, max_input_tokens=limit)
            scored = both.submit(
                self.score,
                [text],
                [options],
                max_input_tokens=limit,
                given=[given],
                has_end=has_end,
            )
            return written.result()[0], scored.result()[0]

    def score(
        self,
        inputs: Sequence[str],
        options: Sequence[Sequence[str]],
        *,
        max_input_tokens: int | None = None,
        given: Sequence[str | None] | None = None,
        has_end: bool = True,
    ) -> list[list[float]]:
        """Return the summed log-probability (nats) of each option's text as the target.

        `given` is a target's beginning that is taken as written and not counted; without
        `has_end` neither is the end of sequence.
        """
        codec = self.codec
        sources, targets, skips = [], [], []
        for place, (text, texts) in enumerate(zip(inputs, options, strict=True)):
            encoded, skip = encode_options(codec, texts, given[place] if given else None)
            sources += [codec.encode_input(text, max_input_tokens)] * len(encoded)
            targets += encoded
            skips += [skip] * len(encoded)
        if not sources:
            return [[] for _ in inputs]
        rows = self._score_flat(sources, targets)
        end = None if has_end else -1
        flat = iter([sum(row[skip:end]) for row, skip in zip(rows, skips, strict=True)])
        return [[next(flat) for _ in texts] for texts in options]

    def _score_flat(
        self, sources: Sequence[list[int]], targets: Sequence[list[int]]
    ) -> list[list[float]]:
        """Return the log-probability of each target token."""
        codec = self.codec
        how = {"max_batch_size": TOKENS_AT_ONCE, "batch_type": "tokens"}
        if codec.special.family is Family.CAUSAL:
            whole = [
                codec.tokens(source + target)
                for source, target in zip(sources, targets, strict=True)
            ]
            scored = self.model.score_batch(whole, **how)
            return [
                list(result.log_probs[-len(target) :])
                for result, target in zip(scored, targets, strict=True)
            ]
        # The translator adds the end of sequence itself.
        scored = self.model.score_batch(
            [codec.tokens(source) for source in sources],
            [codec.tokens(target[:-1]) for target in targets],
            **how,
        )
        return [list(result.log_probs) for result in scored]
