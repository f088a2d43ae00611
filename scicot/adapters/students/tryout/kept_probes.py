"""Try-outs that were made on this machine, kept as one small file each."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from scicot.adapters.atomic_files import write_atomically
from scicot.adapters.students.tryout.probe import ProbeResult
from scicot.words.settings import Settings


def probe_file(settings: Settings, key: str) -> Path:
    """Return where the try-out of this key is kept, or would be."""
    return settings.artifacts_folder / "probes" / f"{key[:16]}.json"


def count_probes(settings: Settings) -> int:
    """Return how many try-outs are kept here."""
    return len(list((settings.artifacts_folder / "probes").glob("*.json")))


@dataclass(frozen=True, slots=True)
class KeptProbe:
    """A try-out and when it was made."""

    result: ProbeResult
    tried_at: datetime


def keep_probe(path: Path, result: ProbeResult) -> KeptProbe:
    """Keep a try-out, whole or not at all under its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, json.dumps(asdict(result)).encode("utf-8"))
    return KeptProbe(result, _made_at(path))


def read_probe(path: Path) -> KeptProbe | None:
    """Return the remembered try-out, None where there is none or its file is damaged."""
    try:
        result = ProbeResult(**json.loads(path.read_text(encoding="utf-8")))
        tried_at = _made_at(path)
    except (OSError, ValueError, TypeError):
        return None
    numbers = asdict(result) | {"slow_reason": 0}
    are_numbers = all(isinstance(number, int | float) for number in numbers.values())
    return KeptProbe(result, tried_at) if are_numbers else None


def _made_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
