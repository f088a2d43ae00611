"""What a file's numeric keys mean: decided by all its rows, asked for when they do not decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scicot.pure.questions.drafts import Draft
from scicot.words.errors import InvalidInput
from scicot.words.records import Split

TEXT, INDEX0, INDEX1 = "text", "index0", "index1"
READINGS = (TEXT, INDEX0, INDEX1)
ENOUGH_ROWS = 3  # keys that are options' texts in so many rows are no accident


@dataclass(slots=True)
class KeyCount:
    """How often each way to read the keys fits, over the rows of one file seen so far."""

    numbers: int = 0
    fits: dict[str, int] = field(default_factory=lambda: dict.fromkeys(READINGS, 0))
    labelled: dict[Split, int] = field(default_factory=dict)
    example: str = ""

    def add(self, draft: Draft, split: Split) -> None:
        """Count one row."""
        self.labelled[split] = self.labelled.get(split, 0) + draft.is_labelled
        if draft.index is None or not draft.choices:
            return
        self.numbers += 1
        meant = meanings(draft)
        for reading, label in meant.items():
            self.fits[reading] += label is not None
        from_0, from_1 = meant[INDEX0], meant[INDEX1]
        if not self.example and from_0 and from_1:
            texts = {choice.label: choice.text for choice in draft.choices}
            self.example = (
                f"key {draft.key} of question '{draft.external_id}' is '{texts[from_0]}' "
                f"counted from 0 and '{texts[from_1]}' counted from 1"
            )


def meanings(draft: Draft) -> Mapping[str, str | None]:
    """Return the label that a key means in each way of reading it."""
    return {
        TEXT: draft.named,
        INDEX0: draft.label_at(0),
        INDEX1: draft.label_at(1),
    }


def decide(count: KeyCount, name: str, wanted: str | None) -> str:
    """Return how the file's keys are read; raises InvalidInput when its rows do not decide."""
    if wanted is not None:
        if wanted not in READINGS:
            raise InvalidInput(f"--keys {wanted}: use {', '.join(READINGS)}.")
        return wanted
    if not count.numbers:
        return TEXT
    fitting = [reading for reading in READINGS if count.fits[reading] == count.numbers]
    if TEXT in fitting and (len(fitting) == 1 or count.numbers >= ENOUGH_ROWS):
        return TEXT
    if len(fitting) == 1:
        return fitting[0]
    if not fitting and count.fits[INDEX0] != count.fits[INDEX1]:
        return max((INDEX0, INDEX1), key=count.fits.__getitem__)
    if not any(count.fits.values()):
        return TEXT  # beyond the options however it is counted: each row's own error says so
    raise InvalidInput(
        f"{name} does not decide whether its keys count the options from 0 or from 1"
        + (f": {count.example}" if count.example else "")
        + ". Say it by --keys index0 or --keys index1"
        + (" (or --keys text, where a key is an option's text)." if TEXT in fitting else ".")
    )


def add_up(counts: Iterable[KeyCount]) -> KeyCount:
    """Return the counts of several files as of one."""
    whole = KeyCount()
    for count in counts:
        whole.numbers += count.numbers
        whole.example = whole.example or count.example
        for reading in READINGS:
            whole.fits[reading] += count.fits[reading]
    return whole


def blind_splits(counts: Iterable[KeyCount]) -> set[Split]:
    """Return the splits in which no row states a key."""
    totals: dict[Split, int] = {}
    for count in counts:
        for split, labelled in count.labelled.items():
            totals[split] = totals.get(split, 0) + labelled
    return {split for split, labelled in totals.items() if not labelled}
