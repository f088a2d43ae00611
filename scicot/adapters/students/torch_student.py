"""A student asked through torch: option scores, and texts where CTranslate2 cannot help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scicot.adapters.students.codec import Codec, encode_options
from scicot.adapters.students.loading import device_of, load_model, place_model
from scicot.adapters.students.loss import IGNORED, head_at, padded
from scicot.adapters.students.machine import choose_threads
from scicot.words.records import Family

TOKENS_AT_ONCE = 1024  # of a batch ordered by length; more would only be padding


@dataclass(frozen=True, slots=True)
class Asked:
    """An input and the options to score, as token ids; `skip` target tokens are not counted."""

    prompt: list[int]
    targets: list[list[int]]
    skip: int

    @property
    def shared(self) -> list[int]:
        """The tokens that all targets begin with; at least one is left to differ."""
        longest = min(len(target) for target in self.targets) - 1
        place = 0
        while place < longest and len({target[place] for target in self.targets}) == 1:
            place += 1
        return self.targets[0][:place]


class TorchStudent:
    """A saved student opened with transformers; the same interface as FastStudent."""

    def __init__(self, model: Any, codec: Codec) -> None:
        self.model = model
        self.codec = codec
        self.family = codec.special.family

    @classmethod
    def open(cls, folder: Path, family: Family, *, threads: int | None = None) -> TorchStudent:
        """Return the student of a folder that save_pretrained wrote."""
        import torch

        torch.set_num_threads(choose_threads(threads))
        return cls(place_model(load_model(folder, family)).eval(), Codec.open(folder, family))

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
        prompts = [codec.encode_input(text, max_input_tokens) for text in inputs]
        for indices in _batches(prompts, extra=max_new_tokens):
            rows = [prompts[index] for index in indices]
            is_causal = self.family is Family.CAUSAL
            # A causal model goes on from the last token, so padding stands before the text.
            ids, mask = _pad(rows, codec.special.pad, device_of(self.model), left=is_causal)
            with torch.no_grad():
                made = self.model.generate(
                    input_ids=ids,
                    attention_mask=mask,
                    max_new_tokens=max_new_tokens,
                    do_sample=False,
                    num_beams=1,
                    pad_token_id=codec.special.pad,
                    eos_token_id=codec.special.eos,
                )
            start = ids.shape[1] if is_causal else 1
            for index, row in zip(indices, made[:, start:].tolist(), strict=True):
                texts[index] = codec.decode(row)
        return texts

    def score(
        self,
        inputs: Sequence[str],
        options: Sequence[Sequence[str]],
        *,
        max_input_tokens: int | None = None,
        given: Sequence[str | None] | None = None,
    ) -> list[list[float]]:
        """Return the summed log-probability (nats) of each option's text as the target.

        `given` is a target's beginning that is taken as written and not counted. Each input, and
        the words that all its options begin with, are read once and not once an option.
        """
        import torch

        codec = self.codec
        asked = [
            Asked(
                codec.encode_input(text, max_input_tokens),
                *encode_options(codec, texts, given[place] if given else None),
            )
            for place, (text, texts) in enumerate(zip(inputs, options, strict=True))
        ]
        scores: list[list[float]] = [[] for _ in asked]
        with torch.no_grad():
            for indices in _alike(asked):
                found = self._score_batch([asked[index] for index in indices])
                for index, row in zip(indices, found, strict=True):
                    scores[index] = row
        return scores

    def _score_batch(self, asked: Sequence[Asked]) -> list[list[float]]:
        """Return the scores of one batch: a pass over what is shared, one over what differs."""
        import torch

        scores, read = self._read_shared(asked)
        norms, device = scores.logsumexp(dim=-1), scores.device
        owner = [place for place, one in enumerate(asked) for _ in one.targets]
        rows = torch.tensor(owner, device=device)
        shared = len(asked[0].shared)
        first = torch.tensor(
            [target[shared] for one in asked for target in one.targets], device=device
        )
        totals = (scores[rows, shared, first] - norms[rows, shared]).double()
        if shared:
            ids = torch.tensor([one.shared for one in asked], device=device)
            common = scores[:, :shared].gather(2, ids[:, :, None])[:, :, 0] - norms[:, :shared]
            counted = [[place >= one.skip for place in range(shared)] for one in asked]
            common = common.double() * torch.tensor(counted, device=device)
            totals += common.sum(dim=1)[rows]
        rest = [target[shared:] for one in asked for target in one.targets]
        totals = self._add_rest(totals, read, rows, rest)
        results: list[list[float]] = [[] for _ in asked]
        for place, total in zip(owner, totals.tolist(), strict=True):
            results[place].append(total)
        return results

    def _read_shared(self, asked: Sequence[Asked]) -> tuple[Any, dict[str, Any]]:
        """Return logits `[batch, shared + 1, vocabulary]`, and what to go on from."""
        import torch

        model, pad, device = self.model, self.codec.special.pad, device_of(self.model)
        shared = len(asked[0].shared)
        if self.family is Family.ENCODER_DECODER:
            ids, mask = _pad([one.prompt for one in asked], pad, device)
            encoded = model.get_encoder()(input_ids=ids, attention_mask=mask)
            start = self.codec.special.start
            starts = [[pad if start is None else start, *one.shared] for one in asked]
            out = model(
                encoder_outputs=encoded,
                attention_mask=mask,
                decoder_input_ids=torch.tensor(starts, device=device),
                use_cache=True,
            )
            logits, more = out.logits, {"encoded": encoded[0]}
        else:
            rows = [one.prompt + one.shared for one in asked]
            ids, mask = _pad(rows, pad, device)
            wanted = torch.zeros_like(ids, dtype=torch.bool)
            for place, row in enumerate(rows):
                wanted[place, len(row) - shared - 1 : len(row)] = True
            with head_at(model, wanted):
                out = model(input_ids=ids, attention_mask=mask, use_cache=True)
            logits = out.logits.view(len(rows), shared + 1, -1)
            more = {"lengths": mask.sum(dim=1)}
        read = {"cache": out.past_key_values, "mask": mask} | more
        return logits.float(), read

    def _add_rest(
        self, totals: Any, read: dict[str, Any], rows: Any, rest: Sequence[list[int]]
    ) -> Any:
        """Return the totals with the tokens after the first one that differs."""
        if max(len(one) for one in rest) == 1:
            return totals
        inputs = padded([one[:-1] for one in rest], self.codec.special.pad, totals.device)
        labels = padded([one[1:] for one in rest], IGNORED, totals.device)
        wanted = labels != IGNORED
        with head_at(self.model, wanted):
            logits = self._continue(read, rows, inputs, wanted)
        picked = _log_probabilities(logits, labels[wanted][:, None])[:, 0]
        return totals.index_add(0, wanted.nonzero()[:, 0], picked.double())

    def _continue(self, read: dict[str, Any], rows: Any, inputs: Any, wanted: Any) -> Any:
        """Return the logits at `wanted` places after the cached beginning."""
        import torch

        cache = read["cache"]
        cache.batch_select_indices(rows)
        mask = read["mask"][rows]
        if self.family is Family.ENCODER_DECODER:
            return self.model(
                encoder_outputs=(read["encoded"][rows],),
                attention_mask=mask,
                decoder_input_ids=inputs,
                past_key_values=cache,
                use_cache=True,
            ).logits
        places = torch.arange(inputs.shape[1], device=inputs.device)[None, :]
        return self.model(
            input_ids=inputs,
            attention_mask=torch.cat([mask, wanted.to(mask.dtype)], dim=1),
            position_ids=read["lengths"][rows][:, None] + places,
            past_key_values=cache,
            use_cache=True,
        ).logits


def _log_probabilities(logits: Any, targets: Any) -> Any:
    """Return the targets' log-probabilities without a copy of the whole vocabulary's."""
    logits = logits.float()
    return logits.gather(-1, targets) - logits.logsumexp(dim=-1, keepdim=True)


def _alike(asked: Sequence[Asked]) -> list[list[int]]:
    """Return indices in batches that share as many target tokens, ordered by input length."""
    groups: dict[int, list[int]] = {}
    for index, one in enumerate(asked):
        groups.setdefault(len(one.shared), []).append(index)
    return [
        [group[place] for place in batch]
        for group in groups.values()
        for batch in _batches([asked[index].prompt + asked[index].shared for index in group], 0)
    ]


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
