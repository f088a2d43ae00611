"""What the tests of the screens share."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from streamlit.components.v2 import manifest_scanner

from scicot.words.settings import get_settings


@pytest.fixture(autouse=True)
def launch_nothing(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that a button queues waits: its worker would outlive the test."""
    monkeypatch.setenv("SCICOT_LAUNCHER", "none")
    get_settings.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def packages_are_scanned_once() -> Iterator[None]:
    """The harness reads every installed package's metadata for each app: ten times an app's run."""
    scan = cache(manifest_scanner.scan_component_manifests)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(manifest_scanner, "scan_component_manifests", scan)
        yield
