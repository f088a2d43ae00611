"""What a helper is told, and what it sends back: objects through a pipe that it was born with.

Only the process that started it writes to that pipe, so that what comes out is its own code's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from scicot.words.errors import SciCotError


@dataclass
class Desk:
    """What lies before a helper: what its last task left for the next, and what came with this one.

    `handles` are open files that it owns from then on. `shared_bytes` of what it holds is memory of
    another process too, and is counted there.
    """

    kept: Any = None
    handles: list[int] = field(default_factory=list)
    shared_bytes: int = 0


class Task(Protocol):
    """A piece of work; it is pickled on its way."""

    def do(self, desk: Desk) -> Any:
        """Carry it out in the helper's process and return what goes back."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a task gave, or the error it ended with; `peak_bytes` is the most held so far."""

    value: Any
    error: BaseException | None
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class LetGo:
    """Clear the desk: what lies there holds memory."""

    def do(self, desk: Desk) -> None:
        """Forget what is kept, and give its memory back."""
        from scicot.adapters.students.memory import give_back_memory

        desk.kept, desk.shared_bytes = None, 0
        give_back_memory()


def portable(error: BaseException) -> BaseException:
    """Return an error as it can travel: one of a kind that is told apart, else its words."""
    is_plain = error.args == (str(error),)  # others are not made from their arguments alone
    is_ours = is_plain and isinstance(error, SciCotError)
    is_builtin = type(error).__module__ == "builtins"
    is_systems = is_builtin and isinstance(error, OSError | MemoryError)
    return error if is_ours or is_systems else RuntimeError(str(error))
