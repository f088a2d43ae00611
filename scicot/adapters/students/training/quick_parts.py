"""Parts of a student that torch computes slowly on a processor, in a quicker form.

Dropout draws its mask at 12 ns a number, which is 8 % of a T5's training step; GELU as
transformers writes it out is nine passes over memory instead of one. Neither change alters what
the student learns: the mask is drawn with the same probability, GELU differs in the last bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from scicot.adapters.students.training.embedding_gradient import add_embedding_gradient_in_place

if TYPE_CHECKING:
    from torch import Tensor

STEPS = 1 << 16  # a number is dropped when its 16 random bits are below p * STEPS


class QuickDropout(nn.Module):
    """Dropout of the probability p, rounded to 1/65536.

    The mask comes from numpy's SFC64, seeded by one draw of torch's own generator: torch's seed and
    saved state therefore decide it, as they decide torch's dropout.
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p  # some attention reads it and drops by itself
        self.threshold = round(p * STEPS)

    def forward(self, hidden: Tensor) -> Tensor:
        """Return `hidden` with numbers set to zero and the others scaled up, in training only."""
        if not self.training or not self.threshold:
            return hidden
        return drop(hidden, self.p, int(torch.empty((), dtype=torch.int64).random_()))


def drop(hidden: Tensor, p: float, seed: int) -> Tensor:
    """Return `hidden` with a share p (rounded to 1/65536) set to zero and the others scaled up."""
    threshold = round(p * STEPS)
    words = np.random.SFC64(seed).random_raw(-(-hidden.numel() // 4))
    bits = torch.from_numpy(words.view(np.uint16)[: hidden.numel()].view(np.int16))
    keeps = bits.view(hidden.shape) >= threshold - STEPS // 2
    return hidden * keeps.to(hidden.dtype).mul_(STEPS / (STEPS - threshold))


def use_quick_parts(model: Any) -> None:
    """Put the quicker parts in place of a model's own; none has weights.

    On a GPU torch's own are quick, and the model is left as it is.
    """
    from transformers.activations import NewGELUActivation

    if next(model.parameters()).device.type != "cpu":
        return
    for module in list(model.modules()):
        for name, part in list(module.named_children()):
            if type(part) is nn.Dropout and part.p < 1:
                setattr(module, name, QuickDropout(part.p).train(part.training))
            elif type(part) is NewGELUActivation:
                setattr(module, name, nn.GELU(approximate="tanh"))
    add_embedding_gradient_in_place(model)
