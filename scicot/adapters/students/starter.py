"""The starter student: SmolLM2-135M's weights out of the starter file, as a folder that trains.

It makes training work with no network. The first use builds the folder, later ones find it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

from scicot.adapters.moving import move_into_place
from scicot.adapters.starter_file import find_starter_file
from scicot.adapters.students.loading import quiet_transformers
from scicot.words.errors import StudentError
from scicot.words.places import REPOSITORY
from scicot.words.settings import Settings
from scicot.words.storage import full_disk, says_full


def starter_folder(settings: Settings) -> Path:
    """Return where the starter student lies once it is built."""
    return settings.artifacts_folder / "students" / "starter"


def ensure_starter(settings: Settings) -> Path:
    """Return the starter student's folder, built now if it is not there (about 15 seconds).

    Built in a process of its own, so that whoever asks need not hold torch.
    """
    folder = starter_folder(settings)
    if folder.is_dir():
        return folder
    file = find_starter_file("student", StudentError)
    folder.parent.mkdir(parents=True, exist_ok=True)
    built = subprocess.run(
        [sys.executable, "-m", "scicot.adapters.students.starter", str(file), str(folder)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    if not folder.is_dir():
        if says_full(OSError(built.stderr)):
            raise full_disk(f"the starter student {folder}")
        last = (built.stderr.strip().splitlines() or ["no message"])[-1]
        raise StudentError(
            f"The starter student could not be built in {folder.parent}: {last.rstrip('.')}. Put "
            "that right, then try again, or choose another student."
        )
    return folder


def build_starter(file: Path, folder: Path) -> None:
    """Write the GGUF file's model and tokenizer as a folder that transformers loads and trains."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    quiet_transformers()
    partial = folder.with_name(f".{folder.name}-{uuid.uuid4().hex}")
    loaded = AutoModelForCausalLM.from_pretrained(
        file.parent, gguf_file=file.name, dtype=torch.float32
    )
    tokenizer = AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)
    # A model that came from GGUF counts as quantised and cannot be saved; a fresh one can.
    config = loaded.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    model.load_state_dict(loaded.state_dict())
    _name_special_tokens(model, tokenizer)
    try:
        model.save_pretrained(partial)
        tokenizer.save_pretrained(partial)
        if not folder.exists():
            move_into_place(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _name_special_tokens(model: Any, tokenizer: Any) -> None:
    for config in (model.config, model.generation_config):
        config.eos_token_id = tokenizer.eos_token_id
        config.bos_token_id = tokenizer.bos_token_id
        config.pad_token_id = (
            tokenizer.eos_token_id if tokenizer.pad_token_id is None else tokenizer.pad_token_id
        )


if __name__ == "__main__":
    build_starter(Path(sys.argv[1]), Path(sys.argv[2]))
