"""The rationales labelled by reading that come with Sci-CoT, and the figures measured on them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from scicot.adapters.atomic_files import write_atomically
from scicot.pure.checks.measures import LabelledId, LabelledText, Measure

DATA = Path(__file__).resolve().parents[1] / "data"
LABELS_FILE = DATA / "check_labels.jsonl"
MEASURES_FILE = DATA / "check_measures.json"
OF_SOURCE = "check_labels_{}.jsonl"  # the labels of another teacher's texts, without the texts


@lru_cache(maxsize=1)
def labelled_texts() -> tuple[LabelledText, ...]:
    """Return the labelled rationales, in the file's order; none where the file is not there."""
    if not LABELS_FILE.is_file():
        return ()
    rows = map(json.loads, LABELS_FILE.read_text(encoding="utf-8").splitlines())
    return tuple(
        LabelledText(row["id"], row["text"], tuple(row["labels"]), row["held_out"]) for row in rows
    )


def labelled_sources() -> list[str]:
    """Return the teachers, beside the starter, whose texts were labelled."""
    before, after = OF_SOURCE.split("{}")
    return sorted(
        path.name.removeprefix(before).removesuffix(after)
        for path in DATA.glob(OF_SOURCE.format("*"))
    )


@lru_cache(maxsize=8)
def labels_of(source: str) -> tuple[LabelledId, ...]:
    """Return the labels of another teacher's texts, in the file's order."""
    path = DATA / OF_SOURCE.format(source)
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return tuple(
        LabelledId(row["id"], row["of"], tuple(row["labels"]), row["reject"], row["held_out"])
        for row in rows
    )


@lru_cache(maxsize=1)
def _content() -> dict[str, Any]:
    if not MEASURES_FILE.is_file():
        return {}
    content: dict[str, Any] = json.loads(MEASURES_FILE.read_text(encoding="utf-8"))
    return content


def stored_measures(source: str | None = None) -> Mapping[str, Measure]:
    """Return the figures of the held-out half, by check; empty when there are none.

    `source` is another teacher than the starter.
    """
    content = _content() if source is None else _content().get("sources", {}).get(source, {})
    return {check: Measure(**measure) for check, measure in content.get("held_out", {}).items()}


def keep_measures(
    held_out: Mapping[str, Measure], seen: Mapping[str, Measure], source: str | None = None
) -> Mapping[str, object]:
    """Keep the figures of both halves beside the labels and return what the file says of them."""
    figures = {
        "texts": len(labelled_texts() if source is None else labels_of(source)),
        "held_out": {check: asdict(measure) for check, measure in held_out.items()},
        "seen": {check: asdict(measure) for check, measure in seen.items()},
    }
    content = {**_content()}
    if source is None:
        content |= figures
    else:
        content["sources"] = {**content.get("sources", {}), source: figures}
    write_atomically(MEASURES_FILE, (json.dumps(content, indent=1) + "\n").encode("utf-8"))
    _content.cache_clear()
    return figures
