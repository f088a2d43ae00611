"""Questions of reasoning-gym: drawn by a seed, the splits disjoint."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scicot.adapters.sources.question_files import QuestionFile
from scicot.pure.questions.free import as_number
from scicot.words.errors import InvalidInput
from scicot.words.records import Split

# of a generated set: enough to train on, the rest to choose and to measure by
SHARES = ((Split.TRAIN, 0.7), (Split.VALIDATION, 0.1), (Split.TEST, 0.2))
MOST = 100_000
MOST_OPTIONS = 6  # answers that a whole task has in common are its options
WRONG_OPTIONS = 3
MISSES = (1, -1, 2, -2, 10, -10, 3, -3, 5, -5)

Rows = Iterator[tuple[int, dict[str, Any]]]


def read_gym(
    task: str, dataset: str, *, size: int, seed: int, as_choices: bool
) -> Iterator[tuple[QuestionFile, str, Rows]]:
    """Yield the splits of a task, their layout and rows; no question stands in two of them.

    A task whose answers are few (yes and no, say) becomes choices; so do numbers with
    `as_choices`, beside near misses. Raises InvalidInput for a task that is not there, or that
    has no numbers to miss.
    """
    if not 10 <= size <= MOST:
        raise InvalidInput(f"--size {size}: give 10 to {MOST:,} questions.")
    entries = _draw(task, size, seed)
    texts = sorted({entry["answer"] for entry in entries}, key=str.casefold)
    common = texts if 2 <= len(texts) <= MOST_OPTIONS < len(entries) else None
    if as_choices and common is None and any(as_number(text) is None for text in texts):
        raise InvalidInput(
            f"The answers of gym:{task} are no numbers, so there are no near misses. Import it "
            "with free answers: leave --layout list out."
        )
    layout = "list" if common or as_choices else "free"
    start = 0
    for split, share in SHARES:
        count = round(size * share)
        part = entries[start : start + count] if split is not Split.TEST else entries[start:]
        start += count
        rows = [
            _row(entry, f"{task}-{seed}-{place}", common, as_choices)
            for place, entry in enumerate(part, start=start - count)
        ]
        yield (
            QuestionFile(Path(f"gym-{task}-{split}"), dataset, split),
            layout,
            enumerate(rows, start=1),
        )


def _draw(task: str, size: int, seed: int) -> list[dict[str, str]]:
    """Return so many different questions of a task."""
    try:
        import reasoning_gym
    except ImportError:
        raise InvalidInput(
            "gym: sources need reasoning-gym. Install it: pip install -r requirements-gym.txt."
        ) from None
    try:
        drawn = reasoning_gym.create_dataset(task, size=3 * size, seed=seed)
    except (ValueError, KeyError) as error:
        known = ", ".join(sorted(reasoning_gym.factory.DATASETS))
        raise InvalidInput(f"reasoning-gym has no task '{task}'. It has {known}.") from error
    except AssertionError as error:
        raise InvalidInput(f"gym:{task} cannot be drawn ({error}). Try another size.") from error
    entries: dict[str, dict[str, str]] = {}
    for place in range(3 * size):
        entry = drawn[place]
        if entry["answer"] is not None:
            text = str(entry["question"])
            entries.setdefault(text, {"question": text, "answer": str(entry["answer"]).strip()})
        if len(entries) == size:
            break
    if len(entries) < size:
        raise InvalidInput(
            f"gym:{task} holds only {len(entries)} different questions. Give a smaller --size."
        )
    return list(entries.values())


def _row(
    entry: dict[str, str], name: str, common: list[str] | None, as_choices: bool
) -> dict[str, Any]:
    row: dict[str, Any] = {"id": name, "question": entry["question"], "answer": entry["answer"]}
    if common is not None:
        return row | {"choices": common}
    number = as_number(entry["answer"]) if as_choices else None
    if number is None:
        return row
    draw = random.Random(name)
    whole = number.denominator == 1
    misses = list(
        dict.fromkeys(
            number + (miss if whole else miss * number / 10 or miss)
            for miss in draw.sample(MISSES, len(MISSES))
        )
    )
    texts = [str(miss if whole else float(miss)) for miss in misses if miss != number]
    options = [entry["answer"], *texts[:WRONG_OPTIONS]]
    draw.shuffle(options)
    return row | {"choices": options}
