"""A tiny run and its parcel."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from db.models import DuplicateRow
from db.session import write
from scicot.services.parcels.pack import pack_run
from scicot.services.training.training import start_training
from scicot.words.records import Split
from scicot.words.settings import Settings
from tests.services.parcels.carrying import ADA
from tests.services.training_line import prepare, tiny_config
from tests.tiny_students import build_tiny_t5


@pytest.fixture
def tiny_t5(tmp_path: Path) -> Path:
    return build_tiny_t5(tmp_path / "tiny-t5")


@pytest.fixture
def run_id(session: Session, settings: Settings, tmp_path: Path, tiny_t5: Path) -> int:
    """A run that waits, with questions, a snapshot, and one question that stands in test too."""
    questions = prepare(session, tmp_path / "data")
    with write(session):
        first, second = questions[Split.TRAIN][0].id, questions[Split.TEST][0].id
        session.add(DuplicateRow(first_id=first, second_id=second, similarity=1.0))
    return start_training(session, settings, ADA, tiny_config("sci_cot", tiny_t5))


@pytest.fixture
def parcel(session: Session, settings: Settings, run_id: int, tmp_path: Path) -> Path:
    """The run, packed and carried to a folder where nothing of this workspace is."""
    pack_run(session, settings, ADA, run_id, tmp_path / "run.tar")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    return Path(shutil.move(tmp_path / "run.tar", elsewhere / "run.tar"))
