"""One thread that writes the ledger: what many calls want written at once is one transaction.

Asyncio must not wait for the disk, and SQLite has one writer; so calls hand their writes over
and get a future. While the database stays locked, paid answers go to a spool file, synced to
disk, from which they are stored later: an answer is never bought twice because of a lock.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy.orm import Session

from db.session import open_session, write
from scicot.words.errors import DatabaseBusy

T = TypeVar("T")
MAX_GROUP = 256
WAITING_AT_ONCE = 8  # so that a call waits for few of them
MAX_WAITING = 512
GIVE_UP_SECONDS = 900.0
RETRY_SECONDS = 0.2
log = logging.getLogger(__name__)


@dataclass
class _Work:
    do: Callable[[Session], Any]
    spooled: Mapping[str, Any] | None
    can_wait: bool
    future: Future[Any] = field(default_factory=Future)


class Spool:
    """A file of paid answers that the database could not take yet, one JSON object a line."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Add the lines and return once they are on the disk."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            for line in lines:
                file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def read(self) -> list[dict[str, Any]]:
        """Return the lines, without a last one that a kill cut short."""
        if not self._path.exists():
            return []
        lines = []
        for text in self._path.read_text(encoding="utf-8").splitlines():
            try:
                lines.append(json.loads(text))
            except ValueError:
                log.warning("A cut line in %s was left out", self._path.name)
        return lines

    def clear(self) -> None:
        """Remove the file: everything in it is stored."""
        self._path.unlink(missing_ok=True)


class LedgerWriter:
    """The thread and its queue. Use it in `with`; leaving it writes what was handed over."""

    def __init__(
        self, database_url: str, spool: Spool, *, give_up_seconds: float = GIVE_UP_SECONDS
    ) -> None:
        self._url = database_url
        self._spool = spool
        self._give_up_seconds = give_up_seconds
        self._unstored = False  # does the spool hold an answer that storing failed for?
        self._queue: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._waiting: deque[_Work] = deque()
        self._is_ending = False
        self._thread = threading.Thread(target=self._run, name="ledger-writer", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._queue.put(None)
        self._thread.join()

    def submit(
        self,
        do: Callable[[Session], T],
        *,
        spooled: Mapping[str, Any] | None = None,
        can_wait: bool = False,
    ) -> Future[T]:
        """Hand over one piece of writing; `spooled` is kept if it cannot be written now.

        What can wait is written when nothing else is at hand, so that no call waits behind it to
        be sent. Both kinds are done in the order in which they came.
        """
        work = _Work(do, spooled, can_wait)
        work.future.set_running_or_notify_cancel()  # what was handed over is written, come what may
        self._queue.put(work)
        return work.future

    def _run(self) -> None:
        while group := self._take():
            self._write_patiently(group)

    def _take(self) -> list[_Work]:
        """Return the work to do next; none when there will be no more."""
        group: list[_Work] = []
        while len(group) < MAX_GROUP:
            must_wait = not group and not self._waiting and not self._is_ending
            try:
                work = self._queue.get(block=must_wait)
            except queue.Empty:
                break
            if work is None:
                self._is_ending = True
            else:
                (self._waiting if work.can_wait else group).append(work)
        if not group or len(self._waiting) > MAX_WAITING:
            group += [
                self._waiting.popleft() for _ in range(min(len(self._waiting), WAITING_AT_ONCE))
            ]
        return group

    def _write_patiently(self, group: list[_Work]) -> None:
        give_up_at = time.monotonic() + self._give_up_seconds
        spooled = False
        while True:
            try:
                self._write(group)
                break
            except DatabaseBusy as error:
                if not spooled:
                    self._spool_answers(group)
                    spooled = True
                if time.monotonic() > give_up_at:
                    for work in group:
                        work.future.set_exception(error)
                    return
                log.warning("The database is locked; paid answers are kept in the spool")
                time.sleep(RETRY_SECONDS)
        if spooled and not self._unstored:
            self._spool.clear()

    def _spool_answers(self, group: list[_Work]) -> None:
        lines = [work.spooled for work in group if work.spooled is not None]
        if lines:
            self._spool.append(lines)

    def _write(self, group: list[_Work]) -> None:
        """Write the group in one transaction, or one by one when one of them is faulty."""
        waiting = [work for work in group if not work.future.done()]
        try:
            results = self._transact(waiting)
        except DatabaseBusy:
            raise
        except Exception as error:  # whatever a piece of work raises belongs to its own future
            if len(waiting) > 1:
                for work in waiting:
                    self._write([work])
                return
            self._keep(waiting[0], error)
            return
        for work, result in zip(waiting, results, strict=True):
            work.future.set_result(result)

    def _keep(self, work: _Work, error: Exception) -> None:
        """Hand the error to who waits, with a paid answer in the spool for the next start."""
        try:
            self._spool_answers([work])
            self._unstored = self._unstored or work.spooled is not None
        except OSError as refused:
            log.error("A paid answer could not even be spooled: %s", refused)
        work.future.set_exception(error)

    def _transact(self, group: list[_Work]) -> list[Any]:
        with open_session(self._url) as session, write(session):
            return [work.do(session) for work in group]
