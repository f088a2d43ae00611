"""A real Slurm cluster for tests: munged, slurmctld and one slurmd on loopback, gone afterwards."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "scontrol", "squeue", "scancel")

CONFIG = """
ClusterName=scicot
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=2,bf_interval=2
MpiDefault=none
ReturnToService=2
MinJobAge=300
KillWait=2
JobRequeue=1
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} Boards=1 Sockets=1 CoresPerSocket={cpus} \
ThreadsPerCore=1 RealMemory=4000 State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def find_missing() -> str:
    """Return what of Slurm is not here, for the sentence that skips its tests."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        return f"{', '.join(missing)} not installed (Debian: slurm-wlm munge)"
    return "" if os.geteuid() == 0 else "slurmd needs root"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_slurm(cpus: int = 2) -> Iterator[Path]:
    """Yield the cluster's slurm.conf once its node is idle."""
    folder = Path(tempfile.mkdtemp(prefix="scicot-slurm-"))
    folder.chmod(0o755)  # munged wants to be sure of every folder above its socket
    for name in ("state", "spool"):
        (folder / name).mkdir()
    key = folder / "munge.key"
    key.write_bytes(secrets.token_bytes(128))
    key.chmod(0o400)
    config = folder / "slurm.conf"
    config.write_text(
        CONFIG.format(
            host=socket.gethostname().split(".")[0],
            folder=folder,
            cpus=cpus,
            controller_port=free_port(),
            node_port=free_port(),
        )
    )
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str, *options: str) -> None:
        with (folder / f"{name}.out").open("wb") as log:
            started.append(
                subprocess.Popen(
                    [name, *options],
                    stdout=log,
                    stderr=log,
                    env=os.environ | {"SLURM_CONF": str(config)},
                )
            )

    try:
        start(
            "munged",
            "--foreground",
            "--force",
            *(f"--socket={folder}/munge.socket", f"--key-file={key}"),
            *(f"--pid-file={folder}/munged.pid", f"--log-file={folder}/munged.log"),
            *(f"--seed-file={folder}/munge.seed", "--num-threads=2"),
        )
        _wait_for((folder / "munge.socket").exists, folder, "munged")
        start("slurmctld", "-D", "-c", "-f", str(config))
        _wait_for(lambda: _node_state(config) != "", folder, "slurmctld")
        start("slurmd", "-D", "-c", "-f", str(config), "-N", socket.gethostname().split(".")[0])
        _wait_for(lambda: _node_state(config) == "idle", folder, "slurmd")
        yield config
    finally:
        _end_jobs(config)
        for process in reversed(started):
            process.terminate()
        for process in reversed(started):
            process.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def _end_jobs(config: Path) -> None:
    """End what failed tests left to go: a slurmd that stops leaves its jobs alone."""
    environment = os.environ | {"SLURM_CONF": str(config)}
    for _ in range(20):
        done = subprocess.run(
            ["squeue", "--noheader", "--format=%i"],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
        if done.returncode or not done.stdout.split():
            return
        subprocess.run(["scancel", *done.stdout.split()], env=environment, check=False)
        time.sleep(1)


def _node_state(config: Path) -> str:
    done = subprocess.run(
        ["sinfo", "--noheader", "--format=%t"],
        capture_output=True,
        text=True,
        env=os.environ | {"SLURM_CONF": str(config)},
        check=False,
        timeout=20,
    )
    return done.stdout.strip() if done.returncode == 0 else ""


def _wait_for(is_so: Callable[[], bool], folder: Path, name: str) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        if time.monotonic() > deadline:
            logs = "\n".join(
                f"{path.name}: {path.read_text(errors='replace')[-2000:]}"
                for path in sorted(folder.glob(f"{name}*"))
                if path.is_file()
            )
            raise AssertionError(f"{name} was not ready within 60 s\n{logs}")
        time.sleep(0.2)
