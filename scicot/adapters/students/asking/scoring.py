"""Option scores through torch: an input is read once, and once what its options begin with.

What differs is read for many questions together, the options of near lengths in one pass: they
differ in length far more than the inputs do, and padding would cost more than the rest. What a
student has in memory of an input, because it wrote a text after it, is not read again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from scicot.adapters.students.asking.asked import Asked, alike, near_lengths, padded_runs
from scicot.adapters.students.codec import Codec
from scicot.adapters.students.loading import device_of
from scicot.adapters.students.loss import IGNORED, head_at, padded
from scicot.words.records import Family

if TYPE_CHECKING:
    from torch import Tensor

    from scicot.adapters.students.asking.kept_inputs import KeptInputs
    from scicot.adapters.students.asking.kept_texts import KeptTexts


@dataclass(frozen=True, slots=True)
class AtOnce:
    """What a device takes in one pass.

    `read`: padded tokens of inputs. `kept`: tokens of inputs whose keys and values are kept.
    `rows`: options, each with a copy of its input's keys and values, and `copied` the tokens of
    these together.
    """

    read: int
    kept: int
    rows: int
    copied: int

    def rows_of(self, longest: int) -> int:
        """Return how many options go into one pass after inputs of so many tokens."""
        return max(1, min(self.rows, self.copied // longest))


AT_ONCE = {
    "cpu": AtOnce(1024, 4096, 64, 1 << 20),  # 100 MB kept of flan-t5-small; more is padding
    "cuda": AtOnce(16384, 32768, 512, 65536),  # as quick for many as for few; 3 GB of SmolLM2-135M
}


@dataclass(frozen=True, slots=True)
class Beginning:
    """What was read and is gone on from, one row an input.

    `own` and `cross` are keys and values by layer, `[inputs, heads, length, size]`; a causal
    student has no `cross`. `mask` is `[inputs, length]`.
    """

    own: list[Tensor]
    cross: list[Tensor]
    mask: Tensor


class OptionScore(NamedTuple):
    """Log-probabilities (nats): of the whole target, and of the first token that differs."""

    total: float
    first: float


def score_options(
    model: Any,
    codec: Codec,
    asked: Sequence[Asked],
    kept: KeptTexts | None = None,
    inputs: KeptInputs | None = None,
) -> list[list[OptionScore]]:
    """Return the scores of each target, in order.

    `kept` is what a causal student has in memory, `inputs` what an encoder has.
    """
    import torch

    scorer = _Scorer(model, codec, kept, inputs)
    scores: list[list[OptionScore]] = [[] for _ in asked]
    with torch.no_grad():
        for part in scorer.parts(asked):
            row_scores = scorer.score([asked[index] for index in part])
            for index, row in zip(part, row_scores, strict=True):
                scores[index] = row
    return scores


class _Scorer:
    def __init__(
        self, model: Any, codec: Codec, kept: KeptTexts | None, inputs: KeptInputs | None
    ) -> None:
        self.model = model
        self.kept = kept
        self.inputs = inputs
        self.pad = codec.special.pad
        self.start = codec.special.first
        self.is_causal = codec.special.family is Family.CAUSAL
        self.device = device_of(model)
        self.at_once = AT_ONCE[self.device.type]

    def parts(self, asked: Sequence[Asked]) -> list[list[int]]:
        """Return the places of questions to score together, those that memory holds by themselves.

        Their options share as many tokens.
        """
        known = [self.kept is not None and self.kept.saves(question.read) for question in asked]
        return [
            part
            for is_known in (True, False)
            for part in alike(
                asked,
                [place for place, one in enumerate(known) if one is is_known],
                self.at_once.kept,
            )
        ]

    def score(self, asked: Sequence[Asked]) -> list[list[OptionScore]]:
        """Return the scores of questions whose options share as many tokens."""
        import torch

        runs = padded_runs(asked, self.at_once.read)
        read = [self._read(asked[first:last]) for first, last in runs]
        beginning = _join([part for _, _, part in read])
        totals = torch.cat([part for part, _, _ in read])
        firsts = torch.cat([part for _, part, _ in read])
        shared = len(asked[0].shared)
        owner = [place for place, question in enumerate(asked) for _ in question.targets]
        rest = [target[shared:] for question in asked for target in question.targets]
        most = self.at_once.rows_of(max(question.length for question in asked))
        for chosen in near_lengths(rest, most):
            rows = torch.tensor([owner[place] for place in chosen], device=self.device)
            further = self._continue(beginning, rows, [rest[place] for place in chosen])
            totals = totals.index_add(0, torch.tensor(chosen, device=self.device), further)
        results: list[list[OptionScore]] = [[] for _ in asked]
        for place, total, first in zip(owner, totals.tolist(), firsts.tolist(), strict=True):
            results[place].append(OptionScore(total, first))
        return results

    def _read(self, asked: Sequence[Asked]) -> tuple[Tensor, Tensor, Beginning]:
        """Return each option's score up to where it differs, of that token, and what was read."""
        import torch

        scores, beginning = self._read_shared(asked)
        norms = scores.logsumexp(dim=-1)
        shared = len(asked[0].shared)
        owner = [place for place, question in enumerate(asked) for _ in question.targets]
        first = [target[shared] for question in asked for target in question.targets]
        rows = torch.tensor(owner, device=self.device)
        picked = scores[rows, shared, torch.tensor(first, device=self.device)]
        firsts = (picked - norms[rows, shared]).double()
        totals = firsts
        if shared:
            ids = torch.tensor([question.shared for question in asked], device=self.device)
            common = scores[:, :shared].gather(2, ids[:, :, None])[:, :, 0] - norms[:, :shared]
            counted = [[place >= question.skip for place in range(shared)] for question in asked]
            common = common.double() * torch.tensor(counted, device=self.device)
            totals = firsts + common.sum(dim=1)[rows]
        return totals, firsts, beginning

    def _read_shared(self, asked: Sequence[Asked]) -> tuple[Tensor, Beginning]:
        """Return logits `[inputs, shared + 1, vocabulary]`, and what to go on from."""
        import torch

        shared = len(asked[0].shared)
        if self.is_causal:
            logits, own, mask = self._read_causal([question.read for question in asked], shared)
            cross: list[Tensor] = []
        else:
            prompts = [question.prompt for question in asked]
            ids, mask = self._padded(prompts)
            starts = [[self.start, *question.shared] for question in asked]
            states = self.inputs.find(prompts) if self.inputs else None
            out = self.model(
                input_ids=ids if states is None else None,
                encoder_outputs=None if states is None else (states,),
                attention_mask=mask,
                decoder_input_ids=torch.tensor(starts, device=self.device),
                use_cache=True,
            )
            own = _tensors(out.past_key_values.self_attention_cache)
            cross = _tensors(out.past_key_values.cross_attention_cache)
            logits = out.logits
        return logits.float().view(len(asked), shared + 1, -1), Beginning(own, cross, mask)

    def _read_causal(
        self, rows: Sequence[list[int]], shared: int
    ) -> tuple[Tensor, list[Tensor], Tensor]:
        """Return the logits of the last `shared + 1` tokens of all rows, keys and values, the mask.

        What memory holds of a row is taken from there.
        """
        import torch

        known, past = [0] * len(rows), None
        if self.kept is not None:
            found = [self.kept.find(row) for row in rows]
            known = [
                min(one.count, len(row) - shared - 1) for one, row in zip(found, rows, strict=True)
            ]
            past = _cache(self.kept.gather(found, known)) if any(known) else None
        rest = [row[count:] for row, count in zip(rows, known, strict=True)]
        ids, mask = self._padded(rest)
        wanted = torch.zeros_like(ids, dtype=torch.bool)
        for place, row in enumerate(rest):
            wanted[place, len(row) - shared - 1 : len(row)] = True
        places = torch.arange(ids.shape[1], device=self.device)[None, :]
        before = padded([[1] * count for count in known], 0, self.device)
        mask = torch.cat([before.to(mask.dtype), mask], dim=1)
        with head_at(self.model, wanted):
            out = self.model(
                input_ids=ids,
                attention_mask=mask,
                position_ids=torch.tensor(known, device=self.device)[:, None] + places,
                past_key_values=past,
                use_cache=True,
            )
        return out.logits, _tensors(out.past_key_values), mask

    def _continue(self, beginning: Beginning, rows: Tensor, rest: Sequence[list[int]]) -> Tensor:
        """Return the summed log-probability of the tokens after the first one that differs."""
        import torch

        inputs = padded([target[:-1] for target in rest], self.pad, self.device)
        labels = padded([target[1:] for target in rest], IGNORED, self.device)
        wanted = labels != IGNORED
        mask = beginning.mask[rows]
        own = _cache([tensor[rows] for tensor in beginning.own])
        with head_at(self.model, wanted):
            if self.is_causal:
                places = torch.arange(inputs.shape[1], device=self.device)[None, :]
                logits = self.model(
                    input_ids=inputs,
                    attention_mask=torch.cat([mask, wanted.to(mask.dtype)], dim=1),
                    position_ids=mask.sum(dim=1)[:, None] + places,
                    past_key_values=own,
                    use_cache=True,
                ).logits
            else:
                logits = self._decode(beginning, rows, inputs, own)
        logits, targets = logits.float(), labels[wanted][:, None]
        # not log_softmax: that would copy the whole vocabulary's
        picked = (logits.gather(-1, targets) - logits.logsumexp(dim=-1, keepdim=True))[:, 0]
        totals = torch.zeros(len(rest), dtype=torch.float64, device=self.device)
        return totals.index_add(0, wanted.nonzero()[:, 0], picked.double())

    def _decode(self, beginning: Beginning, rows: Tensor, inputs: Tensor, own: Any) -> Any:
        from transformers import EncoderDecoderCache

        mask = beginning.mask[rows]
        # only its shape is looked at: keys and values of the input are in the cache
        read = beginning.cross[0].new_zeros(1).expand(*mask.shape, self.model.config.d_model)
        return self.model(
            encoder_outputs=(read,),
            attention_mask=mask,
            decoder_input_ids=inputs,
            past_key_values=EncoderDecoderCache(
                own, _cache([tensor[rows] for tensor in beginning.cross])
            ),
            use_cache=True,
        ).logits

    def _padded(self, rows: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
        ones = [[1] * len(row) for row in rows]
        return padded(rows, self.pad, self.device), padded(ones, 0, self.device)


def _tensors(cache: Any) -> list[Tensor]:
    """Return keys and values by layer, one after the other."""
    return [tensor for layer in cache.layers for tensor in (layer.keys, layer.values)]


def _cache(tensors: Sequence[Tensor]) -> Any:
    from transformers import DynamicCache

    cache = DynamicCache()
    for layer in range(len(tensors) // 2):
        cache.update(tensors[2 * layer], tensors[2 * layer + 1], layer)
    return cache


def _join(parts: Sequence[Beginning]) -> Beginning:
    """Return the rows of all parts, padded on the right to the longest."""
    import torch
    from torch.nn.functional import pad

    def stack(tensors: Sequence[Tensor]) -> Tensor:
        longest = max(tensor.shape[2] for tensor in tensors)
        return torch.cat([pad(tensor, (0, 0, 0, longest - tensor.shape[2])) for tensor in tensors])

    longest = max(part.mask.shape[1] for part in parts)
    return Beginning(
        own=[stack(layer) for layer in zip(*(part.own for part in parts), strict=True)],
        cross=[stack(layer) for layer in zip(*(part.cross for part in parts), strict=True)],
        mask=torch.cat([pad(part.mask, (0, longest - part.mask.shape[1])) for part in parts]),
    )
