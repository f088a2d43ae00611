"""The short version of the soak: the counts of server and ledger agree after faults and kills."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soak.seeds import new_seed
from tests.soak.teacher import prepare, soak_faults, soak_kills


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("SCICOT_HOME", "SCICOT_TEACHER_RETRY_SECONDS", "SCICOT_TEACHER_DEADLINE"):
        monkeypatch.setenv(name, "1")  # what the soak sets is undone after the test
    return tmp_path


def test_calls_through_mixed_faults_lose_and_double_nothing(home: Path) -> None:
    prepare(home, 320)
    counts = soak_faults(questions=320, share=0.3, seed=new_seed())
    assert counts.agree, counts
    assert counts.server_calls >= 380, counts
    assert counts.ledger_cut, counts


def test_kills_lose_no_answer_and_buy_none_twice(home: Path) -> None:
    prepare(home, 200)
    counts = soak_kills(questions=200, kills=10, seed=new_seed())
    assert counts.agree, counts
