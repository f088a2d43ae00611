"""The short version of the soak of kills; `make soak` runs the full figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soak.database import VICTIMS
from tests.soak.kills import kill_often
from tests.soak.seeds import new_seed

pytestmark = pytest.mark.sqlite


@pytest.mark.parametrize("command", VICTIMS)
def test_two_kills_leave_old_or_new(command: str, tmp_path: Path) -> None:
    counts = kill_often(VICTIMS[command], tmp_path, kills=2, seed=new_seed())
    assert counts.agree, counts
