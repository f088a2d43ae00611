"""Work on a parcel, and the weights that came of it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import RunStageRow, StageRow
from scicot.adapters.students.stages.stage_files import stage_folder
from scicot.cli.handlers import HANDLERS
from scicot.services.parcels.work import Worked, work_parcel
from scicot.words.records import Actor
from scicot.words.settings import Settings

ADA = Actor("Ada")


def carry_out(parcel: Path) -> Worked:
    """Work as on a machine with no database and no student of its own."""
    return work_parcel(parcel, Settings(home=parcel.parent / "nobody"), HANDLERS)


def weights(settings: Settings, session: Session, run_id: int) -> dict[str, dict[str, bytes]]:
    rows = session.execute(
        select(RunStageRow.role, StageRow.hash)
        .join(StageRow, StageRow.id == RunStageRow.stage_id)
        .where(RunStageRow.run_id == run_id)
    )
    return {
        role: {
            file.name: file.read_bytes()
            for file in sorted((stage_folder(settings, digest) / "model").iterdir())
        }
        for role, digest in rows
    }
