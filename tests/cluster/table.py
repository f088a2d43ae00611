"""The table of docs/scaling.md: what was killed where, and what happened."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.soak.figures import say_code

LAUNCHERS = ("local", "slurm", "ray")
DATABASES = ("sqlite", "postgresql")
FIGURES = Path(__file__).resolve().parents[2] / "docs" / "cluster"
TITLES = {"local": "This machine", "slurm": "Slurm", "ray": "Ray"}
TITLES |= {"sqlite": "SQLite", "postgresql": "PostgreSQL"}

# what the docs call it -> under what its seconds were noted
SECONDS = {
    "from the button to the first step, s": "button to first progress",
    "cancel while it waits, until it is forgotten, s": "cancel: in the queue",
    "cancel while it loads, s": "cancel: loading",
    "cancel while it trains, s": "cancel: training",
    "cancel while it writes or answers, s": "cancel: writing and scoring",
    "cancel of a parcel that trains, s": "cancel: parcel training",
    "worker killed by `kill -9`: shown as lost after, s": "kill -9 to lost",
}
# what the docs call it -> the test that holds it; equal: weights, losses and answers, bit for bit
PASSED = {
    "the run equals the one trained in one process here": "a_run_there_equals_the_one_trained_here",
    "a run in two processes equals one in two here": (
        "a_run_of_two_processes_there_equals_one_of_two_here"
    ),
    "worker killed, run lost, resumed, equal": "a_killed_worker_is_lost_and_its_run_resumes",
    "app killed, run goes on, equal": "a_run_there_outlives_the_app_that_started_it",
    "cancelled while it loads and answers, resumed each time, done": (
        "a_cancel_is_acted_on_while_it_loads_and_while_it_answers"
    ),
    "requeued, goes on from its checkpoint, equal": "a_requeued_job_goes_on_from_its_checkpoint",
    "a parcel there, taken in, equal": "a_run_travels_there_as_a_parcel",
    "two runs at once on two nodes, a third waits": "two_runs_go_at_once_on_the_two_nodes",
    "somebody else's `scancel` ends the run": "a_job_that_someone_cancels_in_slurm_ends_its_run",
}


def read_figures(folder: Path = FIGURES) -> list[dict[str, Any]]:
    """Return what was measured, in the order of the table's columns."""
    paths = [folder / f"{name}-{base}.json" for name in LAUNCHERS for base in DATABASES]
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths if path.exists()]


def killed_table(found: list[dict[str, Any]]) -> str:
    """Return the table as Markdown, a column a launcher and database, and what it was run on.

    Seconds that were noted more than once show the least and the most; what has no meaning on a
    launcher is empty; counts are `passed of run`.
    """
    heads = [f"{TITLES[one['launcher']]}, {TITLES[one['database']]}" for one in found]
    lines = [_row("what", heads), _row("---", ["---"] * len(found))]
    lines += [_row(what, [_seconds(one, key) for one in found]) for what, key in SECONDS.items()]
    lines += [_row(what, [_counts(one, key) for one in found]) for what, key in PASSED.items()]
    return "\n".join([*lines, "", *_circumstances(found)])


def _row(what: str, cells: list[str]) -> str:
    return f"| {' | '.join([what, *cells])} |"


def _seconds(found: dict[str, Any], key: str) -> str:
    times = found["seconds"].get(key, [])
    ends = dict.fromkeys(f"{time:.1f}" for time in (min(times), max(times))) if times else {}
    return " to ".join(ends)


def _counts(found: dict[str, Any], key: str) -> str:
    passed, runs = found["passed"].get(f"test_{key}", (0, 0))
    return f"{passed} of {runs}" if runs else ""


def _circumstances(found: list[dict[str, Any]]) -> Iterator[str]:
    yield "The runs of each column, the machine's load when they began and ended, and their code:\n"
    for one in found:
        machine = one["machine"]
        before, after = machine["load"]
        passed = sum(good for good, _ in one["passed"].values())
        runs = sum(runs for _, runs in one["passed"].values())
        yield (
            f"- {TITLES[one['launcher']]}, {TITLES[one['database']]}: {passed} of {runs} tests, "
            f"{one['date']}, {one['took']:,} s, {'whole' if one['whole'] else 'ended early'}; "
            f"{machine['cores']} cores, {machine['processor']}, load {before} and {after}; "
            f"{say_code(machine)}"
        )
    yield ""
