"""Runs on a Slurm cluster: submitted by submitit, looked after by Slurm's own commands.

submitit's Job asks sacct, which many clusters do not have: it then says UNKNOWN, and a Job built
anew says that a living one has no process. So states come from scontrol and squeue.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

from scicot.adapters.launchers.carried import KEYS, Carried
from scicot.adapters.launchers.carry import Carry
from scicot.adapters.launchers.packages import whole_package
from scicot.adapters.launchers.preemption import WARNED_SECONDS
from scicot.words.errors import ClusterSilent, LauncherError
from scicot.words.launching import Phase, Seen, SlurmOptions, Submitted
from scicot.words.places import REPOSITORY

PATIENCE_SECONDS = 10.0
WAITING = {"PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "SPECIAL_EXIT"}
GOING = {"RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "SIGNALING", "STAGE_OUT", "RESIZING"}
NO_MEMORY = "OUT_OF_MEMORY"  # its state of a job of which the kernel ended a process
SAY_SILENT = ("Unable to contact slurm controller", "Socket timed out")  # in sbatch's words
UNSAID = {"", "None", "(null)"}  # Slurm's words for no reason


class SlurmLauncher:
    """Submits workers to Slurm and looks after them."""

    def __init__(self, options: SlurmOptions) -> None:
        self.options = options

    @whole_package("slurm")
    def preview(self, carried: Carried) -> str:
        """Return the batch script as submitit writes it, and what does its work by hand."""
        executor = self._executor(carried)
        command = executor._submitit_command_str
        script = str(executor._make_submission_file_text(command, "SUBMISSION"))
        return script + self._by_hand(carried)

    @whole_package("slurm")
    def submit(self, carried: Carried) -> Submitted:
        """Hand the batch script in and return the job's number with the script.

        Raises LauncherError where Slurm does not take it, ClusterSilent where it does not answer.
        """
        from submitit.core.utils import FailedJobError

        command = tuple(carried.command(self.options))
        try:
            job = self._executor(carried).submit(Carry(command, str(carried.log)))
        except (FailedJobError, RuntimeError, OSError) as error:
            if any(words in str(error) for words in SAY_SILENT):
                raise ClusterSilent(
                    f"Slurm did not answer when it was handed {carried.name}: "
                    f"{_last_line(str(error))} Look whether it answers (`scontrol ping`) and has "
                    "the job (`squeue`), then resume the run."
                ) from error
            raise LauncherError(
                f"Slurm did not take {carried.name}: {_last_line(str(error))} Correct the fields."
            ) from error
        script = job.paths.submission_file.read_text(encoding="utf-8")
        return Submitted(str(job.job_id), script + self._by_hand(carried))

    def look(self, ticket: str) -> Seen:
        """Return the job's state by scontrol, and its place by squeue while it waits."""
        done = _slurm("scontrol", "--oneliner", "show", "job", ticket)
        if done.returncode:
            is_gone = "Invalid job id" in done.stderr
            return Seen(Phase.ENDED, "GONE") if is_gone else Seen(Phase.UNKNOWN, "UNKNOWN")
        state, reason = _field(done.stdout, "JobState"), _field(done.stdout, "Reason")
        reason = "" if reason in UNSAID else reason
        if state in WAITING:
            partition = _field(done.stdout, "Partition")
            return Seen(Phase.WAITS, state, reason, _place(ticket, partition))
        if state in GOING:
            return Seen(Phase.GOES, state, reason)
        code = _field(done.stdout, "ExitCode")
        said = reason or (f"exit code {code}" if code != "0:0" else "")
        return Seen(Phase.ENDED, state, said, is_out_of_memory=state == NO_MEMORY)

    def stop(self, ticket: str) -> None:
        """Cancel the job; one that has ended already is left as it is."""
        _slurm("scancel", ticket)

    def read_log(self, _ticket: str) -> str:
        """Return nothing: the worker writes its output to the run's own file."""
        return ""

    def _by_hand(self, carried: Carried) -> str:
        """Return the line that a person can run in the place of the script's last one."""
        return f"""
# The script is for reading: its last line loads a file that submitit writes for one job alone.
# To run it by hand, put this line in its place; a run has one worker, so cancel its job first.
# srun --unbuffered {shlex.join(carried.command(self.options))}
"""

    def _executor(self, carried: Carried) -> Any:
        executor = _open_executor(carried.folder, self.options.python)
        asked = self.options
        wanted = {
            "job_name": carried.name,
            "time": asked.minutes,
            "cpus_per_task": asked.cpus,
            "gpus_per_node": asked.gpus or None,
            "mem": f"{round(asked.memory_gb * 1024)}M" if asked.memory_gb else None,
            "partition": asked.partition or None,
            "account": asked.account or None,
            "setup": _set_up(carried, asked),
            # the job inherits our environment, but for the keys
            "additional_parameters": {
                "export": ",".join(["ALL", *(f"{key}=" for key in KEYS)]),
                "requeue": True,
            },
            "stderr_to_stdout": True,
            "signal_delay_s": WARNED_SECONDS,
        }
        executor.update_parameters(**{name: value for name, value in wanted.items() if value})
        return executor


def _open_executor(folder: Path, python: str) -> Any:
    import submitit

    return submitit.SlurmExecutor(
        folder, max_num_timeout=1000, python=shlex.quote(python) if python else None
    )


def _set_up(carried: Carried, options: SlurmOptions) -> list[str]:
    """Return the script's lines before the command: modules, environment, where the code lies."""
    modules = options.modules.replace(",", " ").split()
    lines = [f"module load {shlex.join(modules)}"] if modules else []
    lines += [
        f"export {name}={shlex.quote(value)}" for name, value in sorted(carried.environment.items())
    ]
    return [*lines, f"cd {shlex.quote(str(REPOSITORY))}"]


def _place(ticket: str, partition: str) -> int | None:
    """Return the job's number among those that wait in its partition, by priority."""
    done = _slurm(
        *("squeue", "--noheader", "--states=PENDING", f"--partition={partition}"),
        *("--sort=-p,i", "--format=%i"),
    )
    waiting = done.stdout.split()
    return waiting.index(ticket) + 1 if ticket in waiting else None


def _field(text: str, name: str) -> str:
    found = re.search(rf"(?:^|\s){name}=(\S*)", text)
    return found[1] if found else ""


def _slurm(*command: str) -> subprocess.CompletedProcess[str]:
    """Run one of Slurm's commands; one that is not there or hangs counts as no answer."""
    try:
        return subprocess.run(
            command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, 1, "", str(error))


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    said = lines[-1] if lines else "it gave no reason"
    return said if said.endswith(".") else f"{said}."
