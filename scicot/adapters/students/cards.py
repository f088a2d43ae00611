"""Whose each of this machine's GPUs is: a worker holds a lock of every card that it works on.

A card has a lock for each run that may work on it at once, which is one unless told. The system
lets go of a lock when its process ends, however it does; so no card stays taken. Locks are this
machine's and this account's, whichever home folder a run belongs to.
"""

from __future__ import annotations

import fcntl
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import product
from pathlib import Path
from typing import IO

from scicot.adapters.students.machine import VISIBLE, list_cards


def list_holders(share: int = 1) -> dict[str, list[str]]:
    """Return what each GPU works on, nothing for one that is free; `share` runs may share one."""
    holders: dict[str, list[str]] = {}
    for card in list_cards():
        held = holders.setdefault(card, [])
        for place in range(share):
            with _lock_file(card, place) as file:
                if not _is_locked(file, fcntl.LOCK_SH):  # several may look at once
                    held.append(file.read().strip() or "a run")
    return holders


@contextmanager
def held_cards(count: int, holder: str, share: int = 1) -> Iterator[Sequence[str] | None]:
    """Yield so many GPUs with room, shared with at most `share` - 1 others; None where fewer have.

    Whatever loads CUDA afterwards sees these and no others.
    """
    with ExitStack() as stack:
        cards = _lock_free(count, holder, share, stack)
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


def _lock_free(count: int, holder: str, share: int, stack: ExitStack) -> list[str] | None:
    """Lock so many cards while the stack is open; None, and no lock, where fewer have room.

    A card that nobody works on goes before one that somebody does.
    """
    works = {card: len(holders) for card, holders in list_holders(share).items()}
    with ExitStack() as trial:
        cards: list[str] = []
        for card, place in product(sorted(works, key=lambda card: works[card]), range(share)):
            file = trial.enter_context(_lock_file(card, place))
            if len(cards) < count and card not in cards and _is_locked(file, fcntl.LOCK_EX):
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


def _lock_file(card: str, place: int) -> IO[str]:
    folder = Path(tempfile.gettempdir()) / f"scicot-cards-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    name = re.sub(r"[^A-Za-z0-9-]", "_", card)
    file = (folder / f"{name}.{place}").open("a+", encoding="utf-8")
    file.seek(0)
    return file
