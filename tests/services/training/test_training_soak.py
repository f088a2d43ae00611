"""The short version of the soak: killed runs end as their unbroken twins, bit for bit."""

from pathlib import Path

import pytest

from tests.soak.seeds import new_seed
from tests.soak.training import soak_kills

pytestmark = pytest.mark.sqlite  # two homes, each with its file


def test_killed_training_ends_with_the_weights_and_predictions_of_an_unbroken_run(
    tmp_path: Path,
) -> None:
    counts = soak_kills(tmp_path, kills=2, seed=new_seed())
    assert counts.agree, counts
    assert counts.kills == 2
    assert counts.predictions == 8 * counts.runs
