"""What carries a run to a machine: the seam, and which launcher a name means."""

from __future__ import annotations

from typing import Protocol

from scicot.adapters.launchers.local import LocalLauncher, WorkerProcess
from scicot.words.settings import LauncherName, Settings


class Launcher(Protocol):
    """Starts `run-worker ID` somewhere; the run's row is all that app and worker share."""

    def launch(self, settings: Settings, run_id: int) -> WorkerProcess:
        """Start the run's worker and return its process at once."""


def open_launcher(name: LauncherName) -> Launcher | None:
    """Return what starts workers here, None for `none`: runs wait until somebody starts them.

    Runs for a cluster are handed over by whoever tends; what else there is goes on this machine.
    """
    if name == "none":
        return None
    return LocalLauncher()
