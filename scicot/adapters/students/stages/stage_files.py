"""The folder of a finished stage: `model/`, `ct2/`, `stage.json`, and the texts it has written."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from scicot.adapters.artifacts import remove_folder
from scicot.adapters.moving import move_into_place
from scicot.words.settings import Settings
from scicot.words.storage import says_away

STAGE_FILE = "stage.json"
CHECKPOINTS = "checkpoints"  # of a stage that is trained, in its work folder
WRITTEN = "written"  # what a stage wrote, beside it
T = TypeVar("T")
log = logging.getLogger(__name__)


def stage_folder(settings: Settings, stage_hash: str) -> Path:
    """Return where the stage of this hash lies, or would lie."""
    return settings.artifacts_folder / "stages" / stage_hash


def work_folder(settings: Settings, run_id: int, stage_hash: str) -> Path:
    """Return where a run trains this stage; its checkpoints are kept there until it is done."""
    return settings.artifacts_folder / "work" / f"run-{run_id}" / stage_hash[:16]


def begin_work(settings: Settings, run_id: int, stage_hash: str) -> None:
    """Make a run's work folder for a stage, by which others see that it trains it."""
    work_folder(settings, run_id, stage_hash).mkdir(parents=True, exist_ok=True)


def list_work_runs(settings: Settings, stage_hash: str) -> list[int]:
    """Return the runs that have a work folder for this stage, in order."""
    found = (settings.artifacts_folder / "work").glob(f"run-*/{stage_hash[:16]}")
    numbers = [folder.parent.name.removeprefix("run-") for folder in found]
    return sorted(int(number) for number in numbers if number.isdecimal())


def clear_work(settings: Settings, run_id: int) -> None:
    """Remove the checkpoints of a run whose stages are all done."""
    remove_folder(settings, f"work/run-{run_id}")


def drop_work(settings: Settings, folder: Path) -> None:
    """Remove the checkpoints of a stage that is done."""
    remove_folder(settings, folder.relative_to(settings.artifacts_folder).as_posix())


def remove_leftovers(folder: Path) -> None:
    """Remove what an attempt left behind that nothing needs any more."""
    shutil.rmtree(folder, ignore_errors=True)


def has_stage(settings: Settings, folder: str) -> bool:
    """Return whether the folder that a stage's row names is there."""
    return (settings.artifacts_folder / folder).is_dir()


def has_fast_form(folder: Path) -> bool:
    """Return whether the stage lies there in CTranslate2's form as well."""
    return (folder / "ct2").is_dir()


def is_complete(folder: Path) -> bool:
    """Return whether a stage's folder is whole: it is renamed into place with all its files."""
    return (folder / STAGE_FILE).is_file() and (folder / "model" / "config.json").is_file()


def is_intact(folder: Path) -> bool:
    """Return whether every file of a complete stage is, byte for byte, the one that was published.

    Stages of versions that noted no digests count as intact. Reads some hundred MB.
    """
    try:
        noted = read_stage(folder).get("sha256")
        return noted is None or noted == _digests(folder)
    except (OSError, ValueError):
        return False


def _digests(folder: Path) -> dict[str, str]:
    digests = {}
    for part in ("model", "ct2"):
        for path in sorted((folder / part).rglob("*")):
            if path.is_file():
                with path.open("rb") as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
                digests[path.relative_to(folder).as_posix()] = digest
    return digests


def copy_stage(folder: Path, target: Path) -> None:
    """Copy a stage's folder to where it can be packed."""
    shutil.copytree(folder, target)


def bring_stage(packed: Path, folder: Path) -> bool:
    """Move a complete stage into place and return whether it was needed there."""
    if is_complete(folder):
        return False
    folder.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    move_into_place(packed, folder)
    return True


def put_aside(folder: Path) -> Path:
    """Move a damaged stage out of the way, where it can be looked at, and return where it is."""
    aside = folder.with_name(f"{folder.name}.damaged-{uuid.uuid4().hex[:8]}")
    folder.rename(aside)
    return aside


def publish_stage(prepared: Path, folder: Path, description: Mapping[str, Any]) -> None:
    """Move a prepared folder into place under its hash; another's finished one is kept instead."""
    described = {**description, "sha256": _digests(prepared)}
    (prepared / STAGE_FILE).write_text(json.dumps(described, ensure_ascii=False), encoding="utf-8")
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists() and not is_complete(folder):
        shutil.rmtree(folder)
    try:
        move_into_place(prepared, folder)
    except OSError:
        if not prepared.exists() or not is_complete(folder):
            raise
        shutil.rmtree(prepared)


def read_stage(folder: Path) -> dict[str, Any]:
    """Return what `publish_stage` wrote beside the stage."""
    content: dict[str, Any] = json.loads((folder / STAGE_FILE).read_text(encoding="utf-8"))
    return content


def read_written(folder: Path, key: str, read: Callable[[Any], T]) -> T | None:
    """Return what the stage wrote under this key, as `read` makes it of its JSON, or None.

    A file that holds anything else was damaged, and counts as none: that is written again. `read`
    raises ValueError, TypeError or KeyError then.
    """
    path = folder / WRITTEN / f"{key}.json"
    if not path.is_file():
        return None
    try:
        return read(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError, KeyError, RecursionError):
        log.warning("%s is damaged: what it held is written again.", path)
        return None


def read_texts(content: Any, count: int) -> list[str]:
    """Return a list of so many texts, as `keep_written` keeps it; ValueError for anything else."""
    if not isinstance(content, list) or not all(isinstance(text, str) for text in content):
        raise ValueError("not a list of texts")
    if len(content) != count:
        raise ValueError("not as many texts as there are inputs")
    return content


def keep_written(folder: Path, key: str, content: Any) -> None:
    """Keep what the stage wrote, so that the next run that needs it pays nothing.

    Where the folder is away just now it is not kept, which the log says.
    """
    path = folder / WRITTEN / f"{key}.json"
    partial = path.with_suffix(f".{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(exist_ok=True)
        partial.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        move_into_place(partial, path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        if not says_away(error):
            raise
        log.warning("What the stage has written is not kept: %s is away (%s).", folder, error)
