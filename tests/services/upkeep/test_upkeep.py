"""Names, archives, deletions and room: what hangs on a record is said, and nothing else goes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from db.models import RunRow, RunStageRow, SnapshotRow, StageRow
from db.session import write
from scicot.adapters.artifacts import SETTLED_SECONDS, log_path
from scicot.adapters.clock import utc_now
from scicot.pure.methods.registry import make_config
from scicot.services.predictions.store import list_predictions
from scicot.services.questions.imports import import_questions
from scicot.services.questions.lookup import count_questions, list_datasets, list_questions
from scicot.services.runs.runs import create_run, get_run, hash_run, list_runs
from scicot.services.system.people import list_deeds
from scicot.services.training.snapshots import create_snapshot, find_snapshot, list_snapshots
from scicot.services.training.training import new_run
from scicot.services.upkeep.deleting import delete_dataset, delete_run, delete_snapshot
from scicot.services.upkeep.dependents import of_dataset, of_run, of_snapshot
from scicot.services.upkeep.labels import (
    archive_dataset,
    archive_run,
    archive_snapshot,
    list_run_tags,
    note_run,
    rename_dataset,
    rename_run,
    rename_snapshot,
    tag_run,
)
from scicot.services.upkeep.space import free_space, measure_space
from scicot.words.errors import Conflict, InvalidInput, NotFound
from scicot.words.records import Actor, RationaleStatus, RunKind, RunStatus, Split, StoredQuestion
from scicot.words.settings import Settings
from tests.builders import store_questions, store_rationale
from tests.cli.runner import run_json
from tests.fake_teacher import FakeTeacher, serve
from tests.predictions import store_trained
from tests.services.teacher_runs import config_for, generate, give_price

ADA = Actor("Ada")
Questions = Mapping[Split, Sequence[StoredQuestion]]


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> Questions:
    by_split = store_questions(session, tmp_path / "data")
    for question in by_split[Split.TRAIN]:
        store_rationale(session, question, status=RationaleStatus.ACCEPTED)
    create_snapshot(session, ADA, name="first", dataset="demo")
    return by_split


def store_run(session: Session, questions: Questions, **fields: object) -> int:
    values = {"method": "sci_cot", "dataset": "demo", "snapshot": "first"} | fields
    run_id = store_trained(session, questions[Split.TEST], make_config(**values))
    snapshot = find_snapshot(session, "first")
    with write(session):
        session.execute(update(RunRow).where(RunRow.id == run_id).values(snapshot_id=snapshot.id))
    return run_id


def test_a_run_bears_a_note_tags_and_another_name(session: Session, questions: Questions) -> None:
    run_id = store_run(session, questions)
    note_run(session, ADA, run_id, " The one of the talk. ")
    run = tag_run(session, ADA, run_id, ["talk", " talk", "best  so far", ""])
    run = rename_run(session, ADA, run_id, "The first good one")
    assert (run.note, list(run.tags), run.name) == (
        "The one of the talk.",
        ["best so far", "talk"],
        "The first good one",
    )
    assert list_run_tags(session) == ["best so far", "talk"]
    did = [deed.what for deed in list_deeds(session, ADA) if deed.action == "rename"]
    assert did == [f"run_id {run_id}, to The first good one"]
    with pytest.raises(InvalidInput):
        rename_run(session, ADA, run_id, " ")


def test_a_new_name_stands_in_the_runs_and_the_old_one_still_finds_it(
    session: Session, questions: Questions, tmp_path: Path
) -> None:
    run_id = store_run(session, questions)
    rename_snapshot(session, ADA, "first", "approved")
    rename_dataset(session, ADA, "demo", "science")
    assert find_snapshot(session, "first").name == "approved"
    assert get_run(session, run_id).training.snapshot == "approved"
    assert get_run(session, run_id).training.dataset == "science"
    (first, *_) = list_questions(session, "demo", Split.TRAIN)
    assert first.dataset == "science"
    made = new_run(session, make_config(method="sci_cot", dataset="demo", snapshot="first"))
    assert (made["config"]["dataset"], made["config"]["snapshot"]) == ("science", "approved")
    again = import_questions(
        session, ADA, str(tmp_path / "data" / "Demo-Test.jsonl"), dataset="demo", split=Split.TEST
    )
    assert (again.added, list_datasets(session)) == (0, ["science"])


def test_equal_runs_stay_equal_when_their_dataset_and_snapshot_are_called_otherwise(
    session: Session, questions: Questions
) -> None:
    config = make_config(method="sci_cot", dataset="demo", snapshot="first")
    run_id = create_run(session, ADA, **new_run(session, config))
    assert get_run(session, run_id).config_hash == hash_run(new_run(session, config))
    rename_snapshot(session, ADA, "first", "approved")
    rename_dataset(session, ADA, "demo", "science")
    assert get_run(session, run_id).config_hash == hash_run(new_run(session, config))


def test_a_name_that_another_one_bears_is_refused(session: Session, questions: Questions) -> None:
    store_rationale(
        session, questions[Split.TRAIN][0], "Edited.", status=RationaleStatus.EDITED, source="me"
    )
    create_snapshot(session, ADA, name="second", dataset="demo")
    with pytest.raises(Conflict, match="'first' already"):
        rename_snapshot(session, ADA, "second", "first")
    with pytest.raises(Conflict, match="'first' already"):
        create_snapshot(session, ADA, name="first", dataset="demo")


def test_the_same_texts_under_another_name_are_the_same_snapshot(
    session: Session, questions: Questions
) -> None:
    first = find_snapshot(session, "first")
    twin = run_json("snapshot", "create", "twin", "--dataset", "demo")
    assert (twin["snapshot"], twin["name"], twin["already_there"]) == (first.id, "first", True)
    session.rollback()
    assert len(list_snapshots(session)) == 1
    assert find_snapshot(session, "twin").id == first.id


def test_what_is_archived_is_listed_no_longer_and_works_on(
    session: Session, questions: Questions
) -> None:
    run_id = store_run(session, questions)
    archive_run(session, ADA, run_id)
    archive_snapshot(session, ADA, "first")
    archive_dataset(session, ADA, "demo")
    assert list_runs(session, with_archived=False) == []
    assert list_snapshots(session, with_archived=False) == []
    assert list_datasets(session, with_archived=False) == []
    assert get_run(session, run_id).training.snapshot == "first"
    archive_run(session, ADA, run_id, is_archived=False)
    assert [run.id for run in list_runs(session, with_archived=False)] == [run_id]


def test_a_run_is_deleted_with_what_is_its_own(
    session: Session, settings: Settings, questions: Questions
) -> None:
    run_id, other = store_run(session, questions), store_run(session, questions, seed=1)
    log_path(settings, run_id).parent.mkdir(parents=True)
    log_path(settings, run_id).write_text("Starting")
    assert of_run(session, run_id).goes == ["4 predictions"]
    assert run_json("runs", "delete", run_id)["deleted"] is False
    delete_run(session, settings, ADA, run_id)
    with pytest.raises(NotFound):
        get_run(session, run_id)
    assert not log_path(settings, run_id).exists()
    assert len(list_predictions(session, other)) == 4
    assert next(deed.action for deed in list_deeds(session, ADA)) == "delete for good"


@pytest.mark.parametrize("kind", [RunKind.PREDICT, RunKind.ATTRIBUTE])
def test_a_run_whose_students_answer_elsewhere_stays(
    session: Session, settings: Settings, questions: Questions, kind: RunKind
) -> None:
    run_id = store_run(session, questions)
    later = create_run(session, ADA, kind=kind, name="asks it", config={"run": run_id})
    with pytest.raises(Conflict, match=f"answer for run {later}"):
        delete_run(session, settings, ADA, run_id)
    with pytest.raises(Conflict, match="cancel it first"):
        delete_run(session, settings, ADA, later)


def test_a_run_that_cost_money_is_never_deleted(
    session: Session, settings: Settings, questions: Questions
) -> None:
    with serve(FakeTeacher()) as teacher:
        give_price(session)
        run = generate(session, config_for(teacher))
    with pytest.raises(Conflict, match="cost \\$"):
        delete_run(session, settings, ADA, run.id)
    assert "Archive the dataset" in of_dataset(session, "demo").sentence()
    with pytest.raises(Conflict):
        delete_dataset(session, settings, ADA, "demo", with_runs=True)


def test_a_snapshot_goes_once_no_run_trained_on_it(
    session: Session, settings: Settings, questions: Questions
) -> None:
    run_id = store_run(session, questions)
    assert f"Run {run_id} trained on it" in of_snapshot(session, "first").sentence()
    with pytest.raises(Conflict):
        delete_snapshot(session, ADA, "first")
    delete_run(session, settings, ADA, run_id)
    assert delete_snapshot(session, ADA, "first").goes == ["8 frozen texts"]
    assert session.scalars(select(SnapshotRow)).all() == []


def test_a_dataset_goes_whole_and_alone(
    session: Session, settings: Settings, questions: Questions, tmp_path: Path
) -> None:
    kept = store_questions(session, tmp_path / "kept", dataset="kept")
    store_rationale(session, kept[Split.TRAIN][0])
    run_id = store_run(session, questions)
    said = of_dataset(session, "demo").sentence()
    assert "16 questions, 8 rationales" in said
    assert f"1 snapshots, run {run_id}" in said
    with pytest.raises(Conflict, match="runs and snapshots go too"):
        delete_dataset(session, settings, ADA, "demo")
    delete_dataset(session, settings, ADA, "demo", with_runs=True)
    assert count_questions(session) == {"kept": {"train": 8, "validation": 4, "test": 4}}
    left = session.execute(text("SELECT count(*) FROM rationale")).scalar()
    assert left == 1
    if session.get_bind().dialect.name == "sqlite":
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []


def store_stage(session: Session, settings: Settings, name: str, run_id: int | None) -> Path:
    folder = settings.artifacts_folder / "stages" / name
    folder.mkdir(parents=True)
    (folder / "weights").write_bytes(b"x" * 1000)
    with write(session):
        row = StageRow(
            hash=name,
            name="answer",
            folder=f"stages/{name}",
            config={},
            result={},
            seconds=1.0,
            created_at=utc_now(),
        )
        session.add(row)
        session.flush()
        if run_id is not None:
            session.add(RunStageRow(run_id=run_id, stage_id=row.id, role="answer", reused=False))
    return folder


def leave_behind(settings: Settings, name: str) -> Path:
    folder = settings.artifacts_folder / name
    folder.mkdir(parents=True)
    (folder / "weights").write_bytes(b"x" * 1000)
    return folder


def test_what_killed_processes_left_behind_is_listed_and_freed(
    session: Session, settings: Settings
) -> None:
    names = ("scratch-a1", "students/.starter-a1", "stages/without-a-row", "scratch-b2")
    *left, fresh = [leave_behind(settings, name) for name in names]
    for folder in left:
        make_old(folder)
    space = measure_space(session, settings)
    assert space.by_kind == {"scratch": 2000, "stages": 1000, "students": 1000}
    assert {name for name, _ in space.unneeded} == set(names[:3])
    assert free_space(session, settings, ADA).freeable == 3000
    assert [folder.exists() for folder in (*left, fresh)] == [False, False, False, True]


def make_old(folder: Path) -> None:
    then = folder.stat().st_mtime - SETTLED_SECONDS - 60
    os.utime(folder, (then, then))


def test_space_is_freed_of_what_no_run_needs_and_of_nothing_else(
    session: Session, settings: Settings, questions: Questions
) -> None:
    run_id = store_run(session, questions)
    needed = store_stage(session, settings, "needed", run_id)
    alone = store_stage(session, settings, "alone", None)
    fresh = store_stage(session, settings, "fresh", None)
    for folder in (needed, alone):
        make_old(folder)
    space = measure_space(session, settings)
    assert (space.by_kind, space.unneeded) == ({"stages": 3000}, [("stages/alone", 1000)])
    busy = create_run(session, ADA, kind=RunKind.TRAIN, name="under way", config={})
    with write(session):
        values = {"status": RunStatus.RUNNING, "heartbeat_at": utc_now()}
        session.execute(update(RunRow).where(RunRow.id == busy).values(**values))
    assert measure_space(session, settings).unneeded == []  # it may take that one up
    with write(session):
        session.execute(update(RunRow).where(RunRow.id == busy).values(status=RunStatus.DONE))
    assert free_space(session, settings, ADA).freeable == 1000
    assert [folder.exists() for folder in (needed, alone, fresh)] == [True, False, True]
    assert session.scalars(select(StageRow.hash).order_by(StageRow.id)).all() == ["needed", "fresh"]
    assert run_json("space")["freeable"] == 0
