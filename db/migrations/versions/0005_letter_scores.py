"""A prediction keeps how likely each option's letter alone is.

Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up to this version."""
    with op.batch_alter_table("prediction", schema=None) as batch_op:
        batch_op.add_column(sa.Column("letter_log_likelihoods", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Go back to the version before."""
    with op.batch_alter_table("prediction", schema=None) as batch_op:
        batch_op.drop_column("letter_log_likelihoods")
