"""How far the checks can be trusted on each teacher's texts: by labels, by audits, or not yet."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import AuditRow, RationaleRow
from scicot.pure.shares import say_share
from scicot.pure.statistics import Interval, wilson_interval
from scicot.services.questions.lookup import find_dataset_id
from scicot.services.rationales.check_measures import (
    NOT_MEASURED,
    count_held_out,
    is_measured,
)
from scicot.words.records import RationaleStatus


@dataclass(frozen=True, slots=True)
class SourceStanding:
    """One source's texts in a dataset, and what is known of the checks on them.

    `clean` texts are unreviewed and no check spoke; of those that audits drew, `read` were read
    and `wrong` were wrong, which has Wilson's interval.
    """

    source: str
    texts: int
    flagged: int
    clean: int
    read: int
    wrong: int
    interval: Interval | None

    def sentence(self) -> str:
        """Return how far the checks' figures hold for this source."""
        labelled = (
            f"The checks were measured on {count_held_out(self.source):,} texts of "
            f"{self.source} that were labelled by reading."
        )
        said = labelled if is_measured(self.source) else f"{NOT_MEASURED.capitalize()} by labels."
        if self.interval is not None:
            return (
                f"{said} Of its clean pile {self.read:,} were read in audits, {self.wrong:,} were "
                f"wrong: {say_share(self.wrong / self.read, 0)} {self.interval.in_brackets()}."
            )
        if is_measured(self.source):
            return f"{said} Nobody has audited its clean pile here yet."
        return (
            f"{said} The figures are the starter teacher's, and how clean its clean pile is nobody "
            "knows: audit it first."
        )


def list_standings(session: Session, dataset: str) -> list[SourceStanding]:
    """Return what is known of each source of a dataset, the one with the most texts first."""
    dataset_id = find_dataset_id(session, dataset)
    is_clean = (RationaleRow.risk == 0) & (RationaleRow.status == RationaleStatus.UNREVIEWED)
    rows = session.execute(
        select(
            RationaleRow.source,
            func.count(),
            func.count().filter(RationaleRow.risk > 0),
            func.count().filter(is_clean),
        )
        .where(RationaleRow.dataset_id == dataset_id)
        .group_by(RationaleRow.source)
        .order_by(func.count().desc(), RationaleRow.source)
    ).all()
    read, wrong = _audited(session, dataset_id)
    return [
        SourceStanding(
            source=source,
            texts=texts,
            flagged=flagged,
            clean=clean,
            read=read[source],
            wrong=wrong[source],
            interval=wilson_interval(wrong[source], read[source]),
        )
        for source, texts, flagged, clean in rows
    ]


def _audited(session: Session, dataset_id: int) -> tuple[Counter[str], Counter[str]]:
    """Return how many texts of each source audits read, and how many of them were wrong."""
    findings: dict[int, bool] = {}
    audits = session.scalars(
        select(AuditRow.findings).where(AuditRow.dataset_id == dataset_id).order_by(AuditRow.id)
    )
    for found in audits:
        findings |= {int(key): bool(is_error) for key, is_error in found.items()}
    sources = dict(
        session.execute(
            select(RationaleRow.id, RationaleRow.source).where(RationaleRow.id.in_(findings))
        ).all()
    )
    read = Counter(sources.values())
    wrong = Counter(source for key, source in sources.items() if findings[key])
    return read, wrong
