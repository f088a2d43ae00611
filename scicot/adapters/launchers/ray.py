"""Runs on a Ray cluster, through its Jobs API: a laptop's cluster, KubeRay, clouds."""

from __future__ import annotations

import json
import shlex
import socket
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from scicot.adapters.launchers.carried import Carried
from scicot.adapters.launchers.packages import whole_package
from scicot.adapters.sources.yaml_files import read_yaml
from scicot.words.errors import ClusterSilent, InvalidConfig, LauncherError
from scicot.words.launching import Phase, RayOptions, Seen, Submitted
from scicot.words.storage import expand

ANSWER_SECONDS = 2.0  # of a cluster, for connecting and every answer of a look together
SUBMIT_SECONDS = 60.0  # for it to take a job, which may mean an upload
# of Ray's monitor of memory, which ends a node's newest work when the node has too little left
SAY_NO_MEMORY = ("OutOfMemoryError", "running low on memory")
PHASES = {
    "PENDING": Phase.WAITS,
    "RUNNING": Phase.GOES,
    "STOPPED": Phase.ENDED,
    "SUCCEEDED": Phase.ENDED,
    "FAILED": Phase.ENDED,
}


class RayLauncher:
    """Submits workers as Ray jobs and looks after them."""

    def __init__(self, options: RayOptions) -> None:
        self.options = options

    def preview(self, carried: Carried) -> str:
        """Return the `ray job submit` command that does the same."""
        job = self._job(carried)
        words = ["ray", "job", "submit", "--no-wait", "--address", self.options.address]
        for name in ("entrypoint_num_cpus", "entrypoint_num_gpus", "entrypoint_memory"):
            if job[name] is not None:
                words += [f"--{name.replace('_', '-')}", str(job[name])]
        for name in ("metadata", "runtime_env"):
            option = f"--{name.replace('_', '-')}-json"
            words += [option, json.dumps(job[name], sort_keys=True)]
        return f"{shlex.join(words)} -- {job['entrypoint']}"

    def submit(self, carried: Carried) -> Submitted:
        """Hand the job in and return its id there with the equal command.

        Raises LauncherError where Ray does not take it, ClusterSilent where it says nothing.
        """
        job, began = self._job(carried), time.monotonic()
        try:
            ticket = self._client(SUBMIT_SECONDS).submit_job(**job)
        except (RuntimeError, ValueError, OSError) as error:
            if isinstance(error, OSError) and time.monotonic() - began >= SUBMIT_SECONDS:
                raise ClusterSilent(
                    f"Ray did not answer within {SUBMIT_SECONDS:.0f} s when it was handed "
                    f"{carried.name}. Look whether the job is there (`ray job list`) and stop it, "
                    "then resume the run."
                ) from error
            raise LauncherError(
                f"Ray did not take {carried.name}: {str(error).strip().splitlines()[-1][:300]} "
                "Correct the fields."
            ) from error
        return Submitted(str(ticket), self.preview(carried))

    def look(self, ticket: str) -> Seen:
        """Return the job's state; unknown while the cluster does not answer."""
        try:
            info = self._client().get_job_info(ticket)
        except LauncherError:
            return Seen(Phase.UNKNOWN, "UNKNOWN")
        except (RuntimeError, OSError) as error:
            is_gone = "404" in str(error) or "does not exist" in str(error)
            return Seen(Phase.ENDED, "GONE") if is_gone else Seen(Phase.UNKNOWN, "UNKNOWN")
        state = str(info.status.value if hasattr(info.status, "value") else info.status)
        message = "" if state in ("RUNNING", "SUCCEEDED") else str(info.message or "")
        is_short = state == "FAILED" and any(words in message for words in SAY_NO_MEMORY)
        phase = PHASES.get(state, Phase.UNKNOWN)
        return Seen(phase, state, _shorten(message), is_out_of_memory=is_short)

    def stop(self, ticket: str) -> None:
        """Stop the job; one that has ended already is left as it is."""
        try:
            self._client().stop_job(ticket)
        except (RuntimeError, OSError, LauncherError):
            return  # it is gone, or the next look tries again

    def read_log(self, ticket: str) -> str:
        """Return what the job has printed."""
        try:
            return str(self._client().get_job_logs(ticket))
        except (RuntimeError, OSError, LauncherError):
            return ""

    @whole_package("ray")
    def _client(self, seconds: float | None = None) -> Any:
        """Return Ray's client, once the cluster has said its version; all within ANSWER_SECONDS.

        So must be what is asked next, unless it has `seconds` of its own. Raises LauncherError
        where nobody answers, ClusterSilent where that took its time.
        """
        began = time.monotonic()
        try:
            _knock(self.options.address)
            from ray.job_submission import JobSubmissionClient

            bounded = _bound(JobSubmissionClient)
            client = bounded(self.options.address)  # which asks for the cluster's version
            if seconds is not None:
                client.answers_by = time.monotonic() + seconds
            return client
        except (ConnectionError, RuntimeError, OSError, ValueError) as error:
            is_silent = time.monotonic() - began >= ANSWER_SECONDS / 2
            kind = ClusterSilent if is_silent else LauncherError
            raise kind(
                f"No Ray cluster answers at {self.options.address}. Start one (`ray start --head`) "
                "or correct the address."
            ) from error

    def _job(self, carried: Carried) -> dict[str, Any]:
        """Return what `submit_job` is given; what is shown is made of it."""
        asked = self.options
        return {
            "entrypoint": shlex.join(carried.command(asked)),
            "entrypoint_num_cpus": asked.cpus,
            "entrypoint_num_gpus": asked.gpus or None,
            "entrypoint_memory": round(asked.memory_gb * 2**30) if asked.memory_gb else None,
            "metadata": {"name": carried.name},
            "runtime_env": self._runtime_env(carried),
        }

    def _runtime_env(self, carried: Carried) -> dict[str, Any]:
        """Return the environment that was named by its path, with ours; its own variables rule."""
        path = expand(Path(self.options.runtime_env)) if self.options.runtime_env else None
        if path is None:
            given: dict[str, Any] = {}
        elif path.is_dir():
            given = {"working_dir": str(path)}
        else:
            given = dict(read_yaml(path))
        own = given.get("env_vars") or {}
        if not isinstance(own, dict):
            raise InvalidConfig(
                f"{path}: env_vars holds no names with their values. Write one `NAME: value` a "
                "line below it."
            )
        return given | {"env_vars": {**carried.environment, **own}}


def _knock(address: str) -> None:
    """Raise OSError where nobody answers at the address: Ray's client would wait for minutes."""
    url = urlsplit(address)
    host, port = url.hostname or "", url.port or (443 if url.scheme == "https" else 80)
    if {url.scheme, "all"} & set(getproxies()) and not proxy_bypass(host):
        return  # the client asks the proxy, and what lies behind it may not be reached from here
    with socket.create_connection((host, port), timeout=ANSWER_SECONDS):
        pass


def _bound(client: type[Any]) -> type[Any]:
    """Return Ray's client with an end to its patience: its own waits for an answer for ever."""

    class Bounded(client):  # type: ignore[misc]
        """Gives up once `answers_by` has come, by the clock of `time.monotonic`."""

        def __init__(self, address: str) -> None:
            self.answers_by = time.monotonic() + ANSWER_SECONDS
            super().__init__(address)

        def _do_request(self, *parts: Any, **named: Any) -> Any:
            left = max(0.1, self.answers_by - time.monotonic())
            return super()._do_request(*parts, **{"timeout": left, **named})

    return Bounded


def _shorten(message: str) -> str:
    """Return a message's first sentence: the rest tells of Ray's own workings."""
    return message.strip().split(". ")[0].splitlines()[0].rstrip(".") if message.strip() else ""
