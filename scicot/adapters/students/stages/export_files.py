"""Trained students as folders to take along: transformers' form, the fast one, a model card."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scicot.adapters.moving import move_into_place
from scicot.adapters.students.stages.stage_files import has_fast_form
from scicot.words.errors import Conflict


@dataclass(frozen=True, slots=True)
class ExportedStage:
    """A finished stage's folder and the card that goes along."""

    folder: Path
    card: str


def refuse_filled(folder: Path) -> None:
    """Raise Conflict when the folder holds something already."""
    if folder.exists() and any(folder.iterdir()):
        raise Conflict(f"'{folder}' is not empty. Name a folder that does not exist yet.")


def write_students(folder: Path, stages: Mapping[str, ExportedStage]) -> list[Path]:
    """Write each stage into a folder of its role's name and return those folders.

    `folder` is new or empty, and appears whole or not at all.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = folder.with_name(f".{folder.name}-{uuid.uuid4().hex}")
    try:
        for role, stage in stages.items():
            shutil.copytree(stage.folder / "model", partial / role)
            if has_fast_form(stage.folder):
                shutil.copytree(stage.folder / "ct2", partial / role / "ct2")
            (partial / role / "README.md").write_text(stage.card, encoding="utf-8")
        if folder.exists():
            folder.rmdir()
        move_into_place(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return [folder / role for role in stages]
