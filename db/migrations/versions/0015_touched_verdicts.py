"""Which earlier verdicts new guidelines touch.

Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up to this version."""
    with op.batch_alter_table("review_policy", schema=None) as batch_op:
        batch_op.add_column(sa.Column("touches", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Go back to the version before."""
    with op.batch_alter_table("review_policy", schema=None) as batch_op:
        batch_op.drop_column("touches")
