"""The published figures, read from the package's data."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files

from scicot.pure.evaluation.paper_figures import PaperNumbers, PublishedModel


@lru_cache(maxsize=1)
def read_paper_numbers() -> PaperNumbers:
    """Return the figures of Tables I-IV as fractions, by our datasets' names."""
    text = files("scicot.data").joinpath("paper_numbers.json").read_text(encoding="utf-8")
    stored = json.loads(text)
    names: dict[str, str] = stored["datasets"]
    by_method = {
        (row["method"], ours, 1.0): row[theirs] / 100
        for row in stored["methods"]
        for theirs, ours in names.items()
    }
    by_size = {
        (method, names[row["dataset"]], row["fraction"]): accuracy / 100
        for row in stored["sizes"]
        for method, accuracy in row.items()
        if method not in ("dataset", "fraction", "examples")
    }
    return PaperNumbers(
        source=stored["source"],
        models=tuple(
            PublishedModel(
                row["model"],
                row["size"],
                row.get("method"),
                {ours: row[theirs] / 100 for theirs, ours in names.items()},
            )
            for row in stored["results"]
        ),
        accuracies=by_method | by_size,
        examples={
            (names[row["dataset"]], row["fraction"]): row["examples"] for row in stored["sizes"]
        },
        titles={ours: theirs for theirs, ours in names.items()},
        test_questions={names[name]: count for name, count in stored["test_questions"].items()},
    )
