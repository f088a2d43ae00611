"""Rows as a Parquet file."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any


def to_parquet(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the rows as one Parquet file; columns are those of the first row."""
    import pyarrow
    import pyarrow.parquet

    content = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([dict(row) for row in rows]), content)
    return content.getvalue()
