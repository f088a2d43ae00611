"""What a judge said of the current texts, as a queue's order and as a condition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, exists, select
from sqlalchemy.orm import Session, aliased

from db.models import JudgementRow, RationaleRow


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one judge said of one text: the criteria it fails, with the words they rest on."""

    judge: str
    rubric: int
    failed: Sequence[tuple[str, str | None]]

    def say(self) -> str:
        """Return it in a sentence."""
        whose = f"{self.judge} by rubric {self.rubric}"
        if not self.failed:
            return f"{whose} passes it."
        named = ", ".join(
            f"{name} (\u201c{quote}\u201d)" if quote else name for name, quote in self.failed
        )
        return f"{whose} rejects it: {named}."


def judgements_of(session: Session, rationale_id: int) -> dict[int, list[Judgement]]:
    """Return what judges said of a rationale's texts, by revision, the newest last."""
    rows = session.scalars(
        select(JudgementRow)
        .where(JudgementRow.rationale_id == rationale_id)
        .order_by(JudgementRow.id)
    )
    said: dict[int, list[Judgement]] = {}
    for row in rows:
        failed = [
            (str(finding["criterion"]), finding.get("quote"))
            for finding in row.findings
            if not finding["passes"]
        ]
        said.setdefault(row.revision_id, []).append(Judgement(row.judge, row.rubric_id, failed))
    return said


def rejected_first() -> ColumnElement[Any]:
    """Return what is 2 for a text that a judge last rejected, 1 for one that none read, else 0."""
    newest = aliased(JudgementRow)
    said = (
        select(newest.rejects)
        .where(newest.revision_id == RationaleRow.revision_id)
        .order_by(newest.id.desc())
        .limit(1)
        .correlate(RationaleRow)
        .scalar_subquery()
    )
    return case((said.is_(True), 2), (said.is_(None), 1), else_=0)


def passes(rubric_id: int, judge: str) -> ColumnElement[bool]:
    """Return the condition that this judge passed the current text by this rubric."""
    return exists().where(
        JudgementRow.revision_id == RationaleRow.revision_id,
        JudgementRow.rubric_id == rubric_id,
        JudgementRow.judge == judge,
        JudgementRow.rejects.is_(False),
    )
