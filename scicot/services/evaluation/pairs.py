"""Which two runs a comparison opens on."""

from __future__ import annotations

from collections.abc import Sequence

from scicot.pure.methods.registry import CLAIM
from scicot.words.records import RunKind
from scicot.words.runs import RunView

# what runs of every method have; a method's own settings are part of the method
SHARED_SETTINGS = (
    *("dataset", "student", "snapshot", "fraction", "seed", "limit_train", "limit_test"),
    *("epochs", "learning_rate", "questions_per_step"),
)


def default_pair(runs: Sequence[RunView]) -> tuple[int, int] | None:
    """Return the pair to open on: the newest runs of the paper's claim, alike in all else.

    Where no two runs differ in the method alone, those of the claim on one dataset, then the
    newest two of one dataset; None where every run is alone.
    """
    for alike in (_besides_method, _dataset):
        groups: dict[object, list[RunView]] = {}
        for run in runs:
            groups.setdefault(alike(run), []).append(run)
        several = [group for group in groups.values() if len(group) > 1]
        for group in several:
            newest = {run.method: run.id for run in reversed(group)}
            if all(method in newest for method in CLAIM):
                return newest[CLAIM[0]], newest[CLAIM[1]]
    return (several[0][0].id, several[0][1].id) if several else None


def _besides_method(run: RunView) -> tuple[str, ...]:
    """Return what must be equal for the method to be what two runs differ in."""
    if run.kind is not RunKind.TRAIN:
        return (str(run.kind), str(run.dataset), str(run.seed))
    settings = run.training.model_dump(mode="json", include=set(SHARED_SETTINGS))
    return tuple(str(value) for value in settings.values())


def _dataset(run: RunView) -> str | None:
    return run.dataset
