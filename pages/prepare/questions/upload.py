"""An uploaded file, kept once under its own name."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit as st


def keep_upload(label: str) -> str | None:
    """Return the path of a temporary copy of what is uploaded; None while there is nothing.

    The copy is made once for each upload, not at every rerun.
    """
    file = st.file_uploader(label)
    if file is None:
        return None
    kept: dict[str, str] = st.session_state.setdefault("uploads_kept", {})
    if file.file_id not in kept:
        path = Path(tempfile.mkdtemp(prefix="scicot-upload-")) / Path(file.name).name
        path.write_bytes(file.getbuffer())
        kept[file.file_id] = str(path)
    return kept[file.file_id]
