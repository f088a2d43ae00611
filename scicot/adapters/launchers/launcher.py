"""What carries a run to a machine: the seam, and which launcher a name means."""

from __future__ import annotations

from typing import Protocol

from scicot.words.settings import LauncherName, Settings


class Launcher(Protocol):
    """Starts `run-worker ID` somewhere; the run's row is all that app and worker share."""

    def launch(self, settings: Settings, run_id: int) -> None:
        """Start the run's worker and return at once."""


def open_launcher(name: LauncherName) -> Launcher | None:
    """Return the launcher of this name, None for `none`: runs wait until somebody starts them."""
    if name == "none":
        return None
    from scicot.adapters.launchers.local import LocalLauncher

    return LocalLauncher()
