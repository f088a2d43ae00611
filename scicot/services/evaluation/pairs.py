"""Which two runs a comparison opens on."""

from __future__ import annotations

from collections.abc import Sequence

from scicot.pure.evaluation.settings import run_settings
from scicot.pure.methods.registry import CLAIM
from scicot.words.records import RunKind, RunStatus
from scicot.words.runs import RunView


def default_pair(runs: Sequence[RunView]) -> tuple[int, int] | None:
    """Return the pair to open on: the newest runs of the paper's claim, alike in all else.

    Where no two runs differ in the method alone, those of the claim on one split of a dataset, then
    the newest two there; None where every run is alone.
    """
    for alike in (_besides_method, _questions):
        groups: dict[object, list[RunView]] = {}
        for run in runs:
            groups.setdefault(alike(run), []).append(run)
        several = [group for group in groups.values() if len(group) > 1]
        for group in several:
            newest = {run.method: run.id for run in reversed(group)}
            if all(method in newest for method in CLAIM):
                return newest[CLAIM[0]], newest[CLAIM[1]]
    return (several[0][0].id, several[0][1].id) if several else None


def is_settled(run: RunView) -> bool:
    """Return whether a run answered all that it was asked and is not laid aside."""
    return run.status is RunStatus.DONE and run.archived_at is None


def find_partner(run: RunView, others: Sequence[RunView]) -> RunView:
    """Return which of the others to compare a run with: of another method, alike in all else.

    Failing that another method on the same questions, the same questions, the newest; one that is
    done and not archived before one that is not. `others` is not empty.
    """

    def score(other: RunView) -> tuple[bool, bool, bool, bool]:
        return (
            _questions(other) == _questions(run),
            is_settled(other),
            other.method != run.method,
            _besides_method(other) == _besides_method(run),
        )

    return max(others, key=score)  # the first of equals


def _besides_method(run: RunView) -> tuple[str, ...]:
    """Return what must be equal for the method to be what two runs differ in."""
    if run.kind is not RunKind.TRAIN:
        return (str(run.kind), str(run.dataset), str(run.split), str(run.seed))
    settings = run_settings(run.carried_out)
    return (str(run.dataset), *(f"{name}={settings[name]}" for name in sorted(settings)))


def _questions(run: RunView) -> tuple[str | None, str]:
    return run.dataset, str(run.split)
