"""The loss of Eq. 1 and 2: mean cross-entropy over the target's tokens, and nothing else.

Logits are computed only where a target token stands. With a vocabulary of 32,000 that is a
third of a small decoder's work, and padding would otherwise pay it too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scicot.words.records import Family

if TYPE_CHECKING:
    import torch

IGNORED = -100  # the label that marks "no target here", as in transformers
ROWS = 32  # whose norms are taken at once


@dataclass(frozen=True, slots=True)
class SoftPlace:
    """The place in a target where options first differ: each one's token there and its share.

    `weight` is how much of this token's loss goes by the shares.
    """

    place: int
    tokens: tuple[int, ...]
    shares: tuple[float, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Pair:
    """One example as token ids; `deciding` are the places in the target that tell the choice.

    `share` is what each of its tokens weighs beside those of other examples. `soft` is where a
    teacher's probabilities of the options come in.
    """

    input_ids: list[int]
    target_ids: list[int]
    deciding: tuple[int, ...] = ()
    share: float = 1.0
    soft: SoftPlace | None = None

    def weight(self, deciding_weight: float) -> float:
        """Return what the target's tokens weigh together."""
        tokens = len(self.target_ids) + len(self.deciding) * (deciding_weight - 1)
        return tokens if self.share == 1 else tokens * self.share


@dataclass(frozen=True, slots=True)
class TokenBatch:
    """A padded batch; the tensors are `[batch, length]`. `tokens` counts those not padding.

    `deciding` says of each of the `[target tokens]` whether it tells the choice; `soft` holds
    the rows among them that go by a teacher's probabilities too.
    """

    input_ids: torch.Tensor
    attention_mask: torch.Tensor
    labels: torch.Tensor
    tokens: int
    deciding: torch.Tensor | None = None
    soft: Sequence[tuple[int, SoftPlace]] = ()


def collate(pairs: Sequence[Pair], family: Family, pad: int, device: Any = "cpu") -> TokenBatch:
    """Return pairs as one batch padded on the right to its own longest.

    For a causal student input and target form one sequence, and `labels` stand where the model
    predicts them: one place before the token itself.
    """
    tokens = sum(len(pair.input_ids) + len(pair.target_ids) for pair in pairs)
    if family is Family.ENCODER_DECODER:
        inputs = [pair.input_ids for pair in pairs]
        labels = [pair.target_ids for pair in pairs]
    else:
        inputs = [pair.input_ids + pair.target_ids[:-1] for pair in pairs]
        labels = [[IGNORED] * (len(pair.input_ids) - 1) + pair.target_ids for pair in pairs]
    return TokenBatch(
        input_ids=padded(inputs, pad, device),
        attention_mask=padded([[1] * len(row) for row in inputs], 0, device),
        labels=padded(labels, IGNORED, device),
        tokens=tokens,
        deciding=_deciding(pairs, device),
        soft=_soft_rows(pairs),
    )


def padded_tokens(batch: TokenBatch, family: Family) -> int:
    """Return the tokens a student works on, padding too; a causal one has both in one sequence."""
    targets = batch.labels.numel() if family is Family.ENCODER_DECODER else 0
    return batch.input_ids.numel() + targets


def _soft_rows(pairs: Sequence[Pair]) -> list[tuple[int, SoftPlace]]:
    """Return (row among all target tokens, what a teacher says there), example by example."""
    rows, before = [], 0
    for pair in pairs:
        if pair.soft is not None:
            rows.append((before + pair.soft.place, pair.soft))
        before += len(pair.target_ids)
    return rows


def _deciding(pairs: Sequence[Pair], device: Any) -> torch.Tensor | None:
    import torch

    if not any(pair.deciding for pair in pairs):
        return None
    flat = [place in pair.deciding for pair in pairs for place in range(len(pair.target_ids))]
    return torch.tensor(flat, device=device)


def target_logits(model: Any, batch: TokenBatch, family: Family) -> torch.Tensor:
    """Return the logits `[target tokens, vocabulary]` where `labels` are not ignored."""
    with head_at(model, batch.labels != IGNORED):
        return run_model(model, batch, family)


def run_model(model: Any, batch: TokenBatch, family: Family) -> torch.Tensor:
    """Return what the model gives as logits: of all places, unless its head sees fewer."""
    inputs = {"input_ids": batch.input_ids, "attention_mask": batch.attention_mask}
    if family is Family.ENCODER_DECODER:
        inputs["decoder_input_ids"] = _shifted(model, batch.labels)
    logits: torch.Tensor = model(**inputs, use_cache=False).logits
    return logits


def _shifted(model: Any, labels: torch.Tensor) -> torch.Tensor:
    """Return the decoder's inputs `[batch, length]`: its start, then each target but the last."""
    if hasattr(model, "prepare_decoder_input_ids_from_labels"):
        shifted: torch.Tensor = model.prepare_decoder_input_ids_from_labels(labels)
        return shifted
    inputs = labels.roll(1, dims=1)
    inputs[:, 0] = model.config.decoder_start_token_id
    return inputs.masked_fill(inputs == IGNORED, model.config.pad_token_id)


def token_losses(model: Any, batch: TokenBatch, family: Family) -> torch.Tensor:
    """Return the cross-entropy `[target tokens]` in nats, example by example.

    By the labels alone, and for losses that are read: training has a way of its own.
    """
    import torch

    logits = target_logits(model, batch, family).float()
    labels = batch.labels[batch.labels != IGNORED]
    # a few at a time: of all together it would make two copies of the logits
    norms = torch.cat([torch.logsumexp(rows, dim=-1) for rows in torch.split(logits, ROWS)])
    return norms - logits.gather(1, labels[:, None])[:, 0]


def batch_loss(model: Any, batch: TokenBatch, family: Family) -> torch.Tensor:
    """Return the mean cross-entropy over the batch's target tokens, a scalar in nats."""
    return token_losses(model, batch, family).mean()


@contextmanager
def head_at(model: Any, wanted: torch.Tensor) -> Iterator[None]:
    """Let the output head see only the hidden states at `wanted` places."""

    def select(_module: Any, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        return (arguments[0][wanted], *arguments[1:])

    hook = model.get_output_embeddings().register_forward_pre_hook(select)
    try:
        yield
    finally:
        hook.remove()


def padded(rows: Sequence[Sequence[int]], fill: int, device: Any) -> torch.Tensor:
    """Return rows of ids as `[rows, longest]`, filled up on the right."""
    import torch

    longest = max(len(row) for row in rows)
    filled = [[*row, *[fill] * (longest - len(row))] for row in rows]
    return torch.tensor(filled, dtype=torch.long, device=device)
