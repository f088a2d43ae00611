"""What dropout draws, from a generator of the thread's own.

torch has one generator for all threads: with several, who draws first would decide what is left
out. Here each batch's draws come from its own number, whoever works on it.
"""

from __future__ import annotations

import contextlib
import math
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from scicot.adapters.students.training.quick_parts import drop

if TYPE_CHECKING:
    from torch import Tensor

_HERE = threading.local()


class OwnDraws(TorchFunctionMode):
    """Surroundings in which a student's dropout draws from `generator`, in this thread alone.

    What torch draws by other functions than a student's usual ones still comes from its own.
    """

    def __init__(self) -> None:
        super().__init__()
        self.generator = torch.Generator()
        self._before: list[OwnDraws | None] = []  # what this thread drew from until then

    def __enter__(self) -> OwnDraws:
        """Begin to draw from the generator."""
        super().__enter__()  # type: ignore[no-untyped-call]
        self._before.append(getattr(_HERE, "draws", None))
        _HERE.draws = self
        return self

    def __exit__(self, *reason: Any) -> None:
        """Draw as torch does again."""
        _HERE.draws = self._before.pop()
        super().__exit__(*reason)  # type: ignore[no-untyped-call]

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        """Compute as torch does, but for the functions by which students draw."""
        named = kwargs or {}
        if function is functional.dropout:
            return self._dropout(*args, **named)
        if function is functional.scaled_dot_product_attention:
            return self._attention(*args, **named)
        if function is torch.Tensor.random_:
            named = {"generator": self.generator} | named
        return function(*args, **named)

    def _dropout(
        self, values: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
    ) -> Tensor:
        if not training or not 0 < p < 1 or inplace:
            return functional.dropout(values, p, training, inplace)
        return drop(
            values, p, int(torch.empty((), dtype=torch.int64).random_(generator=self.generator))
        )

    def _attention(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        attn_mask: Tensor | None = None,
        dropout_p: float = 0.0,
        is_causal: bool = False,
        **named: Any,
    ) -> Tensor:
        """Return torch's own; with dropout the same in steps, as torch does on a processor."""
        scale = named.pop("scale", None) or 1 / math.sqrt(query.shape[-1])
        if not dropout_p or is_causal or named.get("enable_gqa"):
            return functional.scaled_dot_product_attention(
                query, key, value, attn_mask, dropout_p, is_causal, scale=scale, **named
            )
        scores = (query * scale) @ key.transpose(-2, -1)
        if attn_mask is not None:
            is_kept = attn_mask.dtype == torch.bool
            scores = scores.masked_fill(~attn_mask, -math.inf) if is_kept else scores + attn_mask
        return self._dropout(scores.softmax(dim=-1), dropout_p) @ value


def keep_draws() -> tuple[
    contextlib.AbstractContextManager[Any], contextlib.AbstractContextManager[Any]
]:
    """Return the surroundings of a computation, and those in which it draws the same again."""
    draws: OwnDraws | None = getattr(_HERE, "draws", None)
    if draws is None:
        return contextlib.nullcontext(), contextlib.nullcontext()
    return contextlib.nullcontext(), _again(draws, draws.generator.get_state())


@contextlib.contextmanager
def _again(draws: OwnDraws, state: Tensor) -> Iterator[None]:
    """Draw from a state on; a backward pass, which computes again, has left the surroundings."""
    now = draws.generator.get_state()
    draws.generator.set_state(state)
    try:
        with draws:
            yield
    finally:
        draws.generator.set_state(now)
