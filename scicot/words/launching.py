"""Where runs go: what a person sets for Slurm and Ray, and what these say of a run's job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, Field, field_validator

from scicot.words.configs import Config
from scicot.words.records import RunKind

ClusterName = Literal["slurm", "ray"]
CLUSTERS: tuple[ClusterName, ...] = ("slurm", "ray")
# what computes: these share the slots of a machine, or go to a cluster
HEAVY = (RunKind.TRAIN, RunKind.PREDICT, RunKind.ATTRIBUTE, RunKind.WORTH)
PREEMPTED_EXIT = 75  # EX_TEMPFAIL, of a worker that is to be begun anew
# a warning comes up to three minutes before the limit, and a student takes its time to load
LEAST_MINUTES = 10
_NAME = r"^[A-Za-z0-9_.,:@-]*$"


class ClusterOptions(Config):
    """What every cluster is asked for."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    gpus: int = Field(default=0, ge=0, le=64)
    """GPUs a run."""
    cpus: int = Field(default=1, ge=1, le=1024)
    """Processor cores a run; it computes on as many threads unless SCICOT_THREADS is set."""
    memory_gb: float | None = Field(default=None, gt=0)
    """Memory a run, in GB; empty: the cluster's default."""
    shared_folder: str = ""
    """A folder that the nodes see too: runs travel there as parcels. Empty: the nodes reach the
    database and the artifacts folder."""
    python: str = ""
    """The Python on the nodes that has Sci-CoT; empty: this one's path."""

    @field_validator("shared_folder")
    @classmethod
    def _is_absolute(cls, value: str) -> str:
        if value and not Path(value).is_absolute():
            raise ValueError("give the folder's whole path, as the nodes see it")
        return value


class SlurmOptions(ClusterOptions):
    """What a run asks Slurm for."""

    partition: str = Field(default="", pattern=_NAME)
    """The partition; empty: the cluster's default."""
    minutes: int = Field(default=240, ge=LEAST_MINUTES)
    """The time limit in minutes, 10 or more. Two to three minutes before it the run saves where it
    stands, and the job is requeued and goes on from there."""
    modules: str = Field(default="", pattern=r"^[A-Za-z0-9_.,/+ -]*$")
    """Modules to load first, parted by blanks or commas."""
    account: str = Field(default="", pattern=_NAME)
    """The account that pays; empty: the person's default."""


class RayOptions(ClusterOptions):
    """What a run asks a Ray cluster for."""

    address: str = Field(default="http://127.0.0.1:8265", pattern=r"^https?://[^\s/@]+/?$")
    """Where the cluster's dashboard listens."""
    runtime_env: str = ""
    """A YAML file with Ray's runtime environment, or a folder that Ray brings to the nodes."""


Options = SlurmOptions | RayOptions
OPTIONS: dict[ClusterName, type[SlurmOptions] | type[RayOptions]] = {
    "slurm": SlurmOptions,
    "ray": RayOptions,
}


def read_options(name: ClusterName, kept: Mapping[str, object]) -> Options:
    """Return what was asked for once; a time limit that is too short today is the least one."""
    values = dict(kept)
    minutes = values.get("minutes")
    if isinstance(minutes, int) and minutes < LEAST_MINUTES:
        values["minutes"] = LEAST_MINUTES
    return OPTIONS[name].checked(**values)


TITLES: dict[ClusterName, str] = {"slurm": "Slurm", "ray": "Ray"}


class Phase(StrEnum):
    """Where a cluster has a job; `unknown` when it does not answer."""

    WAITS = "waits"
    GOES = "goes"
    ENDED = "ended"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a cluster says of a job: its own word for the state, and why it waits or ended."""

    phase: Phase
    state: str
    reason: str = ""
    place: int | None = None  # in the cluster's queue, 1 for the next
    is_out_of_memory: bool = False  # by the cluster's own word

    def sentence(self) -> str:
        """Return it for a person: `PENDING: Resources, number 2 in the queue`."""
        said = f"{self.state}: {self.reason}" if self.reason else self.state
        return f"{said}, number {self.place} in the queue" if self.place else said


@dataclass(frozen=True, slots=True)
class Submitted:
    """A job that a cluster took: its ticket there, and what exactly was handed in."""

    ticket: str
    submission: str


@dataclass(frozen=True, slots=True)
class LaunchView:
    """How a run was handed to a cluster, for screens and commands."""

    run: int
    launcher: str
    options: dict[str, object]
    ticket: str | None
    submission: str
    state: str
    reason: str
    place: int | None
    parcel: str | None  # where the run travels as one
    submitted_at: datetime | None

    @property
    def title(self) -> str:
        """What the cluster's kind is called."""
        return next((said for known, said in TITLES.items() if known == self.launcher), "a cluster")
