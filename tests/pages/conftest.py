"""What the tests of the screens share."""

from __future__ import annotations

import pytest

from scicot.words.settings import get_settings


@pytest.fixture(autouse=True)
def launch_nothing(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that a button queues waits: its worker would outlive the test."""
    monkeypatch.setenv("SCICOT_LAUNCHER", "none")
    get_settings.cache_clear()
