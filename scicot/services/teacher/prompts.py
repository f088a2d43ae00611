"""Teacher prompts: the paper's, and versions that people write; no version is ever changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import PromptRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.pure.teacher.prompts import BUILT_IN, PAPER_PROMPT, check_parts, parts_hash
from scicot.words.errors import InvalidInput, NotFound
from scicot.words.records import Actor
from scicot.words.teaching import PromptParts

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
        return f"{self.name} v{self.version}"


def list_prompts(session: Session) -> list[Prompt]:
    """Return every version, newest first; the built-in one is stored the first time."""
    rows = session.scalars(select(PromptRow).order_by(PromptRow.id.desc())).all()
    if not rows:
        return [save_prompt(session, AUTHOR, PAPER_PROMPT, BUILT_IN)]
    return [_to_prompt(row) for row in rows]


def get_prompt(session: Session, prompt_id: int | None = None) -> Prompt:
    """Return this version, or the newest one of the paper's prompt; raises NotFound."""
    for prompt in list_prompts(session):
        if prompt.id == prompt_id or (prompt_id is None and prompt.name == PAPER_PROMPT):
            return prompt
    raise NotFound(f"There is no prompt {prompt_id}. Choose one of those on the Generate page.")


def save_prompt(session: Session, actor: Actor, name: str, parts: PromptParts) -> Prompt:
    """Store the parts as the next version of this name and return it.

    Texts that are stored already, under whatever name, are that version: nothing is added.
    Raises InvalidInput for a faulty part.
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
            )
            session.add(row)
            session.flush()
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
