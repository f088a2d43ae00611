"""How good each check is, measured against rationales that were labelled by reading them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from scicot.pure.checks import find_flags
from scicot.pure.checks.measures import Measure, measure_checks
from scicot.words.errors import NotFound
from scicot.words.records import Question

DATA = Path(__file__).resolve().parents[2] / "data"
LABELS_FILE = DATA / "check_labels.jsonl"
MEASURES_FILE = DATA / "check_measures.json"
SPOKEN_ENOUGH = 5  # texts a check spoke in; a precision from fewer says little


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A rationale somebody read, and the checks that should speak about it.

    `held_out` marks the half that was not looked at while the checks were written.
    """

    question_id: str
    text: str
    labels: tuple[str, ...]
    held_out: bool


@lru_cache(maxsize=1)
def labelled_texts() -> Sequence[LabelledText]:
    """Return the labelled rationales that come with Sci-CoT, in the file's order."""
    if not LABELS_FILE.is_file():
        return ()
    rows = map(json.loads, LABELS_FILE.read_text(encoding="utf-8").splitlines())
    return tuple(
        LabelledText(row["id"], row["text"], tuple(row["labels"]), row["held_out"]) for row in rows
    )


def measure_on(
    questions: Mapping[str, Question], *, held_out: bool = True
) -> Mapping[str, Measure]:
    """Return each check's precision and recall on one half of the labelled rationales.

    `questions` are the ARC training questions by their own id; raises NotFound when the labels
    speak of one that is missing.
    """
    pairs = []
    for labelled_text in labelled_texts():
        if labelled_text.question_id not in questions:
            raise NotFound(
                f"The labels speak of question '{labelled_text.question_id}', which is not there. "
                "Import both ARC sets first."
            )
        if labelled_text.held_out is held_out:
            spoke = {
                flag.check
                for flag in find_flags(labelled_text.text, questions[labelled_text.question_id])
            }
            pairs.append((frozenset(spoke), frozenset(labelled_text.labels)))
    return measure_checks(pairs)


def write_measures(questions: Mapping[str, Question]) -> Mapping[str, Any]:
    """Measure the checks on both halves and keep the figures beside the labels."""
    content = {
        "texts": len(labelled_texts()),
        "held_out": {check: asdict(measure) for check, measure in measure_on(questions).items()},
        "seen": {
            check: asdict(measure)
            for check, measure in measure_on(questions, held_out=False).items()
        },
    }
    MEASURES_FILE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    stored_measures.cache_clear()
    measured_precisions.cache_clear()
    return content


@lru_cache(maxsize=1)
def stored_measures() -> Mapping[str, Measure]:
    """Return the figures measured on the held-out half, by check; empty when there are none."""
    if not MEASURES_FILE.is_file():
        return {}
    content = json.loads(MEASURES_FILE.read_text(encoding="utf-8"))
    return {check: Measure(**measure) for check, measure in content["held_out"].items()}


@lru_cache(maxsize=1)
def measured_precisions() -> Mapping[str, float]:
    """Return the precision of each check that spoke often enough: the weights of the queue."""
    return {
        check: measure.precision
        for check, measure in stored_measures().items()
        if measure.precision is not None and measure.right + measure.wrong >= SPOKEN_ENOUGH
    }
