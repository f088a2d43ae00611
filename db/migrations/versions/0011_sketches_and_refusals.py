"""What a search for duplicates compares, kept with each question.

Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up to this version."""
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sketch", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Go back to the version before."""
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_column("sketch")
