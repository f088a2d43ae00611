"""The short version of the database's soak; `make soak` runs the full figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from scicot.words.settings import get_settings
from tests.soak.database import Kills, soak_import, soak_restore

pytestmark = pytest.mark.sqlite


@pytest.mark.slow
@pytest.mark.parametrize("soak", [soak_import, soak_restore])
def test_ten_kills_leave_old_or_new(
    soak: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCICOT_HOME", str(tmp_path / "home"))
    assert callable(soak)
    counted = soak(tmp_path, kills=10, seed=20261125, rows=1500)
    get_settings.cache_clear()
    assert isinstance(counted, Kills)
    assert counted.neither_old_nor_new == 0
    assert counted.violations == 0
    assert counted.completed_afterwards
