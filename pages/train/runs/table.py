"""All runs in one table: how each stands and what it came to; a row opens, a tick overlays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from textwrap import shorten

import streamlit as st

from pages.shared import links
from pages.shared.method_names import KINDS, STATE_COLORS, STATES, name_method, name_student
from pages.shared.palette import color_of_method
from pages.shared.plain_table import Cell, Head, Line, show_plain_table
from pages.shared.times import say_moment, say_utc
from pages.train.runs.filters import Wanted
from scicot.pure.evaluation.apart import tell_apart
from scicot.pure.predictions.places import read_standing
from scicot.pure.runs.durations import say_duration
from scicot.pure.shares import say_share
from scicot.pure.statistics import wilson_interval
from scicot.services.launching.launches import list_waiting
from scicot.services.runs.queue import list_queue
from scicot.services.runs.runs import list_runs
from scicot.services.workspace import open_workspace
from scicot.words.launching import LaunchView
from scicot.words.records import UNDER_WAY, RunKind
from scicot.words.runs import RunView

TICKED = "ticked"  # the key of the link that carries the ticks
MOST_TICKED = 6
REASON_LENGTH = 40  # characters; all of it is said where one points at it
HEIGHT = 290  # pixels; more runs are scrolled to, so that the opened one stays in sight
SHOWN = ("method", "student")  # what the table has a column for
HEADS = (
    Head("State", help="Of one that waits for a cluster: its place there, and why by its words."),
    Head(
        "Run",
        help="Its number and name; a press opens it. Below, the settings that not all of these "
        "runs have alike.",
    ),
    Head("Method"),
    Head("Student", help="The student, or the teacher that was asked."),
    Head("n", is_number=True, help="How many questions it answered."),
    Head("Correct", is_number=True, help="With its 95 % interval (Wilson)."),
    Head("One place", is_number=True, help="What always the best place would give."),
    Head("Took", is_number=True),
    Head("Started", is_number=True, help="By your clock; point at it for UTC and by whom."),
)


def show_live_table(wanted: Wanted, opened: int | None) -> None:
    """Show the runs that are wanted, anew every two seconds while one of them is under way."""
    with open_workspace() as workspace:
        is_live = any(run.status in UNDER_WAY for run in list_runs(workspace))

    def show_now() -> None:
        with open_workspace() as workspace:
            workspace.tend()
            every = list_runs(workspace)
            waits = {run_id: Waits(place) for place, run_id in enumerate(list_queue(workspace), 1)}
            waits |= {run_id: _waits_in(one) for run_id, one in list_waiting(workspace).items()}
        runs = [run for run in every if wanted(run)]
        if runs:
            show_runs_table(runs, waits, opened)
        else:
            st.info("No run fits. Loosen what is chosen above.")
        is_over = is_live and not any(run.status in UNDER_WAY for run in every)
        if st.session_state.pop("runs_pressed", False) or is_over:
            st.rerun()  # what stands below follows

    st.fragment(show_now, run_every="2s" if is_live else None)()


@dataclass(frozen=True, slots=True)
class Waits:
    """At which place a run waits, in whose queue, and why by that one's own words."""

    place: int | None
    where: str = ""
    reason: str = ""

    def says(self) -> str:
        """Return `waits in Slurm, number 2`."""
        return f"waits{self.where}" + (f", number {self.place}" if self.place else "")


def _waits_in(launch: LaunchView) -> Waits:
    reason = ": ".join(filter(None, [launch.state, launch.reason]))
    return Waits(
        launch.place, f" in {launch.title}", shorten(reason, REASON_LENGTH, placeholder=" …")
    )


def show_runs_table(
    runs: Sequence[RunView], waits: Mapping[int, Waits], opened: int | None
) -> None:
    """Show the runs, newest first."""
    ids = [run.id for run in runs]
    ticked = [run_id for run_id in links.link_numbers(TICKED) if run_id in ids][:MOST_TICKED]
    differs = tell_apart(runs, SHOWN)
    lines = [
        Line(
            _cells(run, waits.get(run.id), differs[run.id]),
            is_marked=run.id == opened,
            tick=str(run.id),
            is_ticked=run.id in ticked,
        )
        for run in runs
    ]
    show_plain_table(
        HEADS,
        lines,
        key="runs_table",
        label="The runs",
        is_sortable=True,
        height=HEIGHT,
        is_tight=True,
        on_press=_open,
        on_tick=partial(_tick, ticked),
    )


def _open(run_id: str) -> None:
    links.choose("run", int(run_id))
    st.session_state["runs_view_asked"] = "The opened run"
    st.session_state["runs_pressed"] = True


def _tick(ticked: Sequence[int], pressed: str) -> None:
    run_id = links.read_number(pressed)
    if run_id is None:
        return
    now = [one for one in ticked if one != run_id] if run_id in ticked else [*ticked, run_id]
    if len(now) > MOST_TICKED:
        st.toast(f"Up to {MOST_TICKED} runs are drawn in one chart: the first was let go.")
        now = now[-MOST_TICKED:]
    links.write_link(TICKED, ",".join(map(str, now)) or None)
    if len(now) > 1:
        st.session_state["runs_view_asked"] = "The ticked runs"
    st.session_state["runs_pressed"] = True


def _cells(run: RunView, waits: Waits | None, differs: str) -> list[Cell]:
    correct, note, value = say_accuracy(run)
    questions = (run.metrics or {}).get("questions")
    standing = read_standing(run.metrics)
    same = standing.same_place
    began = run.started_at or run.created_at
    return [
        Cell(
            _state(run, waits),
            note=waits.reason if waits else "",
            color=STATE_COLORS[run.status],
            help=run.error or run.message,
        ),
        Cell(
            short_name(run),
            note=" · ".join(filter(None, [differs, *run.tags])),
            press=str(run.id),
            help=run.note,
        ),
        Cell(
            name_method(run.method) or KINDS[run.kind],
            color=color_of_method(run.method) if run.method else "",
        ),
        Cell(name_student(run)),
        Cell(f"{questions:,}" if questions else "", value=questions),
        Cell(f"{correct} {note}".strip(), note=standing.brief, help=standing.warning, value=value),
        Cell("" if same is None else say_share(same), value=same),
        Cell(say_time_taken(run), value=_seconds(run)),
        Cell(say_moment(began), help=f"{run.actor}, {say_utc(began)}", value=began.timestamp()),
    ]


def short_name(run: RunView) -> str:
    """Return number and name, without the parts that columns of their own say."""
    said = {run.method, str(run.config.get("student", "")).rstrip("/").rsplit("/", 1)[-1]}
    method, *parts = run.name.split(" · ")
    if method != run.method or not parts:
        return f"{run.id} · {run.name}"
    if len(parts) > 1 and parts[1] in said:  # the dataset may be called as the student is
        parts = [parts[0], *parts[2:]]
    return " · ".join([str(run.id), *parts])


def _state(run: RunView, waits: Waits | None) -> str:
    if waits:
        return waits.says()
    if run.status.is_finished or not run.progress_total:
        missing = run.result.get("failed") if run.kind is RunKind.GENERATE else None
        more = f", {missing:,} missing" if isinstance(missing, int) and missing else ""
        return STATES[run.status] + more
    return f"{STATES[run.status]} {say_share(min(1.0, run.progress_done / run.progress_total), 0)}"


def say_accuracy(run: RunView) -> tuple[str, str, float | None]:
    """Return the share of correct answers, its interval, and it as a number; empty without."""
    metrics = run.metrics or {}
    correct, questions = metrics.get("correct"), metrics.get("questions")
    if not isinstance(correct, int) or not isinstance(questions, int) or not questions:
        return "", "", None
    interval = wilson_interval(correct, questions)
    return (
        say_share(correct / questions),
        interval.in_brackets() if interval else "",
        correct / questions,
    )


def say_time_taken(run: RunView) -> str:
    """Return how long the run took, or has taken so far."""
    seconds = _seconds(run)
    return say_duration(seconds) if seconds is not None else ""


def _seconds(run: RunView) -> float | None:
    if run.started_at is None or run.finished_at is None:
        return None
    return (run.finished_at - run.started_at).total_seconds()
