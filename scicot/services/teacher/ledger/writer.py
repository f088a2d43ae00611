"""One thread that writes the ledger: what many calls want written at once is one transaction.

Asyncio must not wait for the disk, and SQLite has one writer; so calls hand their writes over
and get a future. While the database stays locked, every paid answer that arrives goes to a spool
file, synced to disk, from which it is stored later: an answer is never bought twice because of a
lock. On a full disk the spool has room of its own, put aside before the first call was sent.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from db.session import open_session, write
from scicot.adapters.teacher.spool import Spool
from scicot.words.errors import DatabaseBusy, DatabaseError

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
    is_spooled: bool = False
    future: Future[Any] = field(default_factory=Future)


class LedgerWriter:
    """The thread and its queue. Use it in `with`; leaving it writes what was handed over."""

    def __init__(
        self, database_url: str, spool: Spool, *, give_up_seconds: float = GIVE_UP_SECONDS
    ) -> None:
        self._url = database_url
        self._spool = spool
        self._give_up_seconds = give_up_seconds
        self._spool_lock = threading.Lock()
        self._lines = 0  # in the spool, of answers that are not stored
        self._is_locked = threading.Event()
        self._queue: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._waiting: deque[_Work] = deque()
        self._is_ending = False
        self._thread = threading.Thread(target=self._run, name="ledger-writer", daemon=True)

    def __enter__(self) -> Self:
        self._spool.room.put_aside()
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
        self._spool.room.give_back()

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
        if spooled is not None and self._is_locked.is_set():
            with suppress(OSError):  # the thread tries again, and says so
                self._spool_answers([work])
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
        while True:
            try:
                self._write(group)
                break
            except DatabaseBusy as error:
                self._is_locked.set()
                group += self._arrived()  # what has come meanwhile is paid for as well
                try:
                    self._spool_answers(group)
                except OSError as refused:
                    log.error("Paid answers could not be spooled: %s", refused)
                if time.monotonic() > give_up_at:
                    for work in group:
                        work.future.set_exception(error)
                    return
                log.warning("The database is locked; paid answers are kept in the spool")
                time.sleep(RETRY_SECONDS)
        self._is_locked.clear()
        self._forget_spooled(group)

    def _arrived(self) -> list[_Work]:
        """Return what was handed over since the group was taken, without waiting."""
        arrived: list[_Work] = []
        while True:
            try:
                work = self._queue.get_nowait()
            except queue.Empty:
                return arrived
            if work is None:
                self._is_ending = True
            elif work.can_wait:
                self._waiting.append(work)
            else:
                arrived.append(work)

    def _spool_answers(self, group: Sequence[_Work]) -> None:
        """Put the answers of the group into the spool, each once."""
        with self._spool_lock:
            new = [work for work in group if work.spooled is not None and not work.is_spooled]
            if new:
                self._spool.append([work.spooled for work in new if work.spooled is not None])
                self._lines += len(new)
            for work in new:
                work.is_spooled = True

    def _forget_spooled(self, group: Sequence[_Work]) -> None:
        """Clear the spool once everything in it is stored; what failed stays for the next start."""
        with self._spool_lock:
            stored = [work for work in group if work.is_spooled and not work.future.exception()]
            self._lines -= len(stored)
            if stored and not self._lines:
                self._spool.clear()

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
        if isinstance(error, OperationalError):  # a full disk, or one that fails
            said = str(error.orig)
            log.error("The ledger could not be written: %s", said)
            error = DatabaseError(
                f"The database cannot be written ({said}). Answers that came are kept and nothing "
                "more is sent: make room on the disk, then resume the run."
            )
        try:
            self._spool_answers([work])
        except OSError as refused:
            log.error("A paid answer could not even be spooled: %s", refused)
        work.future.set_exception(error)

    def _transact(self, group: list[_Work]) -> list[Any]:
        with open_session(self._url) as session, write(session):
            return [work.do(session) for work in group]
