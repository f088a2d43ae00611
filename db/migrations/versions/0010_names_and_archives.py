"""Runs bear a note and tags; runs, snapshots and datasets are archived and renamed.

Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up to this version."""
    op.add_column("run", sa.Column("note", sa.Text(), nullable=False, server_default=""))
    op.add_column("run", sa.Column("tags", sa.JSON(), nullable=False, server_default="[]"))
    for table in ("run", "snapshot", "dataset"):
        op.add_column(table, sa.Column("archived_at", sa.DateTime(), nullable=True))
    for table in ("snapshot", "dataset"):
        op.add_column(
            table, sa.Column("other_names", sa.JSON(), nullable=False, server_default="[]")
        )


def downgrade() -> None:
    """Go back to the version before."""
    for table in ("dataset", "snapshot"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("other_names")
    for table in ("dataset", "snapshot", "run"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("archived_at")
    with op.batch_alter_table("run") as batch_op:
        batch_op.drop_column("tags")
        batch_op.drop_column("note")
