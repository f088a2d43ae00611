"""What a dataset's rationales are like before anybody cleans them: flags by check."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import FlagRow, RationaleRow
from scicot.services.questions.lookup import find_dataset_id
from scicot.words.records import RationaleStatus


@dataclass(frozen=True, slots=True)
class CheckCount:
    """In how many of a dataset's rationales a check spoke, and how many of them wait for review."""

    check: str
    waiting: int
    whole: int


def count_flags(session: Session, dataset: str) -> list[CheckCount]:
    """Return each check that spoke, the one with the most rationales that wait first."""
    waits = RationaleRow.status == RationaleStatus.UNREVIEWED
    whose = FlagRow.rationale_id.distinct()
    rows = session.execute(
        select(FlagRow.check_id, func.count(whose).filter(waits), func.count(whose))
        .join(RationaleRow, RationaleRow.id == FlagRow.rationale_id)
        .where(
            RationaleRow.dataset_id == find_dataset_id(session, dataset),
            FlagRow.revision_id == RationaleRow.revision_id,
        )
        .group_by(FlagRow.check_id)
    )
    counts = [CheckCount(check, waiting, whole) for check, waiting, whole in rows]
    return sorted(counts, key=lambda count: (-count.waiting, -count.whole, count.check))
