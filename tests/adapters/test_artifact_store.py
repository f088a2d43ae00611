"""A folder in a store is there whole or not at all, and what comes back is what was put."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

from scicot.adapters.artifact_store import ArtifactStore, open_store
from scicot.adapters.artifacts import remove_folder
from scicot.words.errors import DamagedArtifact, InvalidConfig, StorageError
from scicot.words.settings import Settings

NAME = "stages/abc"


@pytest.fixture(params=["file", "memory", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ArtifactStore:
    name = uuid.uuid4().hex
    where = {"file": f"file://{tmp_path / 'bucket'}", "memory": f"memory://{name}"}
    if request.param == "s3":
        where["s3"] = f"{request.getfixturevalue('s3_bucket')}/{name}"
    opened = open_store(Settings(artifacts=where[request.param]))
    assert opened is not None
    return opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with files in folders, one of them empty."""
    made = tmp_path / "made"
    for name, content in (("stage.json", b"{}"), ("model/w.bin", b"\0\1" * 999), ("model/e", b"")):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_bytes(content)
    (made / "written").mkdir()
    (made / "written" / "key.json").write_text("[]")
    return made


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def damage(store: ArtifactStore, inside: str, changed: bytes | None) -> None:
    (path,) = [path for path in store.system.find(store.root) if path.endswith(inside)]
    if changed is None:
        store.system.rm(path)
    else:
        store.system.pipe_file(path, changed)


def test_a_folder_comes_back_as_it_was_put(
    store: ArtifactStore, folder: Path, tmp_path: Path
) -> None:
    assert not store.has(NAME)
    assert not store.fetch(NAME, tmp_path / "none")
    store.put(folder, NAME, without=("written",))
    assert store.has(NAME)
    (tmp_path / "other").mkdir()
    assert store.fetch(NAME, tmp_path / "other" / "abc")
    expected = {name: data for name, data in content(folder).items() if "written" not in name}
    assert content(tmp_path / "other" / "abc") == expected
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["abc"]
    store.remove(NAME)
    assert not store.has(NAME)
    assert store.system.find(store.root) == []


def test_a_second_put_takes_the_place_of_the_first(store: ArtifactStore, folder: Path) -> None:
    store.put(folder, NAME)
    (folder / "stage.json").write_text('{"better": true}')
    store.put(folder, NAME)
    files = store.system.find(store.root)
    assert len(files) == len(content(folder)) + 1
    store.put(folder, "stages/abcd")
    store.remove(NAME)
    assert store.list_names("stages") == ["stages/abcd"]


@pytest.mark.parametrize("changed", [b"\0\2", None])
def test_a_file_that_is_not_what_was_put_is_not_used(
    store: ArtifactStore, folder: Path, tmp_path: Path, changed: bytes | None
) -> None:
    store.put(folder, NAME)
    damage(store, "w.bin", changed)
    with pytest.raises(DamagedArtifact, match=r"model/w.bin is not the file that was put there"):
        store.fetch(NAME, tmp_path / "abc")
    assert not (tmp_path / "abc").exists()
    assert list(tmp_path.glob(".fetching-*")) == []


def test_a_put_that_was_cut_off_is_not_there(
    store: ArtifactStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_file: Any = store.system.put_file

    def cut_off(source: str, target: str, **more: Any) -> None:
        if source.endswith("stage.json"):
            raise ConnectionResetError("the network is gone")
        put_file(source, target, **more)

    with monkeypatch.context() as patched:
        patched.setattr(store.system, "put_file", cut_off)
        with pytest.raises(StorageError, match=r"could not be put there: the network is gone"):
            store.put(folder, NAME)
    assert not store.has(NAME)
    assert store.list_names("stages") == []
    store.put(folder, NAME)
    damage(store, "abc.json", b'{"copy": "stages/abc.0123')  # a list that was cut off
    assert not store.has(NAME)


@pytest.mark.parametrize("place", ["../../evil", "/etc/passwd"])
def test_a_list_that_leads_elsewhere_is_refused(
    store: ArtifactStore, folder: Path, tmp_path: Path, place: str
) -> None:
    store.put(folder, NAME)
    damage(
        store, "abc.json", b'{"copy": "stages/abc.01234567", "files": {"%s": "0"}}' % place.encode()
    )
    with pytest.raises(DamagedArtifact, match="names files outside of it"):
        store.fetch(NAME, tmp_path / "abc")
    damage(store, "abc.json", b'{"copy": "other/secret", "files": {}}')
    assert not store.has(NAME)


def test_what_cannot_be_removed_stops_nobody(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(home=tmp_path / "home", artifacts=f"file://{tmp_path / 'bucket'}")
    store = open_store(settings)
    assert store is not None
    store.put(folder, NAME)

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError("access denied")

    with monkeypatch.context() as patched:
        patched.setattr(type(store.system), "rm", refuse)
        remove_folder(settings, NAME)
    assert "could not be removed: access denied" in caplog.text
    remove_folder(settings, NAME)
    assert not store.has(NAME)


def test_a_store_is_a_url_and_a_folder_is_no_store(tmp_path: Path) -> None:
    assert open_store(Settings()) is None
    shared = Settings(home=tmp_path / "home", artifacts=str(tmp_path / "shared"))
    assert open_store(shared) is None
    assert shared.artifacts_folder == tmp_path / "shared"
    beside = Settings(home=tmp_path / "home", artifacts="beside")
    assert beside.as_environment()["SCICOT_ARTIFACTS"] == str(Path.cwd() / "beside")
    remote = Settings(home=tmp_path / "home", artifacts="memory://x")
    assert remote.artifacts_folder == tmp_path / "home" / "artifacts"


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidConfig, match="no storage is known by that"):
        open_store(Settings(artifacts="nowhere://bucket"))
    monkeypatch.setitem(__import__("sys").modules, "s3fs", None)
    with pytest.raises(InvalidConfig, match=r"not installed here: .*s3fs"):
        open_store(Settings(artifacts="s3://bucket/of-a-test"))
    for with_key in (
        *("s3://key:secret@bucket/folder", "https://host/folder?sig=secret"),
        "zip://part::https://key:secret@host/all.zip",
    ):
        with pytest.raises(ValueError, match="keys do not belong into the URL"):
            Settings(artifacts=with_key)
