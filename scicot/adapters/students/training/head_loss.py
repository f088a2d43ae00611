"""The output head and the cross-entropy in one, a slice of the target's tokens at a time.

A vocabulary of 49,152 makes 200 KB of logits a target token, and the head's weights are the
largest of a small student. The gradient is known once the logits are, so it is taken there
and written over them, and what it says of the head's weights is added where that is kept; nothing
of the vocabulary's size waits for the backward pass. After the fused linear cross-entropy of Liger
Kernel (Hsu et al. 2024, arXiv 2410.10989).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from scicot.adapters.students.loss import (
    IGNORED,
    SoftPlace,
    TokenBatch,
    run_model,
    target_logits,
)
from scicot.adapters.students.training.embedding_gradient import kept_gradient
from scicot.words.records import Family

LOGIT_BYTES = 64_000_000  # of a slice's logits
ROWS = 16  # whose exponentials are taken at once: in fp32 they stay in a processor's cache
ROWS_ON_CARD = 2048  # a GPU would wait for each call
WORDS = 1024  # whose gradient is made at once where it is not of the weights' precision

Soft = Sequence[tuple[int, SoftPlace]]


class TargetLoss:
    """The loss at a batch's target tokens, and its gradient, of one student that learns."""

    def __init__(self, model: Any, family: Family) -> None:
        self.model = model
        self.family = family
        head = model.get_output_embeddings()
        # a GPU has room for all logits at once
        on_processor = next(model.parameters()).device.type == "cpu"
        self._in_slices = on_processor and type(head) is nn.Linear and head.bias is None

    def add_gradient(self, batch: TokenBatch, shares: Tensor) -> tuple[Tensor, Tensor]:
        """Add to the model's gradient that of the `[target tokens]` losses, each times its share.

        Returns the sum of those products and the losses, in nats.
        """
        labels = batch.labels[batch.labels != IGNORED]
        hidden = self.before_head(batch)
        if hidden is None:
            logits = target_logits(self.model, batch, self.family)
            loss, losses = _LogitLoss.apply(logits, labels, shares, batch.soft)  # type: ignore[no-untyped-call]
        else:
            head = self.model.get_output_embeddings().weight
            loss, losses = _HeadLoss.apply(hidden, head, labels, shares, batch.soft)  # type: ignore[no-untyped-call]
        with torch.autocast(loss.device.type, enabled=False):  # the pass before has chosen
            loss.backward()
        return loss.detach(), losses

    def before_head(self, batch: TokenBatch) -> Tensor | None:
        """Return `[target tokens, hidden]` as the head sees it; None where it is not the last.

        Some students do more with what their head gives (a scale, a cap): theirs are the logits.
        """
        if not self._in_slices:
            return None
        with _head_put_off(self.model, batch.labels != IGNORED) as put_off:
            logits = run_model(self.model, batch, self.family)
        self._in_slices = logits is put_off.logits
        return put_off.hidden if self._in_slices else None


class _PutOff:
    """What a head that is to give its logits later was given, and what it gave in their place."""

    hidden: Tensor
    logits: Tensor


@contextmanager
def _head_put_off(model: Any, wanted: Tensor) -> Iterator[_PutOff]:
    """Let the head keep the hidden states at `wanted` places; it gives logits that are all one."""
    head, put_off = model.get_output_embeddings(), _PutOff()
    before = vars(head).get("forward")  # where another took the class's place

    def keep(hidden: Tensor) -> Tensor:
        put_off.hidden = hidden[wanted]
        put_off.logits = hidden.new_zeros(()).expand(len(put_off.hidden), head.out_features)
        return put_off.logits

    head.forward = keep
    try:
        yield put_off
    finally:
        del head.forward
        if before is not None:
            head.forward = before


class _HeadLoss(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, hidden: Tensor, head: Tensor, labels: Tensor, shares: Tensor, soft: Soft
    ) -> tuple[Tensor, Tensor]:
        """Return the losses' sum, each times its share, and the losses; keep the gradient."""
        kind = hidden.device.type
        low = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else hidden.dtype
        # autocast keeps a step's copy of the weights itself, unless it is told not to
        weight = head if torch.is_autocast_cache_enabled() else head.to(low)
        gradient = kept_gradient(head) if head.requires_grad else None
        seen, losses = hidden.to(low), shares.new_empty(len(labels))
        slopes = torch.empty_like(seen)
        rows = max(1, LOGIT_BYTES // (len(weight) * low.itemsize))
        for start in range(0, len(labels), rows):
            here = slice(start, start + rows)
            logits = functional.linear(seen[here], weight)
            losses[here] = _into_slopes(logits, labels[here], shares[here], soft, start)
            slopes[here] = logits @ weight
            if gradient is not None:
                _add_product(gradient, logits, seen[here])
        ctx.save_for_backward(slopes)
        ctx.kind = hidden.dtype
        ctx.mark_non_differentiable(losses)
        return (losses * shares).sum(), losses

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None, None, None]:
        """Return the gradient of the hidden states; that of the head has been added."""
        (slopes,) = ctx.saved_tensors
        return slopes.to(ctx.kind), None, None, None, None


class _LogitLoss(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, logits: Tensor, labels: Tensor, shares: Tensor, soft: Soft
    ) -> tuple[Tensor, Tensor]:
        """Return what `_HeadLoss` does, of logits."""
        slopes = logits.clone()
        losses = _into_slopes(slopes, labels, shares, soft, 0)
        ctx.save_for_backward(slopes)
        ctx.mark_non_differentiable(losses)
        return (losses * shares).sum(), losses

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None, None]:
        """Return the logits' gradient."""
        return ctx.saved_tensors[0], None, None, None


def _into_slopes(logits: Tensor, labels: Tensor, shares: Tensor, soft: Soft, first: int) -> Tensor:
    """Return `[rows]` losses in nats, and write their gradient, times the shares, over the logits.

    `first` is the place of the first row among a batch's target tokens, which `soft` counts. There
    the target is `(1 - w)` of the label and `w` of what a teacher says of each option.
    """
    losses = []
    at_once = ROWS if logits.device.type == "cpu" else ROWS_ON_CARD
    for start in range(0, len(labels), at_once):
        here = slice(start, start + at_once)
        rows, right, share = logits[here].float(), labels[here, None], shares[here, None]
        at_label = rows.gather(1, right)
        moved = [
            (row - start - first, place)
            for row, place in soft
            if first + start <= row < first + start + len(rows)
        ]
        gains = [_gain(rows[row], right[row], place) for row, place in moved]
        most = rows.amax(1, keepdim=True)
        rows = rows.sub_(most).exp_()
        total = rows.sum(1, keepdim=True)
        losses.append((most + total.log() - at_label)[:, 0])
        rows.mul_(share / total).scatter_add_(1, right, -share)
        for (row, place), gain in zip(moved, gains, strict=True):
            losses[-1][row] += gain
            weighs = share[row] * place.weight
            rows[row].index_add_(0, right[row], weighs)
            options = right.new_tensor(place.tokens)
            rows[row].index_add_(0, options, -weighs * weighs.new_tensor(place.shares))
        logits[here] = rows
    return torch.cat(losses)


def _gain(logits: Tensor, label: Tensor, place: SoftPlace) -> Tensor:
    """Return what a row's loss gains where a teacher has a say: the norm is the same for all."""
    options = logits[list(place.tokens)]
    return place.weight * (logits[label[0]] - (logits.new_tensor(place.shares) * options).sum())


def _add_product(gradient: Tensor, slopes: Tensor, hidden: Tensor) -> None:
    """Add `slopes.T @ hidden` to the weights' gradient."""
    if slopes.dtype == gradient.dtype:
        gradient.addmm_(slopes.T, hidden)
        return
    for start in range(0, len(gradient), WORDS):
        words = slice(start, start + WORDS)
        gradient[words] += slopes[:, words].T @ hidden
