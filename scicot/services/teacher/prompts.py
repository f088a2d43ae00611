"""Teacher prompts: the paper's, and versions that people write; no version is ever changed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import PromptRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.adapters.sources.files import read_text_file
from scicot.pure.teacher.prompts import BUILT_IN, PAPER_PROMPT, check_parts, parts_hash
from scicot.words.errors import InvalidInput, NotFound
from scicot.words.people import Action, needs
from scicot.words.records import Actor
from scicot.words.teaching import PromptParts

log = logging.getLogger(__name__)
AUTHOR = Actor("Sci-CoT")


@dataclass(frozen=True, slots=True)
class Prompt:
    """One version of a prompt."""

    id: int
    name: str
    version: int
    parts: PromptParts
    actor: str
    created_at: datetime

    @property
    def title(self) -> str:
        """Name and version as people say them."""
        key_free = " (without the key)" * self.parts.is_key_free
        return f"{self.name} v{self.version}{key_free}"


def list_prompts(session: Session) -> list[Prompt]:
    """Return every version, newest first; the built-in one is stored the first time.

    What was written for one question, with a reviewer's note, is not among them.
    """
    listed = select(PromptRow).where(PromptRow.is_note.is_(False))
    rows = session.scalars(listed.order_by(PromptRow.id.desc())).all()
    if not rows:
        return [save_prompt(session, AUTHOR, PAPER_PROMPT, BUILT_IN)]
    return [_to_prompt(row) for row in rows]


def get_prompt(session: Session, prompt_id: int | None = None) -> Prompt:
    """Return this version, or the default one; raises NotFound."""
    if prompt_id is None:
        return default_prompt(session)
    row = session.get(PromptRow, prompt_id)
    if row is None:
        raise NotFound(f"There is no prompt {prompt_id}. Choose one of those on the Generate page.")
    return _to_prompt(row)


def default_prompt(session: Session) -> Prompt:
    """Return what screen and command line begin with: the paper's until a person chose another.

    Of the paper's prompt the newest version counts: whoever saves one means it.
    """
    chosen = session.scalar(
        select(PromptRow)
        .where(PromptRow.chosen_at.is_not(None), PromptRow.is_note.is_(False))
        .order_by(PromptRow.chosen_at.desc(), PromptRow.id.desc())
        .limit(1)
    )
    if chosen is not None:
        return _to_prompt(chosen)
    row = session.scalar(
        select(PromptRow)
        .where(PromptRow.name == PAPER_PROMPT, PromptRow.is_note.is_(False))
        .order_by(PromptRow.id.desc())
        .limit(1)
    )
    return _to_prompt(row) if row else save_prompt(session, AUTHOR, PAPER_PROMPT, BUILT_IN)


@needs(Action.SAVE_PROMPT)
def choose_default_prompt(session: Session, actor: Actor, prompt_id: int) -> Prompt:
    """Make a version the default from now on; raises NotFound, InvalidInput for a note."""
    prompt = get_prompt(session, prompt_id)
    with write(session):
        row = session.get_one(PromptRow, prompt.id)
        if row.is_note:
            raise InvalidInput(f"Prompt {prompt_id} was written for one question. Choose another.")
        row.chosen_at = utc_now()
    log.info("%s made prompt %s the default", actor.name, prompt.id)
    return prompt


def read_part(path: Path) -> str:
    """Return the part of a prompt that a file holds; raises InvalidInput for what is no text."""
    return read_text_file(path).strip()


@needs(Action.SAVE_PROMPT)
def save_prompt(
    session: Session, actor: Actor, name: str, parts: PromptParts, *, is_note: bool = False
) -> Prompt:
    """Store the parts as the next version of this name and return it.

    Texts that are stored already, under whatever name, are that version: nothing is added. A
    note that a person saves as a prompt is one from then on. Raises InvalidInput for a faulty
    part.
    """
    if not name.strip() or len(name) > 100:
        raise InvalidInput("A prompt needs a name of 1 to 100 characters. Give it one.")
    check_parts(parts)
    digest = parts_hash(parts)
    with write(session):
        row = session.scalar(select(PromptRow).where(PromptRow.content_hash == digest))
        if row is None:
            newest = session.scalar(
                select(func.max(PromptRow.version)).where(PromptRow.name == name.strip())
            )
            row = PromptRow(
                name=name.strip(),
                version=(newest or 0) + 1,
                reference=parts.reference,
                thinking=parts.thinking,
                specificity=parts.specificity,
                content_hash=digest,
                actor=actor.name,
                created_at=utc_now(),
                is_note=is_note,
            )
            session.add(row)
            session.flush()
        elif row.is_note and not is_note:
            row.is_note = False
        return _to_prompt(row)


def _to_prompt(row: PromptRow) -> Prompt:
    return Prompt(
        id=row.id,
        name=row.name,
        version=row.version,
        parts=PromptParts(row.reference, row.thinking, row.specificity),
        actor=row.actor,
        created_at=row.created_at,
    )
