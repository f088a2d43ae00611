"""What a worker shows in a parcel's folder: that it lives, what it does; and whether it is to stop.

The folder may lie on a share that is away for a while, or on a disk that is full: that costs the
signs of that time and no work. What could not be told is told once the folder takes it.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scicot.adapters.atomic_files import write_atomically
from scicot.adapters.clock import utc_now
from scicot.adapters.parcel_folders import PROGRESS
from scicot.adapters.parcel_news import ALIVE, CANCEL
from scicot.words.errors import SciCotError

POLL_SECONDS = 0.5
ALIVE_SECONDS = 5.0
log = logging.getLogger(__name__)


class Progress:
    """The file of what a worker tells, one JSON object a line; others may be reading it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._untold: list[str] = []
        self._is_torn = False  # half a line may stand at the end of the file
        self._lock = threading.Lock()

    def tell(self, event: Mapping[str, Any]) -> None:
        """Add an event with its moment; one that the folder does not take now waits."""
        said = {"at": utc_now().isoformat(), **event}
        with self._lock:
            self._untold.append(json.dumps(said, ensure_ascii=False) + "\n")
        try:
            self.catch_up()
        except OSError as error:
            log.debug("Not told yet: %s", error)  # who keeps in touch says it, once

    def catch_up(self) -> None:
        """Write what was not told yet; raises OSError where the folder does not take it."""
        with self._lock:
            if not self._untold:
                return
            begin = "\n" if self._is_torn else ""
            self._is_torn = True
            with self._path.open("a", encoding="utf-8") as file:
                file.write(begin + "".join(self._untold))
            self._untold, self._is_torn = [], False


class _Watch:
    """One look after another at the folder; what it refuses is said once, and so is its end."""

    def __init__(self, folder: Path, progress: Progress, stop: Callable[[], bool]) -> None:
        self._folder, self._progress, self._stop = folder, progress, stop
        self._is_heeded = False
        self._shown = -ALIVE_SECONDS
        self._is_away = False

    def look(self) -> None:
        """Heed whoever asks to stop, show that the worker lives, tell what waits."""
        try:
            if not self._is_heeded and (self._folder / CANCEL).exists():
                self._is_heeded = self._stop()
            if time.monotonic() - self._shown >= ALIVE_SECONDS:
                write_atomically(self._folder / ALIVE, utc_now().isoformat().encode())
                self._shown = time.monotonic()
            self._progress.catch_up()
        except (SciCotError, OSError) as error:
            if not self._is_away:
                log.warning(
                    "%s takes no sign of life (%s). The work goes on, and tells the rest later.",
                    self._folder,
                    error,
                )
            self._is_away = True
        else:
            if self._is_away:
                log.warning("%s takes signs of life again.", self._folder)
            self._is_away = False


@contextmanager
def in_touch(folder: Path, stop: Callable[[], bool]) -> Iterator[Progress]:
    """Show signs of life in the folder meanwhile, and yield what takes the worker's news.

    `stop` is called when somebody asks for it, and returns whether it could do so; if not, it is
    called again.
    """
    (folder / CANCEL).unlink(missing_ok=True)
    progress, over = Progress(folder / PROGRESS), threading.Event()
    watch = _Watch(folder, progress, stop)

    def keep() -> None:
        watch.look()
        while not over.wait(POLL_SECONDS):
            watch.look()

    thread = threading.Thread(target=keep, daemon=True, name="in-touch")
    thread.start()
    try:
        yield progress
    finally:
        over.set()
        thread.join()
