"""What a cluster is handed: a command for a node, and none of the keys."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scicot.words.launching import Options

KEYS = ("OPENAI_API_KEY", "SCICOT_TEACHER_API_KEY")  # no run that goes to a cluster asks a teacher


@dataclass(frozen=True, slots=True)
class Carried:
    """What a node is to do: a command after its Python, with what environment."""

    name: str
    arguments: tuple[str, ...]
    folder: Path  # where the launcher may keep files of its own
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def command(self, options: Options) -> list[str]:
        """Return the command as the node runs it."""
        return [options.python or sys.executable, "-m", "scicot", *self.arguments]
