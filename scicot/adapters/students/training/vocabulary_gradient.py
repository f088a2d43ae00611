"""The vocabulary's gradient, added where it is kept instead of made anew for every batch.

The embedding and the output head are the largest weights of a small student (28 of 135 million,
often one matrix for both). torch makes a gradient of that size for each of them in each batch and
adds it afterwards: three copies of 113 MB at once, which decided how much memory a run needs.
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
        _kept(ctx.weight).index_add_(0, ids, slopes)
        return None, None, None


class _Project(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, weight: Tensor, hidden: Tensor) -> Tensor:
        """Return logits `[..., vocabulary]` of `hidden`."""
        ctx.weight = weight
        ctx.save_for_backward(hidden)
        return functional.linear(hidden, weight)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[None, Tensor]:
        """Add to the weights' gradient, and return that of the hidden states."""
        (hidden,) = ctx.saved_tensors
        slopes = gradients[0].flatten(0, -2)
        _kept(ctx.weight).addmm_(slopes.T, hidden.flatten(0, -2))
        return None, gradients[0] @ ctx.weight


def _kept(weight: Tensor) -> Tensor:
    """Return a weight's gradient so far."""
    if weight.grad is None:
        weight.grad = torch.zeros_like(weight)
    return weight.grad


def add_vocabulary_gradient_in_place(model: Any) -> None:
    """Let the model's embeddings and its output head add their gradients in place.

    Only what is torch's own and plain is changed, and only where it learns in fp32.
    """
    for module in model.modules():
        if type(module) is nn.Embedding and _is_plain(module):
            _give(module, _embed)
    head = model.get_output_embeddings()
    if type(head) is nn.Linear and head.bias is None:
        _give(head, _project)


def _give(module: Any, forward: Any) -> None:
    module.forward = MethodType(forward, module)


def _is_plain(embedding: nn.Embedding) -> bool:
    rare = embedding.max_norm is not None or embedding.scale_grad_by_freq or embedding.sparse
    return not rare


def _learns(weight: Tensor, device: str) -> bool:
    in_fp32 = weight.dtype == torch.float32 and not torch.is_autocast_enabled(device)
    return torch.is_grad_enabled() and weight.requires_grad and weight.is_leaf and in_fp32


def _embed(module: nn.Embedding, ids: Tensor) -> Tensor:
    if not _learns(module.weight, ids.device.type):
        return nn.Embedding.forward(module, ids)
    rows: Tensor = _Embed.apply(module.weight, ids, module.padding_idx)  # type: ignore[no-untyped-call]
    return rows


def _project(module: nn.Linear, hidden: Tensor) -> Tensor:
    if not _learns(module.weight, hidden.device.type):
        return nn.Linear.forward(module, hidden)
    logits: Tensor = _Project.apply(module.weight, hidden)  # type: ignore[no-untyped-call]
    return logits
