"""An import as a run: it tells how far it is, and a cancelled one leaves nothing behind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from scicot.cli.handlers import HANDLERS
from scicot.services.imports import run as import_run
from scicot.services.questions.lookup import count_questions
from scicot.services.runs.runs import get_run
from scicot.services.runs.steering import request_cancel
from scicot.services.runs.worker import run_worker
from scicot.services.workspace import open_workspace
from scicot.words.configs import ImportConfig
from scicot.words.errors import InvalidInput
from scicot.words.records import Actor, RunStatus
from scicot.words.settings import Settings, get_settings
from tests.builders import arc_row

ADA = Actor("Ada")


@pytest.fixture(autouse=True)
def launch_nothing(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCICOT_LAUNCHER", "none")
    get_settings.cache_clear()


def write_questions(folder: Path, count: int) -> Path:
    path = folder / "Demo-Test.jsonl"
    rows = [json.dumps(arc_row(number)) for number in range(count)]
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def test_a_run_imports_and_keeps_what_it_came_to(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    path = write_questions(tmp_path, 5)
    told: list[Any] = []
    with open_workspace() as workspace:
        run_id = workspace.start(ADA, ImportConfig(location=str(path), dataset="demo"))
    assert run_worker(run_id, settings, HANDLERS, tell=told.append) is RunStatus.DONE
    run = get_run(session, run_id)
    assert run.name == "imports Demo-Test.jsonl as demo"
    assert run.message == "Added 5 questions; 0 were already there."
    assert (run.result["added"], run.result["datasets"]) == (5, {"demo": {"test": 5}})
    said = [event.get("message") for event in told]
    assert said[:3] == ["Reading the source.", "Checking the rows.", "Looking for duplicates."]


def test_a_cancelled_import_leaves_nothing_behind(
    session: Session, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_questions(tmp_path, 5)
    with open_workspace() as workspace:
        run_id = workspace.start(ADA, ImportConfig(location=str(path), dataset="demo"))
    teller = import_run._teller

    def cancel_while_checking(context: Any) -> Any:
        tell = teller(context)

        def told(message: str, done: int, total: int) -> None:
            if message.startswith("Checking"):
                request_cancel(session, ADA, run_id)
                context.cancel_event.set()  # as the heartbeat does within a second
            tell(message, done, total)

        return told

    monkeypatch.setattr(import_run, "_teller", cancel_while_checking)
    assert run_worker(run_id, settings, HANDLERS) is RunStatus.CANCELLED
    session.rollback()
    assert count_questions(session) == {}


def test_a_dataset_without_a_name_is_refused_before_anything_is_stored(session: Session) -> None:
    with open_workspace() as workspace, pytest.raises(InvalidInput, match="has no name"):
        workspace.start(ADA, ImportConfig(location="starter", dataset=" "))
