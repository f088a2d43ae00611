"""What people call things: names, notes and tags of runs; what is archived is listed no longer."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import DatasetRow, RunRow, SnapshotRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.services.questions.lookup import find_dataset, find_dataset_id
from scicot.services.runs.runs import get_run, hash_run
from scicot.services.training.snapshots import Snapshot, find_snapshot, list_snapshots
from scicot.words.errors import Conflict, InvalidInput
from scicot.words.people import Action, needs
from scicot.words.records import Actor
from scicot.words.runs import RunView

LONGEST_NAME = {RunRow: 200, SnapshotRow: 100, DatasetRow: 100}
LONGEST_NOTE, LONGEST_TAG, MOST_TAGS = 5000, 40, 20


@needs(Action.LABEL_RUN)
def note_run(session: Session, actor: Actor, run_id: int, text: str) -> RunView:
    """Keep a note on a run; the one before is replaced."""
    if len(text) > LONGEST_NOTE:
        raise InvalidInput(f"A note has up to {LONGEST_NOTE:,} characters. Shorten it.")
    get_run(session, run_id)
    with write(session):
        session.get_one(RunRow, run_id).note = text.strip()
    return get_run(session, run_id)


@needs(Action.LABEL_RUN)
def tag_run(session: Session, actor: Actor, run_id: int, tags: Sequence[str]) -> RunView:
    """Give a run exactly these tags; each is a word or a few."""
    wanted = sorted({" ".join(tag.split()) for tag in tags} - {""}, key=str.casefold)
    if len(wanted) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in wanted):
        raise InvalidInput(
            f"A run has up to {MOST_TAGS} tags of up to {LONGEST_TAG} characters each. Take fewer."
        )
    get_run(session, run_id)
    with write(session):
        session.get_one(RunRow, run_id).tags = wanted
    return get_run(session, run_id)


def list_run_tags(session: Session) -> list[str]:
    """Return the tags that runs bear."""
    return sorted({tag for tags in session.scalars(select(RunRow.tags)) for tag in tags})


@needs(Action.RENAME)
def rename_run(session: Session, actor: Actor, run_id: int, to: str) -> RunView:
    """Give a run another name; its number stays."""
    name = _checked(to, LONGEST_NAME[RunRow])
    get_run(session, run_id)
    with write(session):
        session.get_one(RunRow, run_id).name = name
    return get_run(session, run_id)


@needs(Action.RENAME)
def rename_snapshot(session: Session, actor: Actor, snapshot: str, to: str) -> Snapshot:
    """Give a snapshot another name, in its runs too; the name before still finds it."""
    name = _checked(to, LONGEST_NAME[SnapshotRow])
    before = find_snapshot(session, snapshot)
    names = [(other.id, other.name, *other.other_names) for other in list_snapshots(session)]
    if any(name in others for number, *others in names if number != before.id):
        raise Conflict(f"There is a snapshot '{name}' already. Choose another name.")
    with write(session):
        row = session.get_one(SnapshotRow, before.id)
        row.other_names = _kept(row.other_names, row.name, name)
        row.name = name
        runs = select(RunRow).where(RunRow.snapshot_id == row.id)
        for run in session.scalars(runs):
            _call(run, "snapshot", name)
    return find_snapshot(session, name)


@needs(Action.RENAME)
def rename_dataset(session: Session, actor: Actor, dataset: str, to: str) -> str:
    """Give a dataset another name, in its runs too; the name before still finds it."""
    name = _checked(to, LONGEST_NAME[DatasetRow])
    dataset_id = find_dataset_id(session, dataset)
    named = find_dataset(session, name)
    if named is not None and named.id != dataset_id:
        raise Conflict(f"There is a dataset '{name}' already. Choose another name.")
    with write(session):
        row = session.get_one(DatasetRow, dataset_id)
        row.other_names = _kept(row.other_names, row.name, name)
        row.name = name
        for run in session.scalars(select(RunRow).where(RunRow.dataset_id == row.id)):
            _call(run, "dataset", name)
    return name


def _kept(others: Sequence[str], before: str, now: str) -> list[str]:
    return [name for name in dict.fromkeys([*others, before]) if name != now]


def _call(run: RunRow, setting: str, name: str) -> None:
    """Put the name into a run's settings: equal settings stay equal whenever they were given."""
    if setting in run.config:
        run.config = {**run.config, setting: name}
        run.config_hash = hash_run(
            {
                "kind": run.kind,
                "name": run.name,
                "config": run.config,
                "snapshot_id": run.snapshot_id,
            }
        )


def _checked(name: str, longest: int) -> str:
    short = " ".join(name.split())
    if not short or len(short) > longest:
        raise InvalidInput(f"A name has 1 to {longest} characters. Give it another.")
    return short


@needs(Action.ARCHIVE)
def archive_run(
    session: Session, actor: Actor, run_id: int, *, is_archived: bool = True
) -> RunView:
    """Take a run out of the lists, or bring it back; links go on working, tables count it."""
    get_run(session, run_id)
    with write(session):
        session.get_one(RunRow, run_id).archived_at = utc_now() if is_archived else None
    return get_run(session, run_id)


@needs(Action.ARCHIVE)
def archive_snapshot(
    session: Session, actor: Actor, snapshot: str, *, is_archived: bool = True
) -> Snapshot:
    """Take a snapshot out of the choice, or bring it back; its runs stay as they are."""
    snapshot_id = find_snapshot(session, snapshot).id
    with write(session):
        row = session.get_one(SnapshotRow, snapshot_id)
        row.archived_at = utc_now() if is_archived else None
    return find_snapshot(session, snapshot)


@needs(Action.ARCHIVE)
def archive_dataset(
    session: Session, actor: Actor, dataset: str, *, is_archived: bool = True
) -> None:
    """Take a dataset out of the choice, or bring it back; what hangs on it stays."""
    dataset_id = find_dataset_id(session, dataset)
    with write(session):
        row = session.get_one(DatasetRow, dataset_id)
        row.archived_at = utc_now() if is_archived else None
