"""An uploaded file, kept once under its own name."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

import streamlit as st

from scicot.words.storage import storage_error


def keep_upload(label: str) -> str | None:
    """Return the path of a temporary copy of what is uploaded; None while there is nothing.

    The copy is made once for each upload, not at every rerun.
    """
    file = st.file_uploader(label)
    if file is None:
        return None
    kept: dict[str, str] = st.session_state.setdefault("uploads_kept", {})
    if file.file_id not in kept:
        name = Path(file.name).name
        path = None
        try:
            path = Path(tempfile.mkdtemp(prefix="scicot-upload-")) / name
            path.write_bytes(file.getbuffer())
        except OSError as error:
            if path is not None:  # half a copy would fill the disk with every rerun
                with suppress(OSError):
                    path.unlink(missing_ok=True)
                    path.parent.rmdir()
            raise storage_error(error, f"a copy of {name[:60]}") from error
        kept[file.file_id] = str(path)
    return kept[file.file_id]
