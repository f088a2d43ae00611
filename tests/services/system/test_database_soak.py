"""The short version of the soak of kills; `make soak` runs the full figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soak.database import VICTIMS
from tests.soak.kills import kill_often
from tests.soak.seeds import new_seed

KILLS = 10


@pytest.mark.sqlite
@pytest.mark.parametrize("command", VICTIMS)
def test_kills_leave_old_or_new_in_a_file(command: str, tmp_path: Path) -> None:
    counts = kill_often(VICTIMS[command], tmp_path, kills=KILLS, seed=new_seed())
    assert counts.agree, counts


@pytest.mark.sqlite  # it brings databases of its own
@pytest.mark.parametrize("command", [name for name, one in VICTIMS.items() if not one.of_files])
def test_kills_leave_old_or_new_on_a_server(
    command: str, tmp_path: Path, postgresql_server: str
) -> None:
    server = postgresql_server.rsplit("/", 1)[0]
    counts = kill_often(VICTIMS[command], tmp_path, kills=KILLS, seed=new_seed(), server=server)
    assert counts.agree, counts
