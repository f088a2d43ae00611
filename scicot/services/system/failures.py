"""One sentence and an id for anything that goes wrong; the log knows the rest by the id."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

from scicot.adapters.error_log import write_error
from scicot.words.errors import SciCotError
from scicot.words.settings import get_settings
from scicot.words.storage import full_disk, says_full, says_no_memory, storage_error


@dataclass(frozen=True, slots=True)
class Told:
    """What a person is told of an error: no traceback, no query, no text of others."""

    sentence: str
    error_id: str
    log: Path | None

    def __str__(self) -> str:
        return f"{self.sentence} (error {self.error_id})"


def tell(error: BaseException) -> Told:
    """Return what to say of an error, and write it to the log under its id."""
    error_id = uuid.uuid4().hex[:8]
    home, secrets = _known()
    log = write_error(home, error_id, error, secrets)
    return Told(_sentence(error, log), error_id, log)


def _known() -> tuple[Path | None, tuple[str, ...]]:
    """Return the home folder and the keys, as far as the settings can be read."""
    try:
        settings = get_settings()
        return settings.home_folder, settings.known_secrets
    except (SciCotError, OSError):
        return None, ()


def _sentence(error: BaseException, log: Path | None) -> str:
    if isinstance(error, SciCotError):
        return str(error)
    if says_no_memory(error):
        return "The machine ran out of memory. Close other programs, then try again."
    if isinstance(error, OSError) and error.errno:
        return str(storage_error(error, str(error.filename or "a file")))
    # of the command line or a file's name, mostly
    if isinstance(error, UnicodeEncodeError) or "embedded null" in str(error):
        return "A name or text holds bytes that are no text. Write it as UTF-8."
    if says_full(error):
        return str(full_disk("a file"))
    where = f"{log} has the details" if log else "no log could be written"
    return (
        f"Something unexpected happened ({type(error).__name__}); {where}. "
        "Try again; if it happens again, run `python -m scicot doctor` and tell the maintainers."
    )
