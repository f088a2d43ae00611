"""Which rationales two people read, and how well the two agree."""

from __future__ import annotations

from collections.abc import Iterable

from scicot.pure.hashing import content_hash
from scicot.pure.statistics import Agreement, cohens_kappa
from scicot.words.records import Verdict

KEPT = (Verdict.ACCEPT, Verdict.EDIT)  # what will be trained on, as it is or mended


def is_read_twice(rationale_id: int, share: float) -> bool:
    """Return whether this rationale belongs to the share that two people read.

    By a hash of the id, so that the choice looks random, is the same for everybody, and a larger
    share keeps the smaller one's rationales.
    """
    place = int(content_hash(["second reading", rationale_id])[:12], 16) / 16**12
    return place < share


def verdicts_agree(first: Verdict, second: Verdict) -> bool:
    """Return whether both verdicts keep the rationale, or neither does."""
    return (first in KEPT) == (second in KEPT)


def measure_agreement(pairs: Iterable[tuple[Verdict, Verdict]]) -> Agreement | None:
    """Return Cohen's kappa of first and second verdicts on keeping; None without pairs."""
    counts = {(before, again): 0 for before in (True, False) for again in (True, False)}
    for first, second in pairs:
        counts[first in KEPT, second in KEPT] += 1
    return cohens_kappa(
        both=counts[True, True],
        only_first=counts[True, False],
        only_second=counts[False, True],
        neither=counts[False, False],
    )
