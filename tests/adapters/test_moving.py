"""What gets its name by rename is on the disk before, and its name is afterwards."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from db.copies import copy_database
from db.migrate import migrate
from scicot.adapters.artifact_store import open_store
from scicot.adapters.atomic_files import write_atomically
from scicot.adapters.dataset_folder import write_dataset_folder
from scicot.adapters.moving import move_into_place
from scicot.adapters.parcel_files import open_parcel, write_parcel
from scicot.adapters.students.stages.checkpoints import save_checkpoint
from scicot.adapters.students.stages.export_files import ExportedStage, write_students
from scicot.adapters.students.stages.stage_files import bring_stage, keep_written, publish_stage
from scicot.words.settings import Settings


class Disk:
    """Sees every sync and rename, and knows what a power loss would have cost."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.synced: set[Path] = set()
        self.renamed: list[Path] = []
        self.unsafe: list[Path] = []
        self.unnamed: list[Path] = []  # renamed, and the folder not synced since
        sync = os.fsync

        def see_sync(descriptor: int) -> None:
            path = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
            self.synced.add(path)
            self.unnamed = [name for name in self.unnamed if name.parent != path]
            sync(descriptor)

        monkeypatch.setattr(os, "fsync", see_sync)
        for name in ("rename", "replace"):
            monkeypatch.setattr(os, name, self._seen(getattr(os, name)))

    def _seen(self, rename: Callable[..., None]) -> Callable[..., None]:
        def see(source: Any, target: Any, **more: Any) -> None:
            source, target = Path(source), Path(target)
            inside = [source, *source.rglob("*")]
            self.unsafe += [path for path in inside if path.resolve() not in self.synced]
            rename(source, target, **more)
            self.renamed.append(target)
            self.unnamed.append(target.resolve())

        return see


def stage(folder: Path) -> Path:
    (folder / "model").mkdir(parents=True)
    (folder / "model" / "config.json").write_text("{}")
    (folder / "model" / "model.safetensors").write_bytes(b"weights")
    return folder


def parcel(folder: Path) -> Path:
    write_parcel(stage(folder / "packed"), folder / "run.tar", {"run": {"id": 1, "name": "a"}})
    return folder / "run.tar"


def fetch(folder: Path) -> None:
    store = open_store(Settings(home=folder, artifacts=f"file://{folder}/far"))
    assert store is not None
    store.put(stage(folder / "stage"), "stages/abc")
    assert store.fetch("stages/abc", folder / "fetched")


def bring(folder: Path) -> None:
    publish_stage(stage(folder / "prepared"), folder / "packed", {})
    assert bring_stage(folder / "packed", folder / "stages" / "abc")


def copy(folder: Path) -> None:
    migrate(f"sqlite:///{folder}/scicot.db")
    copy_database(folder / "scicot.db", folder / "copy.db")


WRITERS: dict[str, Callable[[Path], object]] = {
    "a file": lambda folder: write_atomically(folder / "file", b"content"),
    "a parcel": parcel,
    "an unpacked parcel": lambda folder: open_parcel(parcel(folder), folder / "unpacked"),
    "a stage": lambda folder: publish_stage(stage(folder / "p"), folder / "stages" / "abc", {}),
    "a stage of a parcel": bring,
    "what a stage has written": lambda folder: keep_written(folder, "key", ["a text"]),
    "a fetched folder": fetch,
    "a checkpoint": lambda folder: save_checkpoint(
        folder / "checkpoints", 1, {"stage": "abc"}, {"model": {"weight": torch.zeros(2)}}
    ),
    "exported students": lambda folder: write_students(
        folder / "out", {"answer": ExportedStage(stage(folder / "stage"), "card")}
    ),
    "an exported set": lambda folder: write_dataset_folder(folder / "set", {}, [], "card"),
    "a copy of the database": copy,
}


@pytest.mark.parametrize("what", WRITERS)
def test_what_is_renamed_into_place_is_on_the_disk_before_and_its_name_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    disk = Disk(monkeypatch)
    WRITERS[what](tmp_path)
    assert disk.renamed
    assert disk.unsafe == []
    assert disk.unnamed == []


@pytest.mark.parametrize(
    ("refusal", "of_folders", "is_error"),
    [(errno.EINVAL, True, False), (errno.EIO, True, True), (errno.EIO, False, True)],
)
def test_a_file_system_may_know_no_sync_of_folders_but_not_refuse_what_was_written(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    refusal: int,
    *,
    of_folders: bool,
    is_error: bool,
) -> None:
    def refuse(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode) == of_folders:
            raise OSError(refusal, os.strerror(refusal))

    monkeypatch.setattr(os, "fsync", refuse)
    prepared = stage(tmp_path / "prepared")
    if is_error:
        with pytest.raises(OSError, match="Input/output"):
            move_into_place(prepared, tmp_path / "stage")
    else:
        move_into_place(prepared, tmp_path / "stage")
        assert (tmp_path / "stage" / "model" / "config.json").is_file()
