"""The room of a disk whose folder is not there, or is a share that is away."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from scicot.adapters.disk import free_bytes


def test_a_folder_that_is_still_to_be_made_has_the_room_of_its_disk(tmp_path: Path) -> None:
    assert free_bytes(tmp_path / "some" / "where") > 0


def test_a_share_that_is_away_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    share = tmp_path / "share"
    share.mkdir()
    look = Path.is_dir

    def stale(path: Path) -> bool:
        if path.is_relative_to(share):
            raise OSError(errno.ESTALE, "Stale file handle", str(path))
        return look(path)

    monkeypatch.setattr(Path, "is_dir", stale)
    assert free_bytes(share / "artifacts") > 0
