"""The room that students take, and what of it can be had back without losing anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import RunStageRow, StageRow
from db.removal import plan_removal, remove
from db.session import write
from scicot.adapters.artifacts import (
    measure_kinds,
    remove_folder,
    settled_folders,
    settled_leftovers,
    size_of,
)
from scicot.services.runs.runs import list_active, list_runs
from scicot.words.launching import HEAVY
from scicot.words.people import Action, needs
from scicot.words.records import Actor, RunStatus
from scicot.words.settings import Settings


@dataclass(frozen=True, slots=True)
class Space:
    """Bytes under the artifacts folder by what they are, and the folders that nothing needs."""

    by_kind: dict[str, int]
    unneeded: Sequence[tuple[str, int]]  # folder below the artifacts folder, bytes

    @property
    def total(self) -> int:
        """Everything together."""
        return sum(self.by_kind.values())

    @property
    def freeable(self) -> int:
        """What freeing would give back."""
        return sum(size for _, size in self.unneeded)

    def sentence(self) -> str:
        """Return the room taken and what could be had back, for a person."""
        kinds = ", ".join(f"{say_bytes(size)} {kind}" for kind, size in self.by_kind.items())
        said = f"{say_bytes(self.total)} under artifacts" + (f": {kinds}." if kinds else ".")
        if not self.total:
            return "Nothing lies under artifacts yet."
        if not self.unneeded:
            return f"{said} All of it belongs to a run."
        return (
            f"{said} {say_bytes(self.freeable)} in {len(self.unneeded):,} folders belong to no run."
        )


def say_bytes(size: int) -> str:
    """Return a size as people read it."""
    for unit, step in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= step:
            return f"{size / step:.1f} {unit}"
    return f"{size} bytes"


def measure_space(session: Session, settings: Settings) -> Space:
    """Return what the artifacts take and which folders no run needs any more.

    Needed is each stage that a run used, archived ones too, and the checkpoints of each run that
    can still go on.
    """
    root = settings.artifacts_folder
    unneeded = [(folder, size_of(root / folder)) for folder in _unneeded(session, settings)]
    return Space(measure_kinds(settings), unneeded)


def _unneeded(session: Session, settings: Settings) -> Iterator[str]:
    """Yield the folders under artifacts that no run needs."""
    yield from settled_leftovers(settings)
    used = select(StageRow.folder).join(RunStageRow, RunStageRow.stage_id == StageRow.id)
    needed = set(session.scalars(used))
    # a run under way may be about to take up a stage that no other run has used
    if not list_active(session, HEAVY):
        for folder in settled_folders(settings, "stages"):
            if folder not in needed:
                yield folder
    runs = list_runs(session, limit=None)
    may_go_on = {f"work/run-{run.id}" for run in runs if run.status is not RunStatus.DONE}
    for folder in settled_folders(settings, "work"):
        if folder not in may_go_on:
            yield folder


@needs(Action.FREE_SPACE)
def free_space(session: Session, settings: Settings, actor: Actor) -> Space:
    """Delete the folders that no run needs, and return what they were."""
    space = measure_space(session, settings)
    with write(session):  # nobody may take a stage up meanwhile
        still = set(_unneeded(session, settings))
        gone = [(folder, size) for folder, size in space.unneeded if folder in still]
        rows = select(StageRow.id).where(StageRow.folder.in_([folder for folder, _ in gone]))
        remove(session, plan_removal(session, StageRow, session.scalars(rows)))
    for folder, _ in gone:
        remove_folder(settings, folder)
    return Space(space.by_kind, gone)
