"""A run's parts are rows of their own; they stood among its metrics.

Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FIGURES = ("seconds", "peak_memory_bytes")
TRAIN = "train "  # how the name of a part that trained a stage begins; the stage's role follows


def upgrade() -> None:
    """Bring the schema up to this version."""
    part = op.create_table(
        "run_part",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=50), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("peak_memory_bytes", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_run_part_run_id")),
        sa.PrimaryKeyConstraint("run_id", "name", name=op.f("pk_run_part")),
    )
    figures = op.get_bind().execute(
        sa.select(_metric.c.run_id, _metric.c.stage, _metric.c.name, _metric.c.value)
        .where(_metric.c.name.in_(FIGURES))
        .order_by(_metric.c.id)
    )
    rows: dict[tuple[int, str], dict[str, object]] = {}
    places: dict[int, int] = {}
    for run_id, stage, name, value in figures:
        if (run_id, stage) not in rows:
            place = places[run_id] = places.get(run_id, -1) + 1
            role = stage.removeprefix(TRAIN) if stage.startswith(TRAIN) else None
            rows[run_id, stage] = {
                "run_id": run_id,
                "name": stage,
                "place": place,
                "role": role,
                "seconds": 0.0,
                "peak_memory_bytes": 0,
            }
        rows[run_id, stage][name] = round(value) if name == "peak_memory_bytes" else value
    op.bulk_insert(part, list(rows.values()))
    op.execute(_metric.delete().where(_metric.c.name.in_(FIGURES)))


_metric = sa.table(
    "metric",
    sa.column("id", sa.Integer()),
    sa.column("run_id", sa.Integer()),
    sa.column("stage", sa.String()),
    sa.column("name", sa.String()),
    sa.column("step", sa.Integer()),
    sa.column("value", sa.Double()),
    sa.column("at", sa.DateTime()),
)


def downgrade() -> None:
    """Go back to the version before."""
    part = sa.table(
        "run_part",
        sa.column("run_id", sa.Integer()),
        sa.column("name", sa.String()),
        sa.column("place", sa.Integer()),
        sa.column("seconds", sa.Double()),
        sa.column("peak_memory_bytes", sa.BigInteger()),
    )
    parts = op.get_bind().execute(sa.select(part).order_by(part.c.run_id, part.c.place)).all()
    for row in parts:
        for name in FIGURES:
            op.execute(
                _metric.insert().values(
                    run_id=row.run_id,
                    stage=row.name[:50],
                    name=name,
                    step=0,
                    value=getattr(row, name),
                    at=sa.func.current_timestamp(),
                )
            )
    op.drop_table("run_part")
