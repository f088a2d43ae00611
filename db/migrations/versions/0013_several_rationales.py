"""Several rationales a question in a snapshot, in order.

Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up to this version."""
    _renew_key(["snapshot_id", "question_id", "place"], adds=True)


def downgrade() -> None:
    """Go back to the version before; the best rationale of a question stays."""
    op.execute("DELETE FROM snapshot_item WHERE place > 0")
    _renew_key(["snapshot_id", "question_id"], adds=False)


def _renew_key(columns: list[str], *, adds: bool) -> None:
    with op.batch_alter_table("snapshot_item", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("pk_snapshot_item"), type_="primary")
        if adds:
            batch_op.add_column(
                sa.Column("place", sa.Integer(), nullable=False, server_default="0")
            )
        else:
            batch_op.drop_column("place")
        batch_op.create_primary_key(batch_op.f("pk_snapshot_item"), columns)
    if adds:
        with op.batch_alter_table("snapshot_item", schema=None) as batch_op:
            batch_op.alter_column("place", server_default=None)
