"""What code and packages a run was made with."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import scicot

RECORDED_PACKAGES = ("torch", "transformers", "ctranslate2", "tokenizers", "numpy", "openai")


@lru_cache(maxsize=1)
def code_version() -> str:
    """Return the version and a hash of the package's own sources, e.g. `0.1.0+3f2a9c1b7d04`.

    A hash rather than a commit: it also names uncommitted changes.
    """
    digest = hashlib.sha256()
    folder = Path(scicot.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        digest.update(str(path.relative_to(folder)).encode())
        digest.update(path.read_bytes())
    return f"{scicot.__version__}+{digest.hexdigest()[:12]}"


@lru_cache(maxsize=1)
def package_versions() -> dict[str, str]:
    """Return the versions of the packages that can change a result."""
    return {name: metadata.version(name) for name in RECORDED_PACKAGES if _is_installed(name)}


def _is_installed(name: str) -> bool:
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True
