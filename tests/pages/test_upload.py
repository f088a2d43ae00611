"""An upload on a machine whose disk takes no copy of it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st

from pages.prepare.questions.upload import keep_upload
from scicot.words.errors import StorageFull
from tests.small_disk import fill, small_disk


def test_an_upload_that_no_disk_takes_is_said_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = SimpleNamespace(name="rows.jsonl", file_id="1", getbuffer=lambda: b"x" * 100_000)
    monkeypatch.setattr(st, "file_uploader", lambda _label: sent)
    monkeypatch.setattr(st, "session_state", {})
    with small_disk(tmp_path / "disk", megabytes=1) as disk:
        filler = fill(disk)
        monkeypatch.setattr("tempfile.tempdir", str(disk))
        for _ in range(2):  # each rerun tries again
            with pytest.raises(StorageFull, match=r"a copy of rows\.jsonl"):
                keep_upload("A file")
        assert list(disk.iterdir()) == [filler]
        filler.unlink()
        kept = keep_upload("A file")
        assert kept is not None
        assert Path(kept).read_bytes() == b"x" * 100_000
        assert keep_upload("A file") == kept
