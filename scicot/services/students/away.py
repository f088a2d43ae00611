"""What is saved or read once a folder is there: a share may be away, and hours are at stake."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select

from db.models import StageRow
from scicot.adapters.disk import is_there
from scicot.adapters.students.stages.stage_files import stage_folder
from scicot.pure.runs.durations import say_duration
from scicot.services.runs.context import PATIENCE_SECONDS, patiently
from scicot.services.students.watcher import RunWatcher
from scicot.words.errors import Cancelled, StorageAway, StudentError
from scicot.words.storage import says_away, says_full, says_missing

T = TypeVar("T")


def once_there(folder: Path, attempt: Callable[[], T], watcher: RunWatcher, what: str) -> T:
    """Return what the attempt gives once the folder is there, for as long as a worker has patience.

    It may be made again after it was cut short. A disk that is full, or refuses, is not waited for;
    a file that is missing in a folder that is there is looked for once more, since the folder may
    have come back just now. Raises StorageAway where the folder stays away, and StudentError where
    it is the file alone that is missing; their sentences begin with `what` is in vain.
    """
    has_missed = False

    def made() -> T:
        nonlocal has_missed
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
            if is_there(folder) and says_missing(error):
                if has_missed:
                    raise StudentError(
                        f"{what}: {folder} is there, but not all of its files ({error}). Train the "
                        "run again; the same settings give the same student."
                    ) from error
                has_missed = True
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


def await_stages(watcher: RunWatcher) -> None:
    """Return once the folder of all stages is there, where the database knows of a stage.

    A share that is away may leave an empty folder behind, in which nothing is to be made anew.
    Raises StorageAway where it stays away.
    """
    context = watcher.context
    stages = stage_folder(context.settings, "")

    def look() -> None:
        if is_there(stages) or context.settings.artifacts_url:  # each machine fetches its own
            return
        if context.patiently(lambda session: session.scalar(select(StageRow.id).limit(1))):
            raise StorageAway(
                f"{stages} is away, and the database knows of students in it. Bring its disk back, "
                "or make the folder anew if it is gone for good; then resume the run."
            )

    while_away(stages, look, watcher)


def say_away(what: str, folder: Path, why: str) -> StorageAway:
    """Return the error of a folder that is not there just now; `what` is in vain without it."""
    return StorageAway(
        f"{what}: {folder} is away ({why.rstrip('.')}). Bring its disk back, then try again."
    )
