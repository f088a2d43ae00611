"""Checkpoints that are whole or not there: written aside, hashed, marked last, then renamed."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scicot.adapters.moving import move_into_place, sync_file
from scicot.words.errors import StudentError

MARKER = "COMPLETE.json"
STATE = "state.json"
KEPT = 2  # the newest and the one to fall back to
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A complete checkpoint: its tensors by file stem, and the state beside them."""

    step: int
    state: Mapping[str, Any]
    tensors: Mapping[str, dict[str, Any]]


def save_checkpoint(
    folder: Path, step: int, state: Mapping[str, Any], tensors: Mapping[str, Mapping[str, Any]]
) -> Path:
    """Write a checkpoint and return its folder; older ones than the last two are removed.

    `folder` is made, but not what it lies in: beside a share that is away it would be hidden later.
    A kill at any moment leaves either a complete folder or one that `newest_checkpoint` skips.
    """
    from safetensors.torch import save_file

    folder.mkdir(exist_ok=True)
    partial = folder / f".partial-{uuid.uuid4().hex}"
    try:
        partial.mkdir()
        for stem, named in tensors.items():
            save_file(dict(named), partial / f"{stem}.safetensors")
        _write_json(partial / STATE, {"step": step} | dict(state))
        hashes = {file.name: _hash(file) for file in sorted(partial.iterdir())}
        for file in partial.iterdir():
            sync_file(file)
        _write_json(partial / MARKER, hashes)
    except Exception:
        shutil.rmtree(partial, ignore_errors=True)  # it takes room, of which there may be none
        raise
    final = folder / f"step-{step:08d}"
    if final.exists():  # left by an earlier attempt; a complete one holds the same
        shutil.rmtree(final)
    move_into_place(partial, final)
    _remove_old(folder)
    return final


def newest_checkpoint(folder: Path, stage_hash: str) -> Checkpoint | None:
    """Return the newest complete checkpoint of this stage, or None; damaged ones are skipped.

    Raises StudentError for a complete checkpoint of another stage: going on from it would give a
    student that its settings do not describe.
    """
    if not folder.is_dir():
        return None
    for candidate in sorted(folder.glob("step-*"), reverse=True):
        reason = _damage(candidate)
        if reason:
            log.warning("Skipping checkpoint %s: %s.", candidate.name, reason)
            continue
        state = json.loads((candidate / STATE).read_text(encoding="utf-8"))
        if state.get("stage") != stage_hash:
            raise StudentError(
                f"Checkpoint {candidate.name} belongs to another stage "
                f"({str(state.get('stage'))[:12]}, not {stage_hash[:12]}). "
                "Start a new run instead of resuming this one."
            )
        from safetensors.torch import load_file

        tensors = {file.stem: load_file(file) for file in candidate.glob("*.safetensors")}
        return Checkpoint(step=int(state["step"]), state=state, tensors=tensors)
    return None


def _damage(folder: Path) -> str | None:
    """Return what is wrong with a checkpoint's files, or None when all is as it was written."""
    try:
        hashes = json.loads((folder / MARKER).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return "it was never completed"
    except ValueError:
        return f"{MARKER} cannot be read"
    for name, expected in hashes.items():
        if not (folder / name).is_file():
            return f"{name} is missing"
        if _hash(folder / name) != expected:
            return f"{name} has changed since it was written"
    return None


def _remove_old(folder: Path) -> None:
    complete = sorted(folder.glob("step-*"), reverse=True)
    for old in complete[KEPT:]:
        shutil.rmtree(old)
    for partial in folder.glob(".partial-*"):
        shutil.rmtree(partial)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")
