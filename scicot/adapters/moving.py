"""Files and folders that are renamed into place whole, and are so after a power loss too."""

from __future__ import annotations

import os
from pathlib import Path

from scicot.words.storage import says_no_folder_sync


def move_into_place(prepared: Path, target: Path) -> None:
    """Give a file, or a folder with all in it, its name in one step that outlasts a power loss.

    A rename may reach the disk before what was written: files and folders are synced before it, and
    the folder that has the name after it. A file that has the name is replaced. Raises OSError as
    the rename does, or when the disk did not take what was written.
    """
    if prepared.is_dir():
        for folder, _, files in os.walk(prepared):
            for name in files:
                sync_file(Path(folder, name))
            sync_folder(Path(folder))
    else:
        sync_file(prepared)
    prepared.replace(target)
    sync_folder(target.parent)
    sync_folder(target.parent.parent)  # the parent may have been made for this


def sync_file(path: Path) -> None:
    """Return once the disk has what was written to a file, or a folder's names; raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Return once the disk has a folder's names; raises OSError, but not where nobody knows how."""
    try:
        sync_file(path)
    except OSError as error:
        if not says_no_folder_sync(error):
            raise
