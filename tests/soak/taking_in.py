"""A result that is taken in and killed meanwhile: all of it is there afterwards, or nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import func, select

from db.migrate import migrate
from db.models import PredictionRow, RunStageRow, StageRow
from db.session import open_session
from scicot.adapters.artifacts import SCRATCH
from scicot.adapters.students.stages.stage_files import is_complete, is_intact, stage_folder
from scicot.cli.handlers import HANDLERS
from scicot.services.parcels.pack import pack_run
from scicot.services.parcels.take_in import take_in
from scicot.services.parcels.work import work_parcel
from scicot.services.runs.runs import list_runs
from scicot.services.training.training import start_training
from scicot.words.records import Actor, RunStatus
from scicot.words.settings import Settings, get_settings
from tests.services.training_line import prepare, tiny_config
from tests.soak.homes import database_of
from tests.tiny_students import build_tiny_t5

ADA = Actor("Ada")
KNOWN = {"stages", "logs", "students", "work"}  # what free-space looks through, and logs


def with_a_result(home: Path) -> None:
    """Pack a run of a tiny student and work on it, as on a machine without the database."""
    home.mkdir(parents=True, exist_ok=True)
    settings = get_settings()
    migrate(settings.resolved_database_url)
    student = build_tiny_t5(home / "student")
    with open_session(settings.resolved_database_url) as session:
        prepare(session, home / "data")
        run_id = start_training(session, settings, ADA, tiny_config("sci_cot", student))
        pack_run(session, settings, ADA, run_id, home / "run.tar")
    nobody = Settings(home=home / "nobody", database_url=None)
    worked = work_parcel(home / "run.tar", nobody, HANDLERS, home / "there")
    assert worked.status is RunStatus.DONE, worked.error
    shutil.move(str(worked.result), home / "result.tar")
    for folder in ("nobody", "there"):
        shutil.rmtree(home / folder, ignore_errors=True)


def take_result_in(home: Path) -> None:
    """Take the result in."""
    settings = get_settings()
    with open_session(settings.resolved_database_url) as session:
        take_in(session, settings, ADA, home / "result.tar")


def look_at_result(home: Path) -> object:
    """Return what is there of the run, or what should be nowhere."""
    settings = Settings(home=home, database_url=database_of(home))
    artifacts = settings.artifacts_folder
    names = {path.name for path in artifacts.iterdir()} if artifacts.is_dir() else set()
    strange = {name for name in names - KNOWN if not name.startswith(SCRATCH)}
    with open_session(settings.resolved_database_url) as session:
        (run,) = list_runs(session)
        hashes = session.scalars(select(StageRow.hash).order_by(StageRow.hash)).all()
        links = session.scalar(select(func.count()).select_from(RunStageRow))
        answers = session.scalar(select(func.count()).select_from(PredictionRow))
    folders = [stage_folder(settings, stage_hash) for stage_hash in hashes]
    broken = [folder.name for folder in folders if not (is_complete(folder) and is_intact(folder))]
    return str(run.status), list(hashes), links, answers, broken, strange
