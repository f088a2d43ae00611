"""A judge's verdicts beside the blind ones of people: verdict first, judge after."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import JudgementRow, RationaleRow, ReviewRow
from scicot.pure.judge.agreement import JudgeAgreement, measure_judge
from scicot.services.judge.rubrics import get_rubric
from scicot.services.questions.lookup import find_dataset_id
from scicot.words.records import Verdict

DECIDED = (Verdict.ACCEPT, Verdict.EDIT, Verdict.REJECT)


def judge_agreement(
    session: Session, dataset: str, rubric_id: int, judge: str | None = None
) -> dict[str, JudgeAgreement]:
    """Return how each judge agrees with people by this version of the rubric, by judge.

    A verdict counts when it was given on the very text that the judge read, and before the judge
    read it; of several people's the first one. Skipped ones are no verdict.
    """
    get_rubric(session, rubric_id)
    first = (
        select(
            ReviewRow.rationale_id, ReviewRow.revision_before_id, func.min(ReviewRow.id).label("id")
        )
        .where(ReviewRow.undone_at.is_(None), ReviewRow.verdict.in_(DECIDED))
        .group_by(ReviewRow.rationale_id, ReviewRow.revision_before_id)
        .subquery()
    )
    query = (
        select(JudgementRow.judge, JudgementRow.rejects, ReviewRow.verdict)
        .join(RationaleRow, RationaleRow.id == JudgementRow.rationale_id)
        .join(
            first,
            (first.c.rationale_id == JudgementRow.rationale_id)
            & (first.c.revision_before_id == JudgementRow.revision_id),
        )
        .join(ReviewRow, ReviewRow.id == first.c.id)
        .where(
            RationaleRow.dataset_id == find_dataset_id(session, dataset),
            JudgementRow.rubric_id == rubric_id,
            ReviewRow.created_at < JudgementRow.created_at,
        )
    )
    if judge is not None:
        query = query.where(JudgementRow.judge == judge)
    pairs: dict[str, list[tuple[bool, bool]]] = {}
    for name, rejects, verdict in session.execute(query):
        pairs.setdefault(name, []).append((rejects, verdict is Verdict.REJECT))
    return {name: measure_judge(verdicts) for name, verdicts in sorted(pairs.items())}
