"""What a worker tells in a parcel's folder, and what it is asked there: for whoever sees it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from scicot.adapters.parcel_folders import PROGRESS

ALIVE = "alive"  # holds the moment when the worker was last at work
CANCEL = "cancel"  # is put there by who wants the worker to stop
MOST_BYTES = 4 << 20  # of news read at once; the rest comes with the next look


def work_folder(parcel: Path) -> Path:
    """Return where a parcel is worked on unless another folder is named."""
    return parcel.with_name(f"{parcel.stem}.work")


def result_path(parcel: Path) -> Path:
    """Return where the result of a parcel is written."""
    return parcel.with_name(f"{parcel.stem}.result.tar")


def is_in_sight(parcel: Path) -> bool:
    """Return whether this machine sees where the parcel is worked on, and may look in."""
    try:
        return work_folder(parcel).is_dir()
    except OSError:
        return False


@dataclass(frozen=True, slots=True)
class News:
    """What is new in a parcel's folder, where reading goes on, and when the worker last lived."""

    events: Sequence[Mapping[str, Any]]
    read_bytes: int
    alive_at: datetime | None


def read_news(parcel: Path, read_bytes: int) -> News | None:
    """Return the whole lines told after so many bytes; None where nobody has worked in sight."""
    folder = work_folder(parcel)
    path, events = folder / PROGRESS, []
    if not folder.is_dir():
        return None
    if path.is_file():
        if path.stat().st_size < read_bytes:  # another parcel's work began in the same folder
            read_bytes = 0
        with path.open("rb") as file:
            file.seek(read_bytes)
            content = file.read(MOST_BYTES)
        content = content[: content.rfind(b"\n") + 1]  # the last line may be half written
        read_bytes += len(content)
        events = [event for line in content.splitlines() if (event := _read_line(line))]
    return News(events, read_bytes, _read_moment(folder / ALIVE))


def _read_line(line: bytes) -> Mapping[str, Any] | None:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):  # a kill in the middle of a line, a worker behind it
        return None
    if not isinstance(event, dict) or not isinstance(event.get("metrics", []), list):
        return None
    return event


def _read_moment(path: Path) -> datetime | None:
    try:
        moment = datetime.fromisoformat(path.read_text(encoding="utf-8").strip())
        return moment if moment.tzinfo else None
    except (OSError, ValueError):
        return None


def ask_to_stop(parcel: Path) -> None:
    """Ask whoever works on a parcel in sight to stop."""
    if work_folder(parcel).is_dir():
        (work_folder(parcel) / CANCEL).touch()


def read_end(path: Path, last_bytes: int) -> str:
    """Return the end of a text file, empty where there is none."""
    if not path.is_file():
        return ""
    return path.read_bytes()[-last_bytes:].decode("utf-8", "replace")
