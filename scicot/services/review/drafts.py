"""Drafts: what a reviewer has typed and not saved, kept through reload and restart."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.models import DraftRow, RevisionRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.services.review.texts import check_draft
from scicot.words.errors import NotFound
from scicot.words.people import Action, needs
from scicot.words.records import Actor


@needs(Action.DRAFT)
def save_draft(
    session: Session, actor: Actor, rationale_id: int, revision_id: int, text: str
) -> None:
    """Keep the text typed on this revision; the revision's own text means there is no draft.

    Raises InvalidRationale for a text that is too long or holds what is no text.
    """
    check_draft(text)
    with write(session):
        read = session.get(RevisionRow, revision_id)
        if read is None or read.rationale_id != rationale_id:
            raise NotFound(f"Rationale {rationale_id} has no revision {revision_id}. Reload.")
        draft = session.scalar(
            select(DraftRow).where(
                DraftRow.rationale_id == rationale_id, DraftRow.reviewer == actor.name
            )
        )
        if text == read.text:
            delete_draft(session, actor, rationale_id)
        elif draft is None:
            session.add(
                DraftRow(
                    rationale_id=rationale_id,
                    reviewer=actor.name,
                    revision_id=revision_id,
                    text=text,
                    updated_at=utc_now(),
                )
            )
        else:
            draft.revision_id = revision_id
            draft.text = text
            draft.updated_at = utc_now()


def delete_draft(session: Session, actor: Actor, rationale_id: int) -> None:
    """Drop the actor's draft of this rationale, if any; inside `write(session)`."""
    session.execute(
        delete(DraftRow).where(
            DraftRow.rationale_id == rationale_id, DraftRow.reviewer == actor.name
        )
    )


def list_drafts(session: Session, actor: Actor, rationale_ids: Sequence[int]) -> dict[int, str]:
    """Return the actor's draft text by rationale id."""
    rows = session.execute(
        select(DraftRow.rationale_id, DraftRow.text).where(
            DraftRow.reviewer == actor.name, DraftRow.rationale_id.in_(rationale_ids)
        )
    )
    return dict(list(rows))
