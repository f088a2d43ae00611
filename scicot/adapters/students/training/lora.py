"""LoRA (Hu et al. 2021, 2106.09685): a student's own matrices stay, small ones beside them learn.

Of each linear layer but the head W becomes W + 2 B A, where B A has the rank r. What is trained,
and what a checkpoint holds, is A and B alone; at the end they are added to W, so that the trained
student is one like any other.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from scicot.words.errors import StudentError

SCALE = 2  # alpha over rank: what B A counts, the same for every rank


def refuse_without_peft() -> None:
    """Raise StudentError where the package that LoRA needs is not installed."""
    if find_spec("peft") is None:
        raise StudentError(
            "lora_rank needs the package peft, which is not installed here: pip install -r "
            "requirements-lora.txt. Or set lora_rank=0, and all weights are trained."
        )


def add_adapters(model: Any, rank: int) -> Any:
    """Put matrices of this rank beside the model's own, in place; return what merges them.

    Only they are trained from then on. B begins at zero, so that nothing changes at first.
    """
    refuse_without_peft()
    from peft import LoraConfig, LoraModel

    config = LoraConfig(r=rank, lora_alpha=SCALE * rank, target_modules="all-linear")
    return LoraModel(model, config, "default")


def merge_adapters(adapters: Any) -> Any:
    """Return the model with its adapters added to its own weights, and none left beside."""
    return adapters.merge_and_unload()
