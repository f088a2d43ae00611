"""The short version of the soak: killed runs end as their unbroken twins, bit for bit."""

from pathlib import Path

import pytest

from tests.services.conftest import missing_server
from tests.soak.seeds import new_seed
from tests.soak.training import soak_kills

pytestmark = pytest.mark.sqlite  # two homes, each with a database of its own
# on each database: ten in all, whether there is a server or not
KILLS = 10 if missing_server() else 5


def compare_killed_with_unbroken(folder: Path, server: str | None = None) -> None:
    counts = soak_kills(folder, kills=KILLS, seed=new_seed(), server=server)
    assert counts.agree, counts
    assert counts.kills == KILLS
    assert counts.predictions == 8 * counts.runs


def test_killed_training_ends_with_the_weights_and_predictions_of_an_unbroken_run(
    tmp_path: Path,
) -> None:
    compare_killed_with_unbroken(tmp_path)


def test_killed_training_ends_the_same_where_its_rows_lie_on_a_server(
    tmp_path: Path, postgresql_server: str
) -> None:
    compare_killed_with_unbroken(tmp_path, postgresql_server.rsplit("/", 1)[0])
