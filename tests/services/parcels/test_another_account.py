"""Another account trains a parcel in an empty folder without the database: the same weights."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
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


# a Python below a folder that is closed to others is shown to them there, and nothing beside it
AS_ANOTHER = """
set -e
umask 022
if [ -n "$CLOSED" ]; then
  mount --bind "$PYTHON" "$HOLD"
  mount -t tmpfs -o mode=755 tmpfs "$CLOSED"
  mkdir -p "$PYTHON"
  mount --bind "$HOLD" "$PYTHON"
fi
exec setpriv --reuid "$ACCOUNT" --regid "$GROUP" --clear-groups "$@"
"""


@dataclass(frozen=True)
class OtherAccount:
    """Runs commands as another account, in a folder that is its own and begins empty."""

    folder: Path
    hold: Path

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command there with an environment that names nothing of ours but the code."""
        python = Path(sys.base_prefix)
        closed = [one for one in python.parents if not one.stat().st_mode & 0o001]
        return subprocess.run(
            ["unshare", "--mount", "sh", "-c", AS_ANOTHER, "sh", *command],
            cwd=self.folder,
            env={
                "HOME": str(self.folder),
                "PATH": os.defpath,
                "PYTHONPATH": str(REPOSITORY),
                "SCICOT_THREADS": "1",
                "ACCOUNT": ACCOUNT,
                "GROUP": str(pwd.getpwnam(ACCOUNT).pw_gid),
                "PYTHON": str(python),
                "HOLD": str(self.hold),
                "CLOSED": str(closed[-1]) if closed else "",
            },
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def other(tmp_path: Path) -> Iterator[OtherAccount]:
    if os.geteuid() != 0:
        pytest.skip("only root can work as another account")
    hold = tmp_path / "hold"
    hold.mkdir()
    folder = Path(tempfile.mkdtemp(prefix="scicot-nobody-"))
    shutil.chown(folder, ACCOUNT)
    account = OtherAccount(folder, hold)
    if (done := account.run(sys.executable, "-c", "import scicot")).returncode:
        pytest.skip(f"the other account may not run this Python: {done.stderr[-200:]}")
    yield account
    shutil.rmtree(folder)


def test_another_account_without_the_database_trains_the_same(
    session: Workspace, settings: Settings, tmp_path: Path, other: OtherAccount
) -> None:
    prepare(session, tmp_path / "data")
    student = build_tiny_t5(tmp_path / "tiny-t5")
    config = tiny_config("sci_cot", student)
    run_id = start_training(session, settings, ADA, config)
    parcel = other.folder / "run.tar"
    pack_run(session, settings, ADA, run_id, parcel)
    shutil.chown(parcel, ACCOUNT)
    assert other.run("id", "-un").stdout.strip() == ACCOUNT
    assert other.run("test", "-r", str(settings.home_folder)).returncode  # ours are closed to it
    done = other.run(sys.executable, "-m", "scicot", "work", "run.tar")
    assert done.returncode == 0, done.stderr
    result = other.folder / "run.result.tar"
    assert result.owner() == ACCOUNT
    take_in(session, settings, ADA, result)
    here = tmp_path / "here"
    own = settings.model_copy(update={"home": here, "database_url": None})
    with Workspace(own, None) as local:
        prepare(local, here / "data")
        trained = train(local, own, config)
        assert outcome(session, run_id) == outcome(local, trained.id)
