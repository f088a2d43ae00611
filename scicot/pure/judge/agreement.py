"""How far a judge's verdicts agree with people's blind ones: precision, recall, kappa."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scicot.pure.shares import say_share
from scicot.pure.statistics import Agreement, Interval, cohens_kappa, wilson_interval


@dataclass(frozen=True, slots=True)
class JudgeAgreement:
    """A judge against people, with rejecting as what is to be found; fractions, None without n.

    Precision: of what the judge rejects, the share that people reject. Recall: of what people
    reject, the share that the judge rejects. `passing_right`: of what it passes, the share that
    people accept.
    """

    n: int
    both: int
    judge_only: int
    people_only: int
    neither: int
    precision: float | None
    precision_interval: Interval | None
    recall: float | None
    recall_interval: Interval | None
    kappa: Agreement | None
    passing_right: float | None = None
    passing_interval: Interval | None = None

    def sentence(self) -> str:
        """Return the agreement in words."""
        if not self.n:
            return (
                "No rationale has both a blind verdict and the judge's. Review some first, then "
                "let the judge read them."
            )
        said = [f"{self.n:,} rationales judged by people first, then by the judge."]
        for share, interval, what in (
            (self.precision, self.precision_interval, "of what the judge rejects people reject"),
            (self.recall, self.recall_interval, "of what people reject the judge rejects"),
            (self.passing_right, self.passing_interval, "of what the judge passes people accept"),
        ):
            if share is not None and interval is not None:
                bounds = interval.to_words()
                said.append(f"{what.capitalize()} {say_share(share, 0)} ({bounds}).")
        return " ".join(said)


def measure_judge(pairs: Iterable[tuple[bool, bool]]) -> JudgeAgreement:
    """Return the agreement of (judge rejects, people reject) pairs."""
    counts = {(judge, people): 0 for judge in (True, False) for people in (True, False)}
    for judge, people in pairs:
        counts[judge, people] += 1
    both, judge_only = counts[True, True], counts[True, False]
    people_only, neither = counts[False, True], counts[False, False]
    rejected, wanted, passed = both + judge_only, both + people_only, people_only + neither
    return JudgeAgreement(
        n=sum(counts.values()),
        both=both,
        judge_only=judge_only,
        people_only=people_only,
        neither=neither,
        precision=both / rejected if rejected else None,
        precision_interval=wilson_interval(both, rejected),
        recall=both / wanted if wanted else None,
        recall_interval=wilson_interval(both, wanted),
        kappa=cohens_kappa(
            both=both, only_first=judge_only, only_second=people_only, neither=neither
        ),
        passing_right=neither / passed if passed else None,
        passing_interval=wilson_interval(neither, passed),
    )
