"""The embedding's gradient, added where it is kept instead of made anew for every batch.

The embedding is one of the largest weights of a small student (28 of 135 million). torch makes a
gradient of that size in each batch, for the few words that are in it, and adds it afterwards.
"""

from __future__ import annotations

from types import MethodType
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


class _Embed(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, weight: Tensor, ids: Tensor, ignored: int | None) -> Tensor:
        """Return the rows `[..., hidden]` of `ids`; the id `ignored` is not learned."""
        ctx.weight, ctx.ids, ctx.ignored = weight, ids, ignored
        return functional.embedding(ids, weight)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[None, None, None]:
        """Add each row's gradient to that of its word."""
        ids = ctx.ids.flatten()
        slopes = gradients[0].reshape(len(ids), -1)
        if ctx.ignored is not None:
            learned = ids != ctx.ignored
            ids, slopes = ids[learned], slopes[learned]
        kept_gradient(ctx.weight).index_add_(0, ids, slopes)
        return None, None, None


def kept_gradient(weight: Tensor) -> Tensor:
    """Return a weight's gradient so far."""
    if weight.grad is None:
        weight.grad = torch.zeros_like(weight)
    return weight.grad


def add_embedding_gradient_in_place(model: Any) -> None:
    """Let the model's embeddings add their gradient in place.

    Only what is torch's own and plain is changed, and only where it learns in fp32.
    """
    for module in model.modules():
        if type(module) is nn.Embedding and _is_plain(module):
            _give(module, _embed)


def _give(module: Any, forward: Any) -> None:
    module.forward = MethodType(forward, module)


def _is_plain(embedding: nn.Embedding) -> bool:
    rare = embedding.max_norm is not None or embedding.scale_grad_by_freq or embedding.sparse
    return not rare


def _embed(module: nn.Embedding, ids: Tensor) -> Tensor:
    weight = module.weight
    learns = torch.is_grad_enabled() and weight.requires_grad and weight.is_leaf
    if not learns or weight.dtype != torch.float32:
        return nn.Embedding.forward(module, ids)
    rows: Tensor = _Embed.apply(weight, ids, module.padding_idx)  # type: ignore[no-untyped-call]
    return rows
