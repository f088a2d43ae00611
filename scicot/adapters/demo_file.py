"""The demonstration's database as it ships with the package, packed."""

from __future__ import annotations

import lzma
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import scicot

DEMO_FOLDER = Path(scicot.__file__).parent / "data" / "demo"
PACKED = DEMO_FOLDER / "demo.db.xz"


@contextmanager
def unpacked_demo() -> Iterator[Path]:
    """Yield a SQLite file of the demonstration that is the caller's own and goes afterwards."""
    with tempfile.TemporaryDirectory(prefix="scicot-demo-") as folder:
        path = Path(folder) / "demo.db"
        path.write_bytes(lzma.decompress(PACKED.read_bytes()))
        yield path


def pack_demo(database: Path) -> int:
    """Write a SQLite file as the demonstration that ships, and return its packed bytes."""
    packed = lzma.compress(database.read_bytes(), preset=9 | lzma.PRESET_EXTREME)
    PACKED.write_bytes(packed)
    return len(packed)
