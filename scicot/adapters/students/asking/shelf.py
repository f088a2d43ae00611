"""Students kept open for the next question, within so many bytes of weights."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from scicot.adapters.students.asking.fast import FastStudent
from scicot.adapters.students.asking.torch_student import TorchStudent
from scicot.adapters.students.memory import give_back_memory

OpenedStudent = FastStudent | TorchStudent


class Shelf:
    """Opened students by key; the one asked for longest ago goes when there is no more room.

    The newest stays whatever its size: it is about to be asked.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[Hashable, tuple[OpenedStudent, int]] = OrderedDict()

    def take(
        self, key: Hashable, size: int, most: int, open_it: Callable[[], OpenedStudent]
    ) -> OpenedStudent:
        """Return the student of this key, opened now if need be; `size` and `most` in bytes."""
        with self._lock:
            held = self._held.pop(key, None)
            student = held[0] if held else open_it()
            self._held[key] = (student, size)
            while len(self._held) > 1 and self.size > most:
                self._held.popitem(last=False)
            if not held:
                give_back_memory()  # to open one takes its file's size once more, for a moment
            return student

    @property
    def size(self) -> int:
        """Return the bytes of what is held."""
        return sum(size for _, size in self._held.values())
