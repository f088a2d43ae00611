"""Criteria drift (EvalGen, Shankar et al. 2024: 2404.12272): people's rules change as they read.

When the rubric or the guidelines change, the earlier verdicts that the new rule touches wait to be
given once more; a verdict given since then is of the new rule.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from db.models import JudgementRow, RationaleRow, ReviewPolicyRow, ReviewRow, RevisionRow, RubricRow
from scicot.pure.judge.rubric import Criterion, changed_criteria
from scicot.services.questions.lookup import find_dataset_id
from scicot.services.review.policies import read_touches
from scicot.words.patterns import check_pattern
from scicot.words.records import DECIDED, Verdict

MOST = 1000  # that wait at once


def touched_ids(session: Session, dataset: str) -> list[int]:
    """Return the decided rationales that a newer rule touches, up to 1,000."""
    dataset_id = find_dataset_id(session, dataset)
    found = {*_by_rubric(session, dataset_id), *_by_guidelines(session, dataset_id)}
    return sorted(found)[:MOST]


def _last_verdicts(dataset_id: int) -> Select[int, int, Verdict, int]:
    """Return the query of (rationale, review, verdict, revision judged) of what is decided."""
    newest = (
        select(ReviewRow.rationale_id, func.max(ReviewRow.id).label("id"))
        .where(ReviewRow.undone_at.is_(None))
        .group_by(ReviewRow.rationale_id)
        .subquery()
    )
    return (
        select(RationaleRow.id, ReviewRow.id, ReviewRow.verdict, ReviewRow.revision_before_id)
        .join(newest, newest.c.rationale_id == RationaleRow.id)
        .join(ReviewRow, ReviewRow.id == newest.c.id)
        .where(RationaleRow.dataset_id == dataset_id, RationaleRow.status.in_(DECIDED))
    )


def _by_rubric(session: Session, dataset_id: int) -> Iterator[int]:
    """Yield what a judge by the newest rubric finds otherwise, by a criterion that changed.

    An approved text fails such a criterion; a rejected one fails none any more, and failed one by
    the rubric before.
    """
    rubrics = session.scalars(select(RubricRow).order_by(RubricRow.id.desc()).limit(2)).all()
    if len(rubrics) < 2:
        return
    newest, before = rubrics
    earlier, now = _criteria(before), _criteria(newest)
    changed = changed_criteria(earlier, now)
    gone = {criterion.name for criterion in earlier} - {criterion.name for criterion in now}
    verdicts = _last_verdicts(dataset_id).where(ReviewRow.created_at < newest.created_at)
    rows = session.execute(
        verdicts.join(JudgementRow, JudgementRow.revision_id == ReviewRow.revision_before_id)
        .where(JudgementRow.rubric_id.in_((newest.id, before.id)))
        .add_columns(JudgementRow.rubric_id, JudgementRow.findings)
    ).all()
    failed: dict[tuple[int, int], set[str]] = {}
    for row in rows:
        fails = {finding["criterion"] for finding in row.findings if not finding["passes"]}
        failed.setdefault((row[0], row.rubric_id), set()).update(fails)
    for rationale_id, _, verdict, *_ in rows:
        fails_now = failed.get((rationale_id, newest.id))
        if fails_now is None:
            continue
        failed_before = failed.get((rationale_id, before.id), set())
        is_rejection = verdict is Verdict.REJECT
        passes_now = not fails_now and bool(failed_before & (changed | gone))
        if passes_now if is_rejection else fails_now & changed:
            yield rationale_id


def _criteria(row: RubricRow) -> list[Criterion]:
    return [Criterion(criterion["name"], criterion["asks"]) for criterion in row.criteria]


def _by_guidelines(session: Session, dataset_id: int) -> Iterator[int]:
    """Yield what new guidelines name and nobody has read since."""
    policies = session.scalars(
        select(ReviewPolicyRow).where(ReviewPolicyRow.dataset_id == dataset_id)
    ).all()
    for policy in policies:
        touches = read_touches(policy)
        named: list[ColumnElement[bool]] = []
        if touches.reasons:
            is_rejection = ReviewRow.verdict == Verdict.REJECT
            named.append(is_rejection & ReviewRow.reason.in_(touches.reasons))
        query = _last_verdicts(dataset_id).where(ReviewRow.created_at < policy.created_at)
        if touches.pattern:
            query = query.join(RevisionRow, RevisionRow.id == ReviewRow.revision_id)
            named.append(RevisionRow.text.regexp_match(check_pattern(touches.pattern)))
        if named:
            yield from session.scalars(query.where(or_(*named)).limit(MOST))
