"""The queue's order by the probability of rejection, fitted on the verdicts given so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, select
from sqlalchemy.orm import Session

from db.models import FlagRow, RationaleRow
from db.rows import chunks
from scicot.pure.worth.auc import Auc, measure_auc
from scicot.pure.worth.rejection import (
    CalibrationBin,
    RejectionFit,
    calibrate,
    fit_rejection,
    predict_unseen,
)
from scicot.services.questions.lookup import find_dataset_id
from scicot.services.rationales.worth_order import worth_of
from scicot.words.records import DECIDED, RationaleStatus

NEWEST = 2000  # verdicts that a fit looks at
LEAST_OF_A_KIND = 5  # rejected, and approved; fewer say nothing
SPOKEN_ENOUGH = 3  # verdicts in which a check spoke, so that it has a weight
HELP, LEAK = "help", "leak"


@dataclass(frozen=True, slots=True)
class Rejection:
    """A dataset's fit with what it was fitted on, and its calibration on verdicts it did not see.

    `checks`, then help and leak where a student measured them, are the features. `auc` is how well
    the order tells rejected texts from approved ones, each predicted by a fit that did not see it.
    """

    fit: RejectionFit
    verdicts: int
    rejected: int
    calibration: Sequence[CalibrationBin]
    auc: Auc | None = None

    def sentence(self) -> str:
        """Return what the order goes by."""
        heaviest = sorted(self.fit.weights.items(), key=lambda item: -abs(item[1]))[:4]
        said = ", ".join(f"{name} {weight:+.2f}" for name, weight in heaviest)
        tells = ""
        if self.auc:
            interval = self.auc.interval.in_brackets(".3f", scale=1)
            tells = f" Its order tells rejected from approved: AUC {self.auc.value:.3f} {interval}."
        return (
            f"Fitted on {self.verdicts:,} verdicts, {self.rejected:,} of them rejections. What "
            f"weighs most: {said}.{tells}"
        )


def fit_queue(session: Session, dataset: str) -> Rejection | None:
    """Return a dataset's fit; None before five texts were rejected and five approved."""
    rows = session.execute(
        select(RationaleRow.id, RationaleRow.status, worth_of("help"), worth_of("leak"))
        .where(
            RationaleRow.dataset_id == find_dataset_id(session, dataset),
            RationaleRow.status.in_(DECIDED),
        )
        .order_by(RationaleRow.id.desc())
        .limit(NEWEST)
    ).all()
    rejected = [row.status is RationaleStatus.REJECTED for row in rows]
    if min(sum(rejected), len(rows) - sum(rejected)) < LEAST_OF_A_KIND:
        return None
    spoke = _spoke(session, [row.id for row in rows])
    counts = Counter(check for checks in spoke.values() for check in checks)
    names = sorted(check for check, count in counts.items() if count >= SPOKEN_ENOUGH)
    columns = [[float(name in spoke.get(row.id, ())) for row in rows] for name in names]
    for name, values in ((HELP, [row[2] for row in rows]), (LEAK, [row[3] for row in rows])):
        known = [value for value in values if value is not None]
        if known:
            mean = sum(known) / len(known)
            names.append(name)
            columns.append([mean if value is None else value for value in values])
    if not names:
        return None
    features = list(zip(*columns, strict=True))
    predicted = predict_unseen(features, rejected)
    return Rejection(
        fit=fit_rejection(names, features, rejected),
        verdicts=len(rows),
        rejected=sum(rejected),
        calibration=calibrate(predicted, rejected) if predicted else (),
        auc=measure_auc(predicted, rejected) if predicted else None,
    )


def _spoke(session: Session, ids: Sequence[int]) -> dict[int, set[str]]:
    """Return the checks that spoke of each rationale."""
    spoke: dict[int, set[str]] = {}
    for some in chunks(ids):
        flags = session.execute(
            select(FlagRow.rationale_id, FlagRow.check_id).where(FlagRow.rationale_id.in_(some))
        )
        for rationale_id, check in flags:
            spoke.setdefault(rationale_id, set()).add(check)
    return spoke


def likely_rejected(fit: RejectionFit) -> ColumnElement[Any]:
    """Return what grows with the probability of rejection, to order a query by."""
    whole: Any = fit.intercept
    for name, weight in fit.weights.items():
        if name in (HELP, LEAK):
            value: Any = func.coalesce(worth_of(name), fit.means[name])
        else:
            spoke = exists().where(
                FlagRow.rationale_id == RationaleRow.id, FlagRow.check_id == name
            )
            value = case((spoke, 1.0), else_=0.0)
        whole = value * weight + whole
    return whole  # type: ignore[no-any-return]
