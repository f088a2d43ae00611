"""What is saved or read once a folder is there: a share may be away, and hours are at stake."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from scicot.adapters.disk import is_there
from scicot.pure.runs.durations import say_duration
from scicot.services.runs.context import PATIENCE_SECONDS, patiently
from scicot.services.students.watcher import RunWatcher
from scicot.words.errors import Cancelled, StorageAway
from scicot.words.storage import says_away, says_full

T = TypeVar("T")


def once_there(folder: Path, attempt: Callable[[], T], watcher: RunWatcher, what: str) -> T:
    """Return what the attempt gives once the folder is there, for as long as a worker has patience.

    It may be made again after it was cut short. A disk that is full, or refuses, is not waited for.
    Raises StorageAway where the folder stays away; its sentence begins with `what` is in vain.
    """

    def made() -> T:
        if not is_there(folder):  # it would be made anew, where nobody looks for it later
            raise say_away(what, folder, "it is not there")
        try:
            given = attempt()
            if given or is_there(folder):  # a no may only mean that it has gone just now
                return given
            raise say_away(what, folder, "it is not there")
        except (Cancelled, StorageAway):
            raise
        except Exception as error:  # libraries that deal with files have errors of their own
            if says_full(error) or (is_there(folder) and not says_away(error)):
                raise
            raise say_away(what, folder, str(error)) from error

    return while_away(folder, made, watcher)


def while_away(folder: Path, attempt: Callable[[], T], watcher: RunWatcher) -> T:
    """Return what the attempt gives; made again while it raises StorageAway of this folder.

    The run says what it waits for, and that it is back; it can be cancelled meanwhile.
    """
    is_told = False

    def wait() -> None:
        nonlocal is_told
        watcher.check()
        if not is_told:
            most = say_duration(PATIENCE_SECONDS)
            watcher.say(f"Waits until {folder} is there again, {most} at most.")
            is_told = True

    given = patiently(attempt, (StorageAway,), check=wait)
    if is_told:
        watcher.say(f"{folder} is there again.")
    return given


def say_away(what: str, folder: Path, why: str) -> StorageAway:
    """Return the error of a folder that is not there just now; `what` is in vain without it."""
    return StorageAway(
        f"{what}: {folder} is away ({why.rstrip('.')}). Bring its disk back, then try again."
    )
