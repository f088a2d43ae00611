"""A judge's verdicts beside the blind ones of people: verdict first, judge after."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from db.models import JudgementRow, RationaleRow, ReviewRow
from scicot.pure.judge.agreement import JudgeAgreement, measure_judge
from scicot.pure.shares import say_share
from scicot.services.judge.rubrics import get_rubric
from scicot.services.questions.lookup import find_dataset_id
from scicot.words.errors import InvalidInput
from scicot.words.records import Verdict

DECIDED = (Verdict.ACCEPT, Verdict.EDIT, Verdict.REJECT)


@dataclass(frozen=True, slots=True)
class JudgeLine:
    """One judge by one version of the rubric: how much it read, and its agreement with people."""

    rubric: int
    judge: str
    judged: int
    rejected: int
    agreement: JudgeAgreement


def judge_agreement(
    session: Session, dataset: str, rubric_id: int, judge: str | None = None
) -> dict[str, JudgeAgreement]:
    """Return how each judge agrees with people by this version of the rubric, by judge.

    A verdict counts when it was given on the very text that the judge read, and before the judge
    read it; of several people's the first one. Skipped ones are no verdict.
    """
    get_rubric(session, rubric_id)
    query = compared(session, dataset, rubric_id)
    if judge is not None:
        query = query.where(JudgementRow.judge == judge)
    pairs: dict[str, list[tuple[bool, bool]]] = {}
    for row in session.execute(query):
        pairs.setdefault(row.judge, []).append((row.rejects, row.verdict is Verdict.REJECT))
    return {name: measure_judge(verdicts) for name, verdicts in sorted(pairs.items())}


def compared(
    session: Session, dataset: str, rubric_id: int
) -> Select[str, bool, Verdict, int, int]:
    """Return the query of a rubric's judgements beside the first blind verdict on their texts."""
    first = (
        select(
            ReviewRow.rationale_id, ReviewRow.revision_before_id, func.min(ReviewRow.id).label("id")
        )
        .where(ReviewRow.undone_at.is_(None), ReviewRow.verdict.in_(DECIDED))
        .group_by(ReviewRow.rationale_id, ReviewRow.revision_before_id)
        .subquery()
    )
    return (
        select(
            JudgementRow.judge,
            JudgementRow.rejects,
            ReviewRow.verdict,
            ReviewRow.id.label("review_id"),
            RationaleRow.question_id,
        )
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


def list_judges(session: Session, dataset: str) -> list[JudgeLine]:
    """Return every judge of a dataset by every version of the rubric, the newest version first."""
    rows = session.execute(
        select(
            JudgementRow.rubric_id,
            JudgementRow.judge,
            func.count(),
            func.count().filter(JudgementRow.rejects),
        )
        .join(RationaleRow, RationaleRow.id == JudgementRow.rationale_id)
        .where(RationaleRow.dataset_id == find_dataset_id(session, dataset))
        .group_by(JudgementRow.rubric_id, JudgementRow.judge)
        .order_by(JudgementRow.rubric_id.desc(), JudgementRow.judge)
    ).all()
    measured = {
        rubric_id: judge_agreement(session, dataset, rubric_id)
        for rubric_id in {row[0] for row in rows}
    }
    return [
        JudgeLine(*row, agreement=measured[row[0]].get(row[1], measure_judge(()))) for row in rows
    ]


def trusted_pass(
    session: Session, dataset: str, rubric_id: int, judge: str, at_least: float
) -> JudgeAgreement:
    """Return the agreement of a judge whose passing is right in at least this share, surely.

    The lower end of its 95 % interval counts. Raises InvalidInput with what was measured.
    """
    agreement = judge_agreement(session, dataset, rubric_id, judge).get(judge, measure_judge(()))
    interval = agreement.passing_interval
    if interval is None or agreement.passing_right is None:
        raise InvalidInput(
            f"Nobody knows how often {judge} is right by rubric {rubric_id}: no text that it "
            "passes has a verdict given before. Review some, then let it judge them."
        )
    if interval.low < at_least:
        bounds = interval.in_brackets()
        raise InvalidInput(
            f"Of what {judge} passes by rubric {rubric_id} people accept "
            f"{say_share(agreement.passing_right, 0)} {bounds}, which is not surely the "
            f"{say_share(at_least, 0)} asked for. Let it judge more texts that were reviewed "
            "before, or ask for less."
        )
    return agreement
