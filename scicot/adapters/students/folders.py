"""Find a student by hub id, folder or the word `starter`, and refuse what may carry code.

No torch here: the app may look at a student before a run starts.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from scicot.adapters.students.codec import learned_positions
from scicot.words.configs import STARTER_STUDENT, STUDENT_FILES
from scicot.words.errors import StudentError
from scicot.words.records import Family
from scicot.words.settings import Settings
from scicot.words.storage import expand

HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
WEIGHTS_INDEX = "model.safetensors.index.json"
ATTENTIONS: tuple[Any, ...] = (None, {}, "", "eager", "sdpa")  # transformers' own
_RECURRENT = "which keeps no keys and values that options could be scored by"
OTHERWISE = {
    **dict.fromkeys(
        ("mamba", "mamba2", "falcon_mamba", "rwkv", "recurrent_gemma", "xlstm"), _RECURRENT
    ),
    **dict.fromkeys(
        ("switch_transformers", "nllb-moe"),
        "whose experts transformers does not train by this loss",
    ),
}
NO_TEXT = (
    *("whisper", "speech_to_text", "pix2struct", "vision-encoder-decoder"),
    "speech-encoder-decoder",
)
NEEDS_LANGUAGE_CODES = ("mbart", "m2m_100", "marian", "nllb-moe", "fsmt")


@dataclass(frozen=True, slots=True)
class StudentFolder:
    """A student on this machine, checked. `fingerprint` names its weights and tokenizer.

    `vocabulary`: the words it has weights for. `positions`: how many tokens it reads at once, None
    where nothing but its training bounds them.
    """

    name: str
    path: Path
    family: Family
    model_type: str
    fingerprint: str
    weights_bytes: int
    vocabulary: int | None = None
    positions: int | None = None


def find_student(name: str, settings: Settings) -> StudentFolder:
    """Return the student; a hub id is fetched, the starter is built, each once.

    Raises StudentError when it cannot be had, or its folder holds more than a student may.
    """
    if settings.packed_student is not None:
        return inspect_folder(name, settings.packed_student)
    check_student_name(name, settings)
    if name == STARTER_STUDENT:
        from scicot.adapters.students.starter import ensure_starter

        return inspect_folder(name, ensure_starter(settings))
    if is_own_folder(name):
        return inspect_folder(name, expand(Path(name)).resolve())
    return inspect_folder(name, _fetch(name, local_only=False))


def is_own_folder(name: str) -> bool:
    """Return whether a student's name is a folder of this machine."""
    return expand(Path(name)).is_dir()


def find_local_student(name: str, settings: Settings) -> StudentFolder | None:
    """Return the student if it is on this machine already, without fetching or building it."""
    check_student_name(name, settings)
    if name == STARTER_STUDENT:
        from scicot.adapters.students.starter import starter_folder

        path = starter_folder(settings)
        return inspect_folder(name, path) if path.is_dir() else None
    if is_own_folder(name):
        return inspect_folder(name, expand(Path(name)).resolve())
    try:
        return inspect_folder(name, _fetch(name, local_only=True))
    except StudentError:
        return None


def check_student_name(name: str, settings: Settings) -> None:
    """Raise StudentError for what is neither a folder, a hub id nor `starter`."""
    if name == STARTER_STUDENT:
        return
    path = expand(Path(name))
    if path.is_dir():
        roots = settings.student_folder_list
        if roots and not any(path.resolve().is_relative_to(root.resolve()) for root in roots):
            raise StudentError(
                f"Student '{name}' lies outside the folders that SCICOT_STUDENT_FOLDERS allows. "
                "Move it there, or ask whoever runs this installation."
            )
    elif not HUB_ID.fullmatch(name) or ".." in name:
        raise StudentError(
            f"Student '{name}' is no folder on this machine and no Hugging Face id. "
            f"Give a folder, an id such as google/flan-t5-small, or '{STARTER_STUDENT}'."
        )


def inspect_folder(name: str, path: Path) -> StudentFolder:
    """Return what a student's folder holds; raises StudentError for a folder that is refused."""
    _refuse_strange_files(name, path)
    config = _read_json(name, path / "config.json")
    tokenizer_config = path / "tokenizer_config.json"
    for file, content in (
        ("config.json", config),
        (
            "tokenizer_config.json",
            _read_json(name, tokenizer_config) if tokenizer_config.exists() else {},
        ),
    ):
        asked = next(_asks_for_code(content), None)
        if asked is not None:
            raise StudentError(
                f"Student '{name}': {file} asks to run code of its own ('{asked}'). "
                "Sci-CoT runs no code that comes with a model; choose a standard architecture."
            )
    weights = _weight_files(name, path)
    return StudentFolder(
        name=name,
        path=path,
        family=_family(name, config),
        model_type=str(config.get("model_type", "")),
        fingerprint=_fingerprint(tuple(_identity(file) for file in _content_files(path, weights))),
        weights_bytes=sum(file.stat().st_size for file in weights),
        vocabulary=_whole(config.get("vocab_size")),
        positions=learned_positions(config),
    )


def _refuse_strange_files(name: str, path: Path) -> None:
    """Refuse what is read for ever, and adapters: they name another folder to be loaded instead."""
    for file in path.iterdir() if path.is_dir() else ():
        if file.exists() and not (file.is_dir() or stat.S_ISREG(file.stat().st_mode)):
            raise StudentError(f"Student '{name}': {file.name} cannot be read: it is no file.")
    if (path / "adapter_config.json").exists():
        raise StudentError(
            f"Student '{name}' holds adapters to another model (adapter_config.json). Merge them "
            "into that model, and give the folder of the whole."
        )


def _asks_for_code(content: Any) -> Iterator[str]:
    """Yield by which names a config, or one inside it, asks for code: also for attention kernels.

    transformers fetches those from the hub where the package `kernels` is installed.
    """
    if isinstance(content, list):
        for item in content:
            yield from _asks_for_code(item)
    if not isinstance(content, dict):
        return
    for key, value in content.items():
        if key == "auto_map" or (key.endswith("attn_implementation") and value not in ATTENTIONS):
            yield key
        yield from _asks_for_code(value)


def _family(name: str, config: dict[str, Any]) -> Family:
    kind = str(config.get("model_type", ""))
    named = config.get("architectures")
    architecture = str(named[0]) if isinstance(named, list) and named else ""
    if kind in NEEDS_LANGUAGE_CODES:
        raise StudentError(
            f"Student '{name}' is a translation model ({kind}); it needs language codes, which "
            "Sci-CoT does not give. Choose T5, BART or a causal model."
        )
    if kind in NO_TEXT or "vision_config" in config or "audio_config" in config:
        raise StudentError(
            f"Student '{name}' reads pictures or sound ({kind}), which no question here has. "
            "Choose a model that reads text alone."
        )
    if kind in OTHERWISE:
        raise StudentError(
            f"Student '{name}' is a {kind}, {OTHERWISE[kind]}. Choose T5, BART or a causal model "
            "with attention (Llama, GPT-2, ...)."
        )
    if config.get("is_encoder_decoder") or architecture.endswith("ForConditionalGeneration"):
        return Family.ENCODER_DECODER
    if architecture.endswith(("ForCausalLM", "LMHeadModel")):
        return Family.CAUSAL
    raise StudentError(
        f"Student '{name}' is a {architecture or kind or 'model of unknown kind'}; Sci-CoT trains "
        "encoder-decoders (T5, BART, ...) and causal models (Llama, GPT-2, ...)."
    )


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) else None


def _weight_files(name: str, path: Path) -> list[Path]:
    index = path / WEIGHTS_INDEX
    if index.exists():
        mapped = _read_json(name, index).get("weight_map")
        files = sorted({str(file) for file in mapped.values()}) if isinstance(mapped, dict) else []
    else:
        files = ["model.safetensors"]
    for file in files:
        # A hub cache links into its own blobs; a file name with a path in it is an attack.
        if Path(file).name != file or not file.endswith(".safetensors"):
            raise StudentError(
                f"Student '{name}': {WEIGHTS_INDEX} names '{file}', which is not a safetensors "
                "file of its own folder. Do not use this folder."
            )
    missing = [file for file in files if not (path / file).is_file()]
    if missing or not files:
        other = sorted(file.name for file in path.iterdir() if file.suffix in (".bin", ".pt"))
        found = f" (found {', '.join(other)}, which may carry code)" if other else ""
        raise StudentError(
            f"Student '{name}' has no {missing[0] if missing else 'weights'}{found}. "
            "Sci-CoT loads safetensors only; save the model with safe_serialization."
        )
    return [path / file for file in files]


def _content_files(path: Path, weights: list[Path]) -> list[Path]:
    names = ("config.json", "tokenizer.json", "tokenizer_config.json", "spiece.model")
    return [path / name for name in names if (path / name).exists()] + weights


def _identity(file: Path) -> tuple[str, int, int]:
    stat = file.stat()
    return str(file), stat.st_size, stat.st_mtime_ns


@lru_cache(maxsize=32)
def _fingerprint(files: tuple[tuple[str, int, int], ...]) -> str:
    digest = hashlib.sha256()
    for file, _, _ in files:
        digest.update(Path(file).name.encode())
        with Path(file).open("rb") as content:
            digest.update(hashlib.file_digest(content, "sha256").digest())
    return digest.hexdigest()


def _read_json(name: str, path: Path) -> dict[str, Any]:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise OSError("it is no regular file")
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StudentError(
            f"Student '{name}' has no {path.name}. Give the folder that save_pretrained wrote."
        ) from None
    except (ValueError, OSError, RecursionError) as error:
        raise StudentError(
            f"Student '{name}': {path.name} cannot be read ({error}). Save the student again with "
            "save_pretrained, or fetch it once more."
        ) from error
    if not isinstance(content, dict):
        raise StudentError(
            f"Student '{name}': {path.name} holds no JSON object. Give the folder that "
            "save_pretrained wrote."
        )
    return content


def _fetch(name: str, *, local_only: bool) -> Path:
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    unreachable = (
        f"Student '{name}' is not on this machine and the Hugging Face hub gave no copy. Check "
        "the id and the network, give a folder that holds it, or choose "
        f"'{STARTER_STUDENT}', which needs neither."
    )
    try:
        return Path(
            snapshot_download(
                name,
                allow_patterns=list(STUDENT_FILES),
                local_files_only=local_only,
                etag_timeout=10,
            )
        )
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError, ValueError) as error:
        raise StudentError(unreachable) from error
