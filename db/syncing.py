"""What a disk is asked for before and after a database's file gets its name."""

from __future__ import annotations

import os
from pathlib import Path

from scicot.words.storage import says_no_folder_sync


def sync(path: Path) -> None:
    """Return once the disk has what was written to a file, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Return once the disk has a folder's names, where its file system knows how."""
    try:
        sync(path)
    except OSError as error:
        if not says_no_folder_sync(error):
            raise
