"""Whose each of this machine's GPUs is: a worker holds the lock of every card that it works on.

The system lets go of a lock when its process ends, however it does; so no card stays taken. Locks
are this machine's and this account's, whichever home folder a run belongs to.
"""

from __future__ import annotations

import fcntl
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from scicot.adapters.students.machine import VISIBLE, list_cards


def list_holders() -> dict[str, str | None]:
    """Return what each GPU works on, None for one that is free."""
    holders: dict[str, str | None] = {}
    for card in list_cards():
        with _lock_file(card) as file:
            is_free = _is_locked(file, fcntl.LOCK_SH)  # several may look at once
            holders[card] = None if is_free else file.read().strip() or "a run"
    return holders


@contextmanager
def held_cards(count: int, holder: str) -> Iterator[Sequence[str] | None]:
    """Yield so many free GPUs, which are this process's alone meanwhile; None where fewer are free.

    Whatever loads CUDA afterwards sees these and no others.
    """
    with ExitStack() as stack:
        cards = _lock_free(count, holder, stack)
        if cards is None:
            yield None
            return
        before = os.environ.get(VISIBLE)
        os.environ[VISIBLE] = ",".join(cards)
        try:
            yield cards
        finally:
            if before is None:
                del os.environ[VISIBLE]
            else:
                os.environ[VISIBLE] = before


def _lock_free(count: int, holder: str, stack: ExitStack) -> list[str] | None:
    """Lock so many cards while the stack is open; None, and no lock, where fewer are free."""
    with ExitStack() as trial:
        cards: list[str] = []
        for card in list_cards():
            file = trial.enter_context(_lock_file(card))
            if len(cards) < count and _is_locked(file, fcntl.LOCK_EX):
                file.truncate(0)
                file.write(holder)
                file.flush()
                cards.append(card)
        if len(cards) < count:
            return None
        stack.enter_context(trial.pop_all())
        return cards


def _is_locked(file: IO[str], kind: int) -> bool:
    """Take a card's lock, and return whether it is this process's now."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_file(card: str) -> IO[str]:
    folder = Path(tempfile.gettempdir()) / f"scicot-cards-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    file = (folder / re.sub(r"[^A-Za-z0-9-]", "_", card)).open("a+", encoding="utf-8")
    file.seek(0)
    return file
