"""Self-consistency (Wang et al. 2022): of several samples' labels the most frequent one counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from scicot.words.records import NoAnswer

UNREAD = "no_answer"  # the samples whose answer could not be read, among the votes


def count_votes(labels: Sequence[str | None]) -> dict[str, int]:
    """Return how many samples chose each label, `no_answer` among them, the most frequent first."""
    return dict(Counter(label or UNREAD for label in labels).most_common())


def majority(labels: Sequence[str | None]) -> str | None:
    """Return the label that most samples chose; of equals the one that an earlier sample chose.

    Samples that cannot be read have no vote. None when none can be read.
    """
    votes = Counter(label for label in labels if label is not None)
    return max(votes, key=lambda label: votes[label]) if votes else None


def count_reasons(reasons: Sequence[NoAnswer | None]) -> dict[str, int]:
    """Return how often each reason for no answer stands there, all of them in their order."""
    return sum_reasons((reason, 1) for reason in reasons)


def sum_reasons(counted: Iterable[tuple[NoAnswer | None, int]]) -> dict[str, int]:
    """Return how often each reason for no answer was counted in all, all of them in their order."""
    counts: Counter[NoAnswer] = Counter()
    for reason, count in counted:
        if reason is not None:
            counts[reason] += count
    return {reason.value: counts[reason] for reason in NoAnswer if counts[reason]}


def said_reasons(reasons: Sequence[NoAnswer | None]) -> dict[str, dict[str, int]]:
    """Return the reasons as a run's metrics hold them; nothing where every answer was read."""
    counts = count_reasons(reasons)
    return {"no_answer_reasons": counts} if counts else {}
