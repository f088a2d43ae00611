"""Where a run is to go: the choice, its last values, and how it stands with the cluster."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from db.models import LaunchRow, RunRow
from db.session import write
from scicot.adapters.artifacts import log_path
from scicot.adapters.launchers.carried import Carried
from scicot.adapters.launchers.cluster import is_at_hand, node_environment, open_cluster, title
from scicot.adapters.parcel_folders import LOG
from scicot.adapters.parcel_logs import joined_logs
from scicot.adapters.parcel_news import read_end, work_folder
from scicot.adapters.students.training.identity import engine_version
from scicot.pure.hashing import content_hash
from scicot.services.parcels.pack import unnamed_hash
from scicot.services.runs.launched import Chosen, processes_of
from scicot.services.runs.runs import get_run, read_log
from scicot.services.runs.steering import resume_run
from scicot.services.system.preferences import recall, remember
from scicot.words.errors import InvalidConfig, RunNotInState
from scicot.words.launching import CLUSTERS, OPTIONS, ClusterName, LaunchView, Options, read_options
from scicot.words.people import Action, needs
from scicot.words.records import ENDED_BADLY, Actor, RunStatus
from scicot.words.runs import RunView
from scicot.words.settings import Settings

LOG_BYTES = 200_000


def recall_options(session: Session, person: str, name: ClusterName) -> Options:
    """Return what the person asked this cluster for last, the defaults where they never did."""
    kept = json.loads(recall(session, person, _preference(name)) or "{}")
    try:
        return read_options(name, kept)
    except InvalidConfig:  # kept by a version that knew other fields
        return OPTIONS[name]()


def choose_options(
    session: Session, person: str, name: ClusterName, given: Mapping[str, Any]
) -> Options:
    """Return the last values with those given in their place, and keep them.

    Raises InvalidConfig for a field that there is not, or a value that cannot be.
    """
    values = recall_options(session, person, name).model_dump() | dict(given)
    chosen = OPTIONS[name].checked(**values)
    remember(session, person, _preference(name), chosen.model_dump_json())
    return chosen


def _preference(name: ClusterName) -> str:
    return f"launcher.{name}"


@needs(Action.START_RUN)
def send_run(
    session: Session, actor: Actor, run_id: int, name: ClusterName, options: Options
) -> RunView:
    """Let a run that waits or was stopped go to a cluster; who tends hands it over.

    Raises RunNotInState for one that asks a teacher, is going, or is in a cluster already.
    """
    run = get_run(session, run_id)
    Chosen(name, options).refuse(run.kind, processes_of(run.config))
    launch = session.get(LaunchRow, run_id)
    if launch and launch.ticket and launch.ended_at is None and not run.status.is_finished:
        raise RunNotInState(
            f"Run {run_id} is with {title(run.launcher)} as {launch.ticket}. Cancel it first."
        )
    fresh = Chosen(name, options).new_row(run_id)
    if run.status in ENDED_BADLY:
        return resume_run(session, actor, run_id, launcher=name, launch=fresh)
    with write(session):
        row = session.get_one(RunRow, run_id)
        if row.status is not RunStatus.QUEUED:  # who tends may have started it just now
            raise RunNotInState(f"Run {run_id} is {row.status}; only one that waits can be sent.")
        row.launcher = name
        session.merge(fresh)
    return get_run(session, run_id)


def get_launch(session: Session, run_id: int) -> LaunchView | None:
    """Return how a run was handed over, None for one of this machine."""
    row, run = session.get(LaunchRow, run_id), session.get(RunRow, run_id)
    if row is None or run is None:
        return None
    session.refresh(row)
    return _view(row, run.launcher)


def list_waiting(session: Session) -> dict[int, LaunchView]:
    """Return how each run that waits for a cluster stands with it, by run."""
    query = (
        select(LaunchRow, RunRow.launcher)
        .join(RunRow, RunRow.id == LaunchRow.run_id)
        .where(RunRow.status == RunStatus.QUEUED, RunRow.launcher.in_(CLUSTERS))
        .execution_options(populate_existing=True)
    )
    return {row.run_id: _view(row, launcher) for row, launcher in session.execute(query)}


def _view(row: LaunchRow, launcher: str) -> LaunchView:
    return LaunchView(
        run=row.run_id,
        launcher=launcher,
        options=row.options,
        ticket=row.ticket,
        submission=row.submission,
        state=row.state,
        reason=row.reason,
        place=row.place,
        parcel=row.parcel,
        submitted_at=row.submitted_at,
    )


def preview_submission(settings: Settings, name: ClusterName, options: Options) -> str:
    """Return exactly what would be handed in for the next run, RUN in the place of its number."""
    carried = make_carried(settings, options, "RUN", parcel=_parcel_path(options, "RUN"))
    return open_cluster(name, options).preview(carried)


def make_carried(
    settings: Settings, options: Options, run: int | str, *, parcel: Path | None
) -> Carried:
    """Return what a node is to do for a run: work on its parcel, or on its row."""
    arguments = ("work", str(parcel)) if parcel else ("run-worker", str(run))
    return Carried(
        name=f"scicot-run-{run}",
        arguments=arguments,
        # where the nodes see it
        folder=parcel.with_suffix(".launch") if parcel else launch_folder(settings, run),
        log=parcel.with_suffix(".log") if parcel else log_path(settings, run),
        environment=node_environment(settings, options, None if parcel else _public_url(settings)),
    )


def _public_url(settings: Settings) -> str:
    """Return the database's URL without its password, which a job's description would show.

    psycopg finds it in the node's ~/.pgpass, or in PGPASSFILE.
    """
    url = make_url(settings.resolved_database_url)._replace(password=None)
    return url.render_as_string(hide_password=False)


def launch_folder(settings: Settings, run: int | str) -> Path:
    """Return where a launcher keeps what it needs of a run's jobs."""
    return settings.artifacts_folder / "launches" / f"run-{run}"


def parcel_of(run: RunView, options: Options) -> Path | None:
    """Return where a run's parcel goes.

    Two databases may share the folder, and what one engine packed or trained another cannot use.
    What its dataset or snapshot is called does not matter: a resume goes on with the same parcel.
    """
    mark = content_hash([unnamed_hash(run), run.created_at.isoformat(), engine_version()])[:8]
    return _parcel_path(options, f"{run.id}-{mark}")


def _parcel_path(options: Options, name: str) -> Path | None:
    return Path(options.shared_folder) / f"run-{name}.tar" if options.shared_folder else None


def read_run_log(session: Session, settings: Settings, run_id: int) -> str:
    """Return the end of a run's log, wherever it was carried out; empty while there is none.

    What a cluster or a parcel's folder has comes behind what was logged here, under a line that
    says whence. Once its result is taken in, a parcel's log is here.
    """
    text = read_log(session, settings, run_id)
    launch = get_launch(session, run_id)
    if launch is None or (text and get_run(session, run_id).status is RunStatus.DONE):
        return text
    if launch.parcel:
        parcel = Path(launch.parcel)
        for path in (parcel.with_suffix(".log"), work_folder(parcel) / LOG):
            if there := read_end(path, LOG_BYTES):
                return joined_logs(text, there, str(path))
    name = next((known for known in CLUSTERS if known == launch.launcher), None)
    if launch.ticket and name and is_at_hand(name):
        options = read_options(name, launch.options)
        there = open_cluster(name, options).read_log(launch.ticket)
        return joined_logs(text, there, f"{title(name)} job {launch.ticket}")
    return text
