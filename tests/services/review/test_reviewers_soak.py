"""The short version of the soak of reviewers: several at once, every press is there, once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scicot.bench.review_data import make_rationales
from scicot.services.workspace import open_workspace
from scicot.words.settings import get_settings
from tests.soak.homes import use_home
from tests.soak.reviewers import soak_reviewers
from tests.soak.seeds import new_seed

pytestmark = pytest.mark.sqlite


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("SCICOT_HOME", "unset")  # what the soak sets is undone after the test
    folder = tmp_path / "home"
    use_home(folder)
    with open_workspace() as session:
        make_rationales(session, 400)
    yield folder
    get_settings.cache_clear()


def test_reviewers_without_a_pause_lose_and_double_nothing(home: Path) -> None:
    counts = soak_reviewers(home, reviewers=4, seconds=2.0, pause=0.0, seed=new_seed())
    assert counts.agree, counts
    assert counts.presses
