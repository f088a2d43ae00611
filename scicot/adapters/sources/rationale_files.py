"""Human rationales from JSONL: {"id": question id, "rationale": text}."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scicot.adapters.sources.jsonl import read_rows, text_field
from scicot.words.errors import InvalidRationale


@dataclass(frozen=True, slots=True)
class RationaleLine:
    """One rationale of a file, by the external id of its question."""

    row: int
    external_id: str
    text: str


def read_rationales(path: Path) -> Iterator[RationaleLine]:
    """Yield the file's rationales; raises InvalidRationale naming row and field."""
    for number, row in read_rows(path):
        where = f"{path.name}, row {number}"
        text = text_field(row, "rationale", where, InvalidRationale)
        if not text.strip():
            raise InvalidRationale(f"{where}: the rationale is empty. Fill it in or drop the row.")
        yield RationaleLine(number, text_field(row, "id", where, InvalidRationale), text)
