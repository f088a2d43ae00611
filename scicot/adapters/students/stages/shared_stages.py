"""Stages and checkpoints of other machines: brought before they are used, offered once complete.

Without an artifact store (`SCICOT_ARTIFACTS` is no URL) there is nothing to bring and nobody to
offer to.
"""

from __future__ import annotations

import logging
from pathlib import Path

from scicot.adapters.artifact_store import open_store
from scicot.adapters.students.stages.checkpoints import KEPT, MARKER
from scicot.adapters.students.stages.stage_files import WRITTEN, is_complete, stage_folder
from scicot.words.errors import DamagedArtifact, StorageError
from scicot.words.settings import Settings

log = logging.getLogger(__name__)


def fetch_stage(settings: Settings, stage_hash: str) -> None:
    """Bring a stage that is not here and is there; raises DamagedArtifact, StorageError."""
    store, folder = open_store(settings), stage_folder(settings, stage_hash)
    if store is not None and not is_complete(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        store.fetch(_name(settings, folder), folder)


def offer_stage(settings: Settings, stage_hash: str, *, anew: bool = False) -> None:
    """Put a complete stage where others find it; one that is there already stays, unless `anew`."""
    store, folder = open_store(settings), stage_folder(settings, stage_hash)
    if store is not None and (anew or not store.has(_name(settings, folder))):
        store.put(folder, _name(settings, folder), without=(WRITTEN,))


def is_offered(settings: Settings, folder: str) -> bool:
    """Return whether the folder that a stage's row names is there for all machines."""
    store = open_store(settings)
    return store is not None and store.has(folder)


def fetch_checkpoint(settings: Settings, checkpoints: Path) -> None:
    """Bring the newest whole checkpoint of a stage, where it is newer than those here."""
    store = open_store(settings)
    if store is None:
        return
    here = {folder.name for folder in checkpoints.glob("step-*") if (folder / MARKER).is_file()}
    checkpoints.mkdir(parents=True, exist_ok=True)
    for name in reversed(store.list_names(_name(settings, checkpoints))):
        step = name.rpartition("/")[2]
        if here and step <= max(here):
            return
        try:
            if store.fetch(name, checkpoints / step):
                return
        except DamagedArtifact as error:
            log.warning("Skipping a checkpoint: %s", error)


def offer_checkpoint(settings: Settings, checkpoint: Path) -> None:
    """Put a complete checkpoint where another machine can go on from it; older ones are removed.

    Training goes on where that fails: the next one is tried again.
    """
    store = open_store(settings)
    if store is None:
        return
    try:
        store.put(checkpoint, _name(settings, checkpoint))
        for old in store.list_names(_name(settings, checkpoint.parent))[:-KEPT]:
            store.remove(old)
    except StorageError as error:
        log.warning("The checkpoint stays on this machine: %s", error)


def _name(settings: Settings, folder: Path) -> str:
    return folder.relative_to(settings.artifacts_folder).as_posix()
