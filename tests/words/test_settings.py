"""Settings that cannot be used are said by name, and every home folder works."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.sqlite_file import sqlite_path
from scicot.services.workspace import open_workspace
from scicot.words.errors import InvalidConfig
from scicot.words.settings import Settings, get_settings


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    get_settings.cache_clear()
    return tmp_path


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("SCICOT_THREADS=2\n".encode("utf-16"), "UTF-16"),
        ("SCICOT_THREADS=2\n".encode("utf-16-le"), "UTF-16"),
        ("SCICOT_THREADS=2\n".encode("utf-16-be"), "UTF-16"),
        ("SCICOT_THREADS=2 # é\n".encode("latin-1"), "not UTF-8"),
    ],
)
def test_an_env_file_in_another_encoding_is_named(folder: Path, content: bytes, said: str) -> None:
    (folder / ".env").write_bytes(content)
    with pytest.raises(InvalidConfig, match=said):
        get_settings()


def test_an_env_file_with_bom_and_crlf_is_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SCICOT_THREADS")
    (folder / ".env").write_bytes("\ufeffSCICOT_THREADS=3\r\n".encode())
    assert get_settings().threads == 3


@pytest.mark.parametrize(
    "line",
    [
        *("set SCICOT_THREADS=2", '$env:SCICOT_THREADS = "2"', "SCICOT_THREADS: 2"),
        *("SCICOT-THREADS=2", '{"SCICOT_THREADS": 2}', "OPENAI-API-KEY=sk-1", "SCICOT_THREADS 2"),
    ],
)
def test_a_line_in_another_shells_way_is_told(folder: Path, line: str) -> None:
    (folder / ".env").write_text(f"# SCICOT_THREADS: two\n{line}\n")
    with pytest.raises(InvalidConfig, match=r"Line 2 of \.env sets nothing"):
        get_settings()


def test_a_quote_that_is_never_closed_is_told(folder: Path) -> None:
    (folder / ".env").write_text("A='it'\nSCICOT_THREADS=\"3\n")
    with pytest.raises(InvalidConfig, match=r"Line 2 of \.env opens a quote"):
        get_settings()


@pytest.mark.parametrize("home", ['"/tmp/quoted"', "file:///tmp/address"])
def test_a_home_that_is_no_path_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    monkeypatch.setenv("SCICOT_HOME", home)
    with pytest.raises(InvalidConfig, match="a folder's path was expected"):
        get_settings()


def test_a_blank_setting_is_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCICOT_HOME", "")
    (folder / ".env").write_text("SCICOT_THREADS=\n")
    monkeypatch.setenv("SCICOT_THREADS", "")
    assert get_settings().home_folder == Path("~/.scicot").expanduser().resolve()
    assert get_settings().threads is None


@pytest.mark.parametrize("where", ["environment", "file"])
def test_a_mistyped_name_is_told_with_the_right_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    if where == "file":
        (folder / ".env").write_text("SCICOT_TEACHER_APIKEY=sk-x\n")
    else:
        monkeypatch.setenv("SCICOT_TEACHER_APIKEY", "sk-x")
    with pytest.raises(InvalidConfig, match="Was SCICOT_TEACHER_API_KEY meant"):
        get_settings()


def test_a_value_that_cannot_be_read_is_told_by_its_variable(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCICOT_THREADS", "many")
    with pytest.raises(InvalidConfig, match="SCICOT_THREADS"):
        get_settings()


@pytest.mark.parametrize("name", ["home?one", "home?two", "50%", "%41", "a#b", "a b&c=d"])
def test_a_home_folder_may_be_called_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    home = tmp_path / name
    monkeypatch.setenv("SCICOT_HOME", str(home))
    get_settings.cache_clear()
    with open_workspace():
        pass
    assert (home / "scicot.db").is_file()
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [name]
    url = get_settings().resolved_database_url
    assert sqlite_path(url) == home / "scicot.db"


def test_a_worker_is_given_what_the_command_was_given(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SCICOT_THREADS")
    (folder / ".env").write_text("OPENAI_API_KEY=sk-one\nSCICOT_THREADS=3\n")
    environment = get_settings().as_environment()
    assert (environment["OPENAI_API_KEY"], environment["SCICOT_THREADS"]) == ("sk-one", "3")
    assert Settings(home=folder).known_secrets == ("sk-one",)


def test_the_keys_of_the_hub_and_of_trackers_are_hidden_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", " hf_abcdefgh ")
    monkeypatch.setenv("WANDB_API_KEY", "0123456789abcdef")
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "")
    assert Settings(home=folder).known_secrets == ("hf_abcdefgh", "0123456789abcdef")
