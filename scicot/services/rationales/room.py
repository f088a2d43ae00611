"""How long a rationale may be before a run on its dataset cuts it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import RevisionRow, SnapshotItemRow, SnapshotRow
from scicot.pure.checks.form import estimate_tokens
from scicot.pure.training.limits import usual_limit

_BY_CONTENT: dict[str, int] = {}  # a snapshot never changes: its limit is found once
MOST_KEPT = 500


def find_room(session: Session, dataset_ids: Iterable[int]) -> dict[int, int]:
    """Return the tokens (about) that runs on each dataset keep of a rationale.

    A run's own default leaves 99 % of its snapshot's rationales whole; so does this, for the
    newest snapshot, by an estimate that needs no tokenizer. Without a snapshot it is 128.
    """
    newest = (
        select(SnapshotRow.dataset_id, func.max(SnapshotRow.id).label("id"))
        .where(SnapshotRow.dataset_id.in_(set(dataset_ids)))
        .group_by(SnapshotRow.dataset_id)
        .subquery()
    )
    snapshots = session.execute(
        select(SnapshotRow.id, SnapshotRow.dataset_id, SnapshotRow.content_hash).join(
            newest, SnapshotRow.id == newest.c.id
        )
    )
    return {
        dataset_id: _room_of(session, snapshot_id, content)
        for snapshot_id, dataset_id, content in snapshots.all()
    }


def _room_of(session: Session, snapshot_id: int, content: str) -> int:
    if content not in _BY_CONTENT:
        texts = session.scalars(
            select(RevisionRow.text)
            .join(SnapshotItemRow, SnapshotItemRow.revision_id == RevisionRow.id)
            .where(SnapshotItemRow.snapshot_id == snapshot_id)
        )
        if len(_BY_CONTENT) >= MOST_KEPT:
            _BY_CONTENT.clear()
        _BY_CONTENT[content] = usual_limit(map(estimate_tokens, texts))
    return _BY_CONTENT[content]
