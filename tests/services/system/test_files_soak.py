"""The short versions of the soaks of files: damaged ones, and ones that come back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scicot.words.settings import get_settings
from tests.soak.fuzz import KINDS, soak_fuzz
from tests.soak.round_trips import soak_round_trips
from tests.soak.seeds import new_seed

pytestmark = pytest.mark.sqlite


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a soak sets is undone after the test."""
    monkeypatch.setenv("SCICOT_HOME", "unset")
    yield
    get_settings.cache_clear()


def test_each_damaged_file_is_taken_whole_or_refused(tmp_path: Path) -> None:
    counts = soak_fuzz(tmp_path, files=120, seed=new_seed())
    assert counts.agree, counts
    assert counts.taken
    assert counts.refused
    assert set(counts.by_kind) == set(KINDS)


def test_what_is_exported_comes_back_byte_for_byte(tmp_path: Path) -> None:
    counts = soak_round_trips(tmp_path, times=9, seed=new_seed())
    assert counts.agree, counts
    assert counts.rows
