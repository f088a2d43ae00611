"""Why an answer cannot be read, votes, shared answers, and prompts that are notes.

Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up to this version."""
    with op.batch_alter_table("completion") as table:
        table.add_column(sa.Column("shared_with_id", sa.Integer(), nullable=True))
        table.create_index("ix_completion_prompt_hash", ["prompt_hash"])
    with op.batch_alter_table("prediction") as table:
        table.add_column(sa.Column("no_answer_reason", sa.String(length=32), nullable=True))
        table.add_column(sa.Column("votes", sa.JSON(), nullable=True))
    with op.batch_alter_table("prompt") as table:
        table.add_column(
            sa.Column("is_note", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        table.add_column(sa.Column("chosen_at", sa.DateTime(), nullable=True))
    # how review names what it writes for one question
    op.execute("UPDATE prompt SET is_note = true WHERE name = 'paper with a note'")
