"""The first wrong sentence of a rejected text.

Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up to this version."""
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.add_column(sa.Column("first_wrong", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Go back to the version before."""
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_column("first_wrong")
