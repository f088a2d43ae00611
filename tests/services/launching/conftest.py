"""The cluster of notes in the place of the real ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from scicot.adapters.launchers.launcher import Launcher
from scicot.services.launching import tending
from scicot.services.workspace import Workspace
from scicot.words.settings import Settings
from tests.services.launching.noting import NotingCluster
from tests.services.runs.noting import NotingLauncher


@pytest.fixture
def slurm(monkeypatch: pytest.MonkeyPatch) -> NotingCluster:
    noting = NotingCluster()
    monkeypatch.setattr(tending, "open_cluster", lambda _name, _options: noting)
    monkeypatch.setattr(tending, "is_at_hand", lambda _name: True)
    monkeypatch.setattr(tending, "LOOK_EVERY", timedelta(0))
    monkeypatch.setattr(tending, "SILENT_FOR", timedelta(0))
    return noting


@pytest.fixture
def workspace(settings: Settings) -> Iterator[Workspace]:
    launcher: Launcher = NotingLauncher()
    with Workspace(settings, launcher) as opened:
        yield opened
