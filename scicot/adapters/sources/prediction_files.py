"""Predictions of a run made elsewhere, from JSONL: {"id", "output", "rationale"?}."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scicot.adapters.sources.jsonl import read_rows, text_field
from scicot.words.errors import InvalidInput, InvalidPrediction


@dataclass(frozen=True, slots=True)
class PredictionLine:
    """One prediction of a file, by the external id of its question; `where` names its row."""

    where: str
    external_id: str
    output: str
    rationale: str | None


def read_prediction_lines(path: Path) -> Iterator[tuple[int, PredictionLine | InvalidInput]]:
    """Yield (row, prediction), or (row, the error) for a row that cannot be taken.

    A row that is no JSON object ends the reading with InvalidInput: what follows it cannot be
    trusted either.
    """
    for number, row in read_rows(path):
        try:
            yield number, _to_line(row, f"{path.name}, row {number}")
        except InvalidPrediction as error:
            yield number, error


def _to_line(row: dict[str, Any], where: str) -> PredictionLine:
    rationale = row.get("rationale")
    if rationale is not None and not isinstance(rationale, str):
        raise InvalidPrediction(
            f"{where}: the field 'rationale' is a {type(rationale).__name__}; a text or null was "
            "expected. Correct the row."
        )
    return PredictionLine(
        where=where,
        external_id=text_field(row, "id", where, InvalidPrediction),
        output=text_field(row, "output", where, InvalidPrediction),
        rationale=rationale or None,
    )
