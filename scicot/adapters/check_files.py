"""The rationales labelled by reading that come with Sci-CoT, and the figures measured on them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

from scicot.adapters.atomic_files import write_atomically
from scicot.pure.checks.measures import LabelledText, Measure

DATA = Path(__file__).resolve().parents[1] / "data"
LABELS_FILE = DATA / "check_labels.jsonl"
MEASURES_FILE = DATA / "check_measures.json"


@lru_cache(maxsize=1)
def labelled_texts() -> tuple[LabelledText, ...]:
    """Return the labelled rationales, in the file's order; none where the file is not there."""
    if not LABELS_FILE.is_file():
        return ()
    rows = map(json.loads, LABELS_FILE.read_text(encoding="utf-8").splitlines())
    return tuple(
        LabelledText(row["id"], row["text"], tuple(row["labels"]), row["held_out"]) for row in rows
    )


@lru_cache(maxsize=1)
def stored_measures() -> Mapping[str, Measure]:
    """Return the figures measured on the held-out half, by check; empty when there are none."""
    if not MEASURES_FILE.is_file():
        return {}
    content = json.loads(MEASURES_FILE.read_text(encoding="utf-8"))
    return {check: Measure(**measure) for check, measure in content["held_out"].items()}


def keep_measures(
    held_out: Mapping[str, Measure], seen: Mapping[str, Measure]
) -> Mapping[str, object]:
    """Keep the figures of both halves beside the labels and return what the file says."""
    content = {
        "texts": len(labelled_texts()),
        "held_out": {check: asdict(measure) for check, measure in held_out.items()},
        "seen": {check: asdict(measure) for check, measure in seen.items()},
    }
    write_atomically(MEASURES_FILE, (json.dumps(content, indent=1) + "\n").encode("utf-8"))
    stored_measures.cache_clear()
    return content
