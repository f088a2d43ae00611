"""What of a training its checkpoints keep: weights, the optimizer's moments, the best weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Tensors = dict[str, Any]


def gather_tensors(
    parameters: Mapping[str, Any], optimizer: Any, best: Tensors
) -> dict[str, Tensors]:
    """Return the tensors of a training by the file that they go to, on the processor."""
    moments = {
        f"{key}/{name}": value.detach().cpu().contiguous()
        for name, parameter in parameters.items()
        for key, value in optimizer.state[parameter].items()
    }
    weights = {name: value.detach().cpu().contiguous() for name, value in parameters.items()}
    return {"model": weights, "optimizer": moments} | ({"best": best} if best else {})


def put_back(tensors: Mapping[str, Tensors], parameters: Mapping[str, Any], optimizer: Any) -> None:
    """Give a training its weights and moments back."""
    import torch

    with torch.no_grad():
        for name, value in parameters.items():
            value.copy_(tensors["model"][name])
    for key, value in tensors["optimizer"].items():
        kind, _, name = key.partition("/")
        parameter = parameters[name]
        # fused AdamW keeps its step count beside the parameter it belongs to
        optimizer.state[parameter][kind] = value.to(parameter.device)
