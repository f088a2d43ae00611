"""A student's products on a processor through oneDNN, its weights packed ahead.

torch leaves an fp32 product to MKL, which on AMD's processors does without AVX-512; and it goes
through a weight as it lies. Packed once, the same product takes less than half the time. It stays
fp32: only the order of the sums differs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from scicot.adapters.students.codec import SpecialIds
from scicot.words.records import Family
from scicot.words.storage import says_no_memory

if TYPE_CHECKING:
    from torch import Tensor

QUICK_THREADS = {"AVX512": 2}  # by what the processor can; measured in docs/log.md


def can_pack() -> bool:
    """Return whether this torch can multiply by packed weights; builds without oneDNN cannot."""
    import torch

    names = ("_reorder_linear_weight", "_linear_pointwise")
    is_there = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    return is_there and all(hasattr(torch.ops.mkldnn, name) for name in names)


def quick_threads() -> int:
    """Return with how many threads at most a student writes as quickly as CTranslate2 does.

    That gives each thread texts of its own, and gains more by the second and third.
    """
    import torch

    return QUICK_THREADS.get(torch.backends.cpu.get_cpu_capability(), 1)


@contextmanager
def packed_products(model: Any) -> Iterator[None]:
    """Let a model multiply by packed copies of its weights for a while; they must not change.

    A copy of most of the weights is held meanwhile. Where gradients are asked for, the model
    multiplies as ever; on a GPU, or where torch cannot pack, it is left as it is.
    """
    changed: list[tuple[Any, Any]] = []
    try:
        for module, weight in _list_products(model):
            changed.append((module, vars(module).get("forward")))
            module.forward = _multiply(weight, module.bias, module.forward)
        yield
    finally:
        for module, forward in changed:
            if forward is None:
                del module.forward
            else:
                module.forward = forward


def pack_for_good(model: Any) -> bool:
    """Pack a model that will learn no more; return whether anything was.

    The weights that nothing else uses are let go of, each as soon as it is packed. The others leave
    the file that they were read from, which would stay in memory whole.
    """
    model.requires_grad_(False)
    users = Counter(id(weight) for _, weight in model.named_parameters(remove_duplicate=False))
    for module, weight in _list_products(model):
        module.forward = _multiply(weight, module.bias, None)
        if users[id(module.weight)] == 1:
            module.weight.data = weight.new_empty(0)
    if not is_packed(model):
        return False
    for parameter in model.parameters():
        parameter.data = parameter.data.clone()
    return True


def is_packed(model: Any) -> bool:
    """Return whether any of a model's products goes by packed weights."""
    return any(
        getattr(vars(module).get("forward"), "is_packed", False) for module in model.modules()
    )


def still_works(model: Any, special: SpecialIds) -> bool:
    """Return whether a model with packed weights reads a word at all."""
    import torch

    ids = torch.tensor([[special.eos]])
    inputs = {"input_ids": ids}
    if special.family is Family.ENCODER_DECODER:
        inputs["decoder_input_ids"] = ids
    try:
        with torch.no_grad():
            model(**inputs)
    except RuntimeError as error:
        if says_no_memory(error):
            raise
        return False
    return True


def _list_products(model: Any) -> Iterator[tuple[Any, Tensor]]:
    """Yield the layers that only multiply by a weight, and it as `[outputs, inputs]`."""
    import torch
    from transformers.pytorch_utils import Conv1D

    if not can_pack():
        return
    for module in list(model.modules()):
        if type(module) not in (torch.nn.Linear, Conv1D):
            continue
        weight = module.weight.detach()
        if weight.device.type == "cpu" and weight.dtype == torch.float32 and weight.numel():
            yield module, weight.T if type(module) is Conv1D else weight


def _multiply(
    weight: Tensor, bias: Tensor | None, plain: Callable[[Tensor], Tensor] | None
) -> Callable[[Tensor], Tensor]:
    """Return the product by a packed copy of a weight; `plain` is for where it cannot be taken."""
    import torch

    packed = torch.ops.mkldnn._reorder_linear_weight(weight.contiguous())

    def multiply(hidden: Tensor) -> Tensor:
        if plain is not None and (torch.is_grad_enabled() or hidden.dtype != torch.float32):
            return plain(hidden)
        product: Tensor = torch.ops.mkldnn._linear_pointwise(hidden, packed, bias, "none", [], "")
        return product

    multiply.is_packed = True  # type: ignore[attr-defined]
    return multiply
