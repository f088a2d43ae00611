"""A cluster of notes, which stands for Slurm and Ray."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from db.models import LaunchRow, RunRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.adapters.launchers.carried import Carried
from scicot.adapters.parcel_news import ALIVE, work_folder
from scicot.services.launching.launches import send_run
from scicot.services.workspace import Workspace
from scicot.words.errors import LauncherError
from scicot.words.launching import Phase, Seen, SlurmOptions, Submitted
from scicot.words.records import Actor, RunKind
from scicot.words.settings import PARCEL
from tests.services.runs.noting import new_run

ADA = Actor("Ada")
WAITS = Seen(Phase.WAITS, "PENDING", "Resources", 2)
POINT = {"stage": "a", "name": "b", "step": 1, "value": 1.5}
HALF = "\ud800"  # half a sign: JSON tells it, and no text holds it
# what a damaged file may tell in the place of news; one such line must not be met for ever
ODD_NEWS: tuple[dict[str, Any], ...] = (
    *({"done": "many"}, {"total": -1}, {"done": 10**30}, {"metrics": 5}, {"metrics": [None]}),
    *({"metrics": [POINT | {"value": "x"}]}, {"error": {"a": 1}}),
    *({"metrics": [POINT | {"value": value}]} for value in (math.nan, math.inf, -math.inf)),
    *({"metrics": [POINT | {key: text}]} for key in ("stage", "name") for text in (HALF, "a\0b")),
    *({"message": f"a{HALF}b"}, {"message": "a\0b"}),
)
GOES = Seen(Phase.GOES, "RUNNING")


class NotingCluster:
    """Keeps what it is handed, says what it is told to say, and notes what it is to stop."""

    def __init__(self) -> None:
        self.carried: list[Carried] = []
        self.says = WAITS
        self.stopped: list[str] = []
        self.refuses = ""

    def preview(self, carried: Carried) -> str:
        return " ".join(carried.arguments)

    def submit(self, carried: Carried) -> Submitted:
        if self.refuses:
            raise LauncherError(self.refuses)
        self.carried.append(carried)
        return Submitted(str(16 + len(self.carried)), self.preview(carried))

    def look(self, _ticket: str) -> Seen:
        return self.says

    def stop(self, ticket: str) -> None:
        self.stopped.append(ticket)

    def read_log(self, _ticket: str) -> str:
        return ""


def send(workspace: Workspace, kind: RunKind = RunKind.TRAIN, **asked: object) -> int:
    run_id = new_run(workspace, kind)
    send_run(workspace, ADA, run_id, "slurm", SlurmOptions.checked(**asked))
    workspace.tend()
    return run_id


def send_parcel(workspace: Workspace, parcel: Path) -> int:
    """Store a run whose parcel was carried away and is worked on in sight."""
    run_id = new_run(workspace)
    with write(workspace):
        workspace.get_one(RunRow, run_id).launcher = PARCEL
        workspace.merge(LaunchRow(run_id=run_id, options={}, parcel=str(parcel), read_bytes=0))
    work_folder(parcel).mkdir()
    (work_folder(parcel) / ALIVE).write_text(utc_now().isoformat())
    return run_id
