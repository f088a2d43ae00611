"""What a rationale is worth to a student, by revision.

Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up to this version."""
    op.create_table(
        "worth",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rationale_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("student", sa.String(length=200), nullable=False),
        sa.Column("help", sa.Float(), nullable=False),
        sa.Column("leak", sa.Float(), nullable=False),
        sa.Column("before", sa.String(length=16), nullable=False),
        sa.Column("after", sa.String(length=16), nullable=False),
        sa.Column("alone", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rationale_id"], ["rationale.id"], name=op.f("fk_worth_rationale_id")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_worth_revision_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_worth_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worth")),
        sa.UniqueConstraint("revision_id", "student", name=op.f("uq_worth_revision_id_student")),
    )
    with op.batch_alter_table("worth", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_worth_rationale_id"), ["rationale_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_worth_run_id"), ["run_id"], unique=False)


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_table("worth")
