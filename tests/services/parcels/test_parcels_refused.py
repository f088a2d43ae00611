"""Parcels and results that are not what they say, or do not fit: refused, and nothing changes."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.models import PredictionRow, QuestionRow, SnapshotRow
from db.session import write
from scicot.adapters.parcel_files import open_parcel, read_manifest
from scicot.cli.handlers import HANDLERS
from scicot.services.parcels.pack import describe, is_same_run
from scicot.services.parcels.take_in import take_in
from scicot.services.parcels.work import work_parcel
from scicot.services.runs.runs import get_run
from scicot.services.upkeep import labels
from scicot.services.workspace import Workspace
from scicot.words.errors import InvalidParcel
from scicot.words.records import RunStatus
from scicot.words.settings import Settings
from tests.services.parcels.carrying import ADA, carry_out


def repack(path: Path, name: str, content: bytes | None, link: str = "") -> None:
    """Change a parcel's tar by hand: one more member, or another content for one."""
    with tarfile.open(path) as tar:
        members = {one.name: tar.extractfile(one).read() for one in tar if one.isfile()}  # type: ignore[union-attr]
    if content is not None:
        members[name] = content
    with tarfile.open(path, "w") as tar:
        for key, data in members.items():
            info = tarfile.TarInfo(key)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        if link:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, link
            tar.addfile(info)


def changed_manifest(path: Path, **values: Any) -> bytes:
    return json.dumps(read_manifest(path) | values).encode()


@pytest.mark.parametrize("name", ["../outside.txt", "/tmp/outside.txt", "rows/../../outside.txt"])
def test_paths_that_leave_the_folder_are_refused(parcel: Path, name: str) -> None:
    repack(parcel, name, b"hello")
    with pytest.raises(InvalidParcel, match="no plain file inside the parcel"):
        carry_out(parcel)
    assert not (parcel.parent / "outside.txt").exists()
    assert not (parcel.parent / "run.work" / "parcel").exists()


@pytest.mark.parametrize("name", ["rows/more.jsonl", "rows/run.jsonl", "rows", "x" * 1000])
def test_what_was_not_packed_is_refused_before_anything_is_unpacked(
    parcel: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tarfile.open(parcel, "a") as tar:
        strange = tarfile.TarInfo(name)
        strange.type = tarfile.DIRTYPE if name == "rows" else tarfile.REGTYPE
        tar.addfile(strange)

    def unpack(*_: Any, **__: Any) -> None:
        raise AssertionError("unpacked")

    monkeypatch.setattr(tarfile.TarFile, "extractall", unpack)
    with pytest.raises(InvalidParcel, match=f"'{name[:200]}' is not what was packed"):
        carry_out(parcel)


def test_links_are_refused(parcel: Path) -> None:
    repack(parcel, "rows/passwords", None, link="/etc/passwd")
    with pytest.raises(InvalidParcel, match="no plain file inside the parcel"):
        carry_out(parcel)


def test_a_damaged_parcel_is_refused(parcel: Path, tmp_path: Path) -> None:
    whole = parcel.read_bytes()
    parcel.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InvalidParcel, match=r"run\.tar"):
        carry_out(parcel)
    parcel.write_bytes(whole)
    repack(parcel, "rows/question.jsonl", b"{}\n")
    with pytest.raises(InvalidParcel, match=r"'rows/question\.jsonl' is not what was packed"):
        carry_out(parcel)
    (tmp_path / "letter.tar").write_text("Dear parcel, " * 100)
    with pytest.raises(InvalidParcel, match="is no parcel"):
        work_parcel(tmp_path / "letter.tar", Settings(home=tmp_path / "nobody"), HANDLERS)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows/run.jsonl", b""),
        *((f"rows/{kind}.jsonl", b"5\n") for kind in ("run", "question")),
        ("rows/question.jsonl", b'{"id": "one"}\n'),
        ("rows/question.jsonl", b'{"colour": 1}\n'),
        ("rows/question.jsonl", b'{"id": 1}\n'),
        ("rows/run.jsonl", b'{"id": 1, "created_at": "yesterday"}\n'),
        ("rows/run.jsonl", b"[" * 100_000),
    ],
)
def test_rows_that_no_table_takes_are_refused_with_their_file(
    parcel: Path, name: str, content: bytes
) -> None:
    hashes = read_manifest(parcel)["files"] | {name: hashlib.sha256(content).hexdigest()}
    manifest = changed_manifest(parcel, files=hashes)
    repack(parcel, name, content)
    repack(parcel, "manifest.json", manifest)
    with pytest.raises(InvalidParcel, match="Pack the run again"):
        carry_out(parcel)


@pytest.mark.parametrize("run", [None, 5, {"id": "x", "name": "y"}, {"id": 1}])
def test_a_parcel_that_names_no_run_is_none(parcel: Path, run: object) -> None:
    repack(parcel, "manifest.json", changed_manifest(parcel, run=run))
    with pytest.raises(InvalidParcel, match="no parcel of Sci-CoT"):
        carry_out(parcel)


def test_a_file_that_unpacks_to_any_size_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sparse.tar"
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tar:
        content = json.dumps({"format": 1, "files": {}, "run": {"id": 1, "name": "x"}}).encode()
        info = tarfile.TarInfo("manifest.json")
        info.size = len(content)
        tar.addfile(info, io.BytesIO(content))
        info = tarfile.TarInfo("rows/run.jsonl")
        head = bytearray(info.tobuf(tarfile.GNU_FORMAT))
        head[156:157] = tarfile.GNUTYPE_SPARSE
        head[483:495] = b"%011o\0" % (8 << 30)  # the size that it unpacks to
        head[148:156] = b" " * 8
        head[148:156] = b"%06o\0 " % sum(head)
        tar.fileobj.write(bytes(head))
    assert path.stat().st_size < 20_000
    with pytest.raises(InvalidParcel, match="no plain file inside the parcel"):
        open_parcel(path, tmp_path / "opened")


def test_another_engine_is_refused(parcel: Path) -> None:
    repack(parcel, "manifest.json", changed_manifest(parcel, engine="0"))
    with pytest.raises(InvalidParcel, match="was made by engine 0"):
        carry_out(parcel)


def test_a_result_is_not_worked_on_and_a_parcel_not_taken_in(
    session: Session, settings: Settings, parcel: Path
) -> None:
    with pytest.raises(InvalidParcel, match="holds no result"):
        take_in(session, settings, ADA, parcel)
    repack(parcel, "manifest.json", changed_manifest(parcel, kind="result"))
    with pytest.raises(InvalidParcel, match="holds no run"):
        carry_out(parcel)


def test_a_result_is_taken_in_whatever_is_called_otherwise_or_archived_by_then(
    session: Session, settings: Settings, run_id: int, parcel: Path
) -> None:
    nothing = dict.fromkeys(HANDLERS, lambda _context: {"metrics": {"accuracy": 0.5}})
    worked = work_parcel(parcel, Settings(home=parcel.parent / "nobody"), nothing)
    labels.rename_run(session, ADA, run_id, "called otherwise")
    labels.rename_dataset(session, ADA, "demo", "renamed")
    labels.rename_snapshot(session, ADA, "approved", "agreed")
    labels.archive_run(session, ADA, run_id)
    labels.archive_dataset(session, ADA, "renamed")
    labels.archive_snapshot(session, ADA, "agreed")
    assert not take_in(session, settings, ADA, Path(str(worked.result))).already_there
    run = get_run(session, run_id)
    assert (run.status, run.name, run.dataset) == (RunStatus.DONE, "called otherwise", "renamed")


def test_a_result_of_a_parcel_from_before_is_known_by_its_settings_hash(
    session: Session, settings: Settings, run_id: int, parcel: Path
) -> None:
    here = describe(session, get_run(session, run_id))["run"]
    before = {name: value for name, value in here.items() if name != "settings"}
    assert is_same_run(here, before)
    assert not is_same_run(here, before | {"config_hash": "another"})
    assert not is_same_run(here, here | {"settings": "another"})


def test_a_result_of_a_snapshot_that_changed_is_refused_and_changes_nothing(
    session: Session, settings: Settings, run_id: int, parcel: Path
) -> None:
    result = Path(str(carry_out(parcel).result))
    with write(session):
        session.execute(update(SnapshotRow).values(content_hash="changed"))
    with pytest.raises(
        InvalidParcel, match=rf"The snapshot of run {run_id} changed .*Pack the run"
    ):
        take_in(session, settings, ADA, result)
    session.rollback()
    assert get_run(session, run_id).status is RunStatus.QUEUED
    assert session.scalars(select(PredictionRow)).all() == []
    assert not (settings.artifacts_folder / "stages").exists()


def test_what_does_not_fit_is_refused_and_changes_nothing(
    session: Session,
    settings: Settings,
    run_id: int,
    parcel: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    result = Path(str(carry_out(parcel).result))
    foreign = Settings(home=tmp_path / "other", database_url=f"sqlite:///{tmp_path / 'other.db'}")
    with (
        Workspace(foreign, None) as other,
        pytest.raises(InvalidParcel, match="of another workspace"),
    ):
        take_in(other, foreign, ADA, result)
    with write(session):
        session.execute(update(QuestionRow).values(content_hash="changed"))
    with pytest.raises(InvalidParcel, match=r"The questions of run \d+ changed"):
        take_in(session, settings, ADA, result)

    def burst(*_: Any, **_named: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(
        "scicot.services.parcels.take_in._find_run", lambda *_: get_run(session, run_id)
    )
    monkeypatch.setattr("scicot.services.parcels.take_in._store", burst)
    with pytest.raises(OSError, match="No space"):
        take_in(session, settings, ADA, result)
    session.rollback()
    assert get_run(session, run_id).status is RunStatus.QUEUED
    assert session.scalars(select(PredictionRow)).all() == []
    assert list((settings.artifacts_folder / "stages").iterdir()) == []
