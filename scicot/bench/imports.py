"""`bench import`: what an import of many questions costs in processor time and memory."""

from __future__ import annotations

import json
import os
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from db.migrate import migrate
from db.session import open_session
from scicot.bench.synthetic import STARTS, WORDS
from scicot.services.questions.imports import import_questions
from scicot.words.records import Actor, Split

ACTOR = Actor("bench")
SPELT = 20_000  # made-up words beside the common ones, so that texts differ as real ones do
COPIED = 0.002  # of the questions, each half word for word and half but for one word


def bench_import(questions: int, more: int) -> dict[str, Any]:
    """Return seconds and megabytes of importing `questions`, then `more` beside them.

    `cpu_seconds` are the processor's, child processes included, and `seconds` the wall's, which say
    the same on an idle machine alone; megabytes are what the most memory held rose by. The second
    import goes into a dataset of its own and is compared with the first.
    """
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        url = f"sqlite:///{home / 'bench.db'}"
        migrate(url)
        first, second = home / "first-Train.jsonl", home / "second-Train.jsonl"
        _write(first, questions, seed=0)
        _write(second, more, seed=0)
        large = _measure(url, first, "first")
        small = _measure(url, second, "second")
    return {
        "questions": questions,
        "cpu_seconds": large["cpu_seconds"],
        "seconds": large["seconds"],
        "megabytes_more": large["megabytes_more"],
        "pairs": large["pairs"],
        "more_questions": more,
        "more_cpu_seconds": small["cpu_seconds"],
        "more_seconds": small["seconds"],
        "more_megabytes_more": small["megabytes_more"],
        "more_pairs": small["pairs"],
    }


def _measure(url: str, path: Path, dataset: str) -> dict[str, Any]:
    held, spent, begun = _most_megabytes(), _seconds(), time.perf_counter()
    with open_session(url) as session:
        done = import_questions(session, ACTOR, str(path), dataset=dataset, split=Split.TRAIN)
    return {
        "cpu_seconds": round(_seconds() - spent, 2),
        "seconds": round(time.perf_counter() - begun, 2),
        "megabytes_more": round(_most_megabytes() - held, 1),
        "pairs": len(done.duplicates),
    }


def _seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _most_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _write(path: Path, questions: int, seed: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in _rows(questions, random.Random(seed)):
            file.write(json.dumps(row) + "\n")


def _rows(questions: int, draw: random.Random) -> Iterator[dict[str, Any]]:
    """Yield rows as `datasets` writes ARC's, some of them copies."""
    stem, texts = "", [""]
    for number in range(questions):
        if number and draw.random() < COPIED:
            stem += draw.choice(("", " indeed"))
        else:
            stem = f"{draw.choice(STARTS)} {_text(draw, draw.randint(8, 30))}?"
            texts = [_text(draw, draw.randint(1, 6)) for _ in range(4)]
        yield {
            "id": f"B{number}",
            "question": stem,
            "choices": {"text": texts, "label": list("ABCD")},
            "answerKey": draw.choice("ABCD"),
        }


def _text(draw: random.Random, words: int) -> str:
    return " ".join(
        draw.choice(WORDS) if draw.random() < 0.5 else f"w{draw.randrange(SPELT)}"
        for _ in range(words)
    )
