"""What carries a run to other machines: the seam that Slurm and Ray share."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from typing import Protocol

from scicot.adapters.launchers.carried import KEYS, Carried
from scicot.adapters.launchers.packages import PACKAGES, whole_package
from scicot.adapters.students.memory import worker_environment
from scicot.words.errors import LauncherError
from scicot.words.launching import TITLES, ClusterName, Options, RayOptions, Seen, Submitted
from scicot.words.settings import LEAST_MEMORY_MB, Settings


class ClusterLauncher(Protocol):
    """Hands runs to a cluster; the run's row says how they fare, the cluster only confirms."""

    def preview(self, carried: Carried) -> str:
        """Return exactly what would be handed in, and what does the same by hand."""

    def submit(self, carried: Carried) -> Submitted:
        """Hand it in; raises LauncherError when the cluster refuses, ClusterSilent when it is."""

    def look(self, ticket: str) -> Seen:
        """Return where the cluster has the job."""

    def stop(self, ticket: str) -> None:
        """Make the cluster end the job, if it has it still."""

    def read_log(self, ticket: str) -> str:
        """Return what the cluster keeps of the job's output; empty when a file has it."""


def refuse_absent(name: ClusterName) -> None:
    """Raise LauncherError, with what to do, where this machine cannot hand runs to the cluster."""
    if find_spec(PACKAGES[name]) is None:
        raise LauncherError(
            f"The {name} launcher needs the package {PACKAGES[name]}. Install it with "
            f"`pip install -r requirements-{name}.txt`, or let the run go on this machine."
        )
    if name == "slurm" and shutil.which("sbatch") is None:
        raise LauncherError(
            "Slurm's commands (sbatch, srun) are not on this machine. Start the app on a login "
            "node of the cluster, or let the run go on this machine."
        )


def is_at_hand(name: ClusterName) -> bool:
    """Return whether this machine can hand runs to the cluster."""
    try:
        refuse_absent(name)
    except LauncherError:
        return False
    return True


def open_cluster(name: ClusterName, options: Options) -> ClusterLauncher:
    """Return the launcher of this name; raises LauncherError where its package is not here."""
    refuse_absent(name)
    with whole_package(name):
        if isinstance(options, RayOptions):
            from scicot.adapters.launchers.ray import RayLauncher

            return RayLauncher(options)
        from scicot.adapters.launchers.slurm import SlurmLauncher

        return SlurmLauncher(options)


def node_environment(
    settings: Settings, options: Options, database_url: str | None
) -> dict[str, str]:
    """Return what a worker on a node is started with: none of the keys.

    Without a database the run travels as a parcel, and has a home of its own.
    """
    environment = settings.as_environment() | worker_environment()
    for name in (*KEYS, "SCICOT_HOME", "SCICOT_DATABASE_URL"):
        environment.pop(name, None)
    environment["SCICOT_LAUNCHER"] = "none"  # a node starts nothing by itself
    environment.setdefault("SCICOT_THREADS", str(options.cpus))
    if options.memory_gb:
        room = max(LEAST_MEMORY_MB, round(options.memory_gb * 1000))
        environment.setdefault("SCICOT_TRAINING_MEMORY_MB", str(room))
    if database_url is not None:
        environment["SCICOT_HOME"] = str(settings.home_folder)
        environment["SCICOT_DATABASE_URL"] = database_url
    return environment


def title(name: str) -> str:
    """Return the cluster's name for a person."""
    return next((said for known, said in TITLES.items() if known == name), name)
