"""What decides a stage's weights beside its settings and texts: the engine itself."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import scicot

ENGINE_SOURCES = (
    "pure/students/batching.py",
    "adapters/students/codec.py",
    "adapters/students/examples.py",
    "adapters/students/loss.py",
    "adapters/students/quick_parts.py",
    "adapters/students/trainer.py",
)
ENGINE_PACKAGES = ("torch", "transformers", "tokenizers")


@lru_cache(maxsize=1)
def engine_version() -> str:
    """Return a hash of the sources and packages that decide what training gives.

    A stage trained by another engine is not reused: it might differ.
    """
    digest = hashlib.sha256()
    folder = Path(scicot.__file__).parent
    for name in ENGINE_SOURCES:
        digest.update((folder / name).read_bytes())
    for package in ENGINE_PACKAGES:
        digest.update(f"{package}=={metadata.version(package)}\n".encode())
    return digest.hexdigest()[:16]
