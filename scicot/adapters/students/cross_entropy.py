"""Cross-entropy that keeps one copy of the logits instead of four.

A vocabulary of 49,152 makes 200 KB a target token. torch's own keeps the logits and their
log-softmax, and makes two gradients of that size; here the gradient is written over the logits.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

ROWS = 32  # whose norms are taken at once


class _InPlace(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, logits: Tensor, labels: Tensor) -> Tensor:
        """Return `[tokens]` losses of logits `[tokens, vocabulary]`."""
        # a few at a time: of all together it would make two copies of the logits
        norms = torch.cat([torch.logsumexp(rows, dim=-1) for rows in torch.split(logits, ROWS)])
        ctx.save_for_backward(logits, labels, norms)
        return norms - logits.gather(1, labels[:, None])[:, 0]

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        """Return (softmax - one at the label) times each token's gradient."""
        logits, labels, norms = ctx.saved_tensors
        slopes = logits.sub_(norms[:, None]).exp_()
        slopes.scatter_add_(1, labels[:, None], slopes.new_full((len(labels), 1), -1.0))
        return slopes.mul_(gradients[0][:, None]), None


def cross_entropy_in_place(logits: Tensor, labels: Tensor) -> Tensor:
    """Return each token's cross-entropy in nats; the logits are used up by the backward pass."""
    losses: Tensor = _InPlace.apply(logits, labels)  # type: ignore[no-untyped-call]
    return losses
