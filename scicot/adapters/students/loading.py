"""Load and save a student with transformers: safetensors only, never a model's own code."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scicot.adapters.students.machine import choose_device
from scicot.words.errors import StudentError
from scicot.words.records import Family
from scicot.words.storage import says_no_memory

if TYPE_CHECKING:
    import torch

TOKENIZER_FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "spiece.model",
    "tokenizer.model",
    "vocab.json",
    "merges.txt",
    "added_tokens.json",
    "generation_config.json",
)


def read_libraries() -> None:
    """Read the modules that a student needs, which takes seconds."""
    import transformers

    _ = transformers.AutoModelForSeq2SeqLM, transformers.AutoModelForCausalLM


def load_model(folder: Path, family: Family) -> Any:
    """Return the model of a checked folder in float32; StudentError when it cannot be loaded."""
    import torch
    import transformers

    quiet_transformers()
    kinds = {
        Family.ENCODER_DECODER: transformers.AutoModelForSeq2SeqLM,
        Family.CAUSAL: transformers.AutoModelForCausalLM,
    }
    try:
        return kinds[family].from_pretrained(
            folder,
            dtype=torch.float32,
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
        )
    except Exception as error:  # a config may hold anything, and every library raises its own
        if says_no_memory(error):
            raise
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise StudentError(
            f"The student in '{folder.name}' cannot be loaded: {first} "
            "Check that its config and weights belong together."
        ) from error


def save_model(model: Any, tokenizer_folder: Path, folder: Path) -> None:
    """Write the model and the tokenizer files it came with into `folder`."""
    model.save_pretrained(folder)
    for name in TOKENIZER_FILES:
        if (tokenizer_folder / name).is_file() and not (folder / name).exists():
            shutil.copyfile(tokenizer_folder / name, folder / name)


def device_of(model: Any) -> torch.device:
    """Return where the model's parameters lie."""
    device: torch.device = next(model.parameters()).device
    return device


def place_model(model: Any, device: str = "auto") -> Any:
    """Return the model where it is to work: on the GPU where there is one, or as told.

    There, sums are taken in a fixed order where torch has one; `fixed_order` says where it is a
    must. Of its ways to attend, cuDNN's is left out: it makes a plan for every new shape of a
    batch, which is told to take up to a second, and no two batches here are alike.
    """
    import torch

    chosen = choose_device(device)
    if chosen == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read at cuBLAS's first use
        torch.use_deterministic_algorithms(True, warn_only=True)
        # what is not written yet is filled otherwise: a help in finding faults, a pass over memory
        torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
        torch.backends.cuda.enable_cudnn_sdp(False)
    return model.to(chosen)


@contextlib.contextmanager
def fixed_order(is_must: bool) -> Iterator[None]:
    """Let torch take every sum in a fixed order, or fail with a RuntimeError where it has none.

    Attention's gradient has one on a GPU, but only where it is a must.
    """
    import torch

    if not is_must:
        yield
        return
    torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(True, warn_only=True)


@contextlib.contextmanager
def whole_products(is_wanted: bool) -> Iterator[None]:
    """Let attention multiply whole matrices, and not tile by tile without keeping what is between.

    In bf16 on a processor each tile is a call of its own to a library that is slow to be called:
    most of a short text's step.
    """
    import torch

    # named for GPUs, and obeyed by processors too
    was = torch.backends.cuda.flash_sdp_enabled()  # type: ignore[no-untyped-call]
    torch.backends.cuda.enable_flash_sdp(was and not is_wanted)
    try:
        yield
    finally:
        torch.backends.cuda.enable_flash_sdp(was)


def says_no_fixed_order(error: RuntimeError) -> bool:
    """Return whether an error says that an operation has no fixed order."""
    return "deterministic" in str(error)


def quiet_transformers() -> None:
    """Keep transformers' bars and advice out of a run's log."""
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    logging.getLogger("transformers").setLevel(logging.ERROR)
