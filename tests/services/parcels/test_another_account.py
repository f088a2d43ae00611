"""Another account trains a parcel in an empty folder without the database: the same weights."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scicot.services.parcels.pack import pack_run
from scicot.services.parcels.take_in import take_in
from scicot.services.training.training import start_training
from scicot.services.workspace import Workspace
from scicot.words.places import REPOSITORY
from scicot.words.records import Actor
from scicot.words.settings import Settings
from tests.cluster.line import outcome
from tests.services.training_line import prepare, tiny_config, train
from tests.tiny_students import build_tiny_t5

ADA = Actor("Ada")
ACCOUNT = "nobody"


@pytest.fixture
def empty_folder() -> Iterator[Path]:
    """A folder of the other account's own, where nothing of this one's can be read."""
    if os.geteuid() != 0:
        pytest.skip("only root can work as another account")
    try:
        subprocess.run([sys.executable, "-c", "import torch"], user=ACCOUNT, cwd="/", check=True)
    except (PermissionError, subprocess.CalledProcessError):
        pytest.skip("the other account may not run this Python")
    folder = Path(tempfile.mkdtemp(prefix="scicot-nobody-"))
    shutil.chown(folder, ACCOUNT)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.slow
def test_another_account_without_the_database_trains_the_same(
    session: Workspace, settings: Settings, tmp_path: Path, empty_folder: Path
) -> None:
    prepare(session, tmp_path / "data")
    student = build_tiny_t5(tmp_path / "tiny-t5")
    config = tiny_config("sci_cot", student)
    run_id = start_training(session, settings, ADA, config)
    pack_run(session, settings, ADA, run_id, empty_folder / "run.tar")
    shutil.chown(empty_folder / "run.tar", ACCOUNT)
    done = subprocess.run(
        [sys.executable, "-m", "scicot", "work", "run.tar"],
        cwd=empty_folder,
        user=ACCOUNT,
        group=pwd.getpwnam(ACCOUNT).pw_gid,
        extra_groups=[],
        env={
            "HOME": str(empty_folder),
            "PATH": os.defpath,
            "PYTHONPATH": str(REPOSITORY),
            "SCICOT_THREADS": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    take_in(session, settings, ADA, empty_folder / "run.result.tar")
    here = tmp_path / "here"
    own = settings.model_copy(update={"home": here, "database_url": None})
    with Workspace(own, None) as local:
        prepare(local, here / "data")
        trained = train(local, own, config)
        assert outcome(session, run_id) == outcome(local, trained.id)
