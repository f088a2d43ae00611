"""What is saved once a folder is there: a share may be away for a while, and hours are at stake."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from scicot.adapters.disk import is_there
from scicot.services.runs.context import patiently
from scicot.words.errors import StorageAway
from scicot.words.storage import says_away

T = TypeVar("T")


def once_there(folder: Path, save: Callable[[], T], check: Callable[[], None]) -> T:
    """Return what `save` gives once the folder is there, for as long as a worker has patience.

    It may be called again after it was cut short. `check` may raise to stop the waiting. A disk
    that is full, or refuses, is not waited for; raises StorageAway where the folder stays away.
    """

    def attempt() -> T:
        if not is_there(folder):  # it would be made anew, where nobody looks for it later
            raise _away(folder, "it is not there")
        try:
            return save()
        except Exception as error:  # libraries that write files have errors of their own
            if not says_away(error):
                raise
            raise _away(folder, str(error)) from error

    return patiently(attempt, (StorageAway,), check=check)


def _away(folder: Path, why: str) -> StorageAway:
    return StorageAway(
        f"The student cannot be saved: {folder} is away ({why}). Bring its disk back, then resume "
        "the run."
    )
