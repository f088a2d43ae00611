"""The panel beside the choices: what will happen, the button, and what became of the press."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from pages.shared import links
from pages.shared.answers import answer, answered_at, forget_answer, show_answer
from pages.shared.frame import current_actor, errors_shown
from pages.shared.panel import say_queue, show_started
from pages.shared.press import press_button
from pages.train.launch.launcher_form import Place, keep_choice
from pages.train.launch.plan import Outlook, look_ahead, notes_of, say_outlook, show_details
from pages.train.launch.tryout import show_tryout
from pages.train.outcome import say_split, show_next, show_share
from scicot.pure.hashing import content_hash
from scicot.pure.markdown import escape_markdown
from scicot.pure.methods.plan import Method
from scicot.pure.methods.registry import make_config, needs_rationales
from scicot.services.training.training import list_equal_runs
from scicot.services.workspace import open_workspace
from scicot.words.configs import TrainingConfig
from scicot.words.errors import SciCotError
from scicot.words.records import RunKind, RunStatus
from scicot.words.runs import RunView

PLACE = "launch"
STARTED = "launch_started"


def show_panel(
    methods: Sequence[Method], values: dict[str, Any], seeds: Sequence[int], place: Place
) -> None:
    """Show what starting these runs would do, and their progress once it was pressed."""
    missing = _what_is_missing(methods, values)
    if missing:
        st.markdown("**What will happen**")
        st.info(missing, icon=":material/arrow_back:")
        st.button("Start", type="primary", icon=":material/play_arrow:", disabled=True, key="start")
        return
    try:
        configs = [
            make_config(method=method.name, seed=seed, **values)
            for seed in seeds
            for method in methods
        ]
    except SciCotError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return
    asked = content_hash([config.model_dump(mode="json") for config in configs])
    equal = _equal_runs(configs)
    started: tuple[str, list[int]] | None = st.session_state.get(STARTED)
    going = [run.id for run in equal if not _is_over(run)]
    if started and started[0] == asked:
        show_answer(PLACE)
        show_started(started[1], _show_result)
        st.button("Choose anew", key="launch_anew", type="tertiary", on_click=_forget)
        return
    if len(going) == len(configs):  # started before a reload, or by somebody else
        st.markdown("**These runs are under way.**")
        show_started(going, _show_result)
        return
    forget = st.session_state.get("launch_asked")
    if forget is not None and forget != asked:
        forget_answer(PLACE)
    st.session_state["launch_asked"] = asked
    _show_offer(methods, configs, seeds, asked, equal, place)


def _what_is_missing(methods: Sequence[Method], values: dict[str, Any]) -> str | None:
    if values["student"] is None:
        return "Name the student first: a folder of this machine, or a hub id."
    if values["snapshot"] is None and any(map(needs_rationales, methods)):
        return "Choose a snapshot, or freeze the approved rationales into one."
    return None


def _show_offer(
    methods: Sequence[Method],
    configs: Sequence[TrainingConfig],
    seeds: Sequence[int],
    asked: str,
    equal: Sequence[RunView],
    place: Place,
) -> None:
    titles = ", ".join(method.title for method in methods)
    runs = f"{len(configs)} runs" if len(configs) > 1 else "one run"
    st.markdown(f"**What will happen**: {runs}, {titles}.")
    press_button(
        f"Start {titles}" if len(configs) == 1 else f"Start {len(configs)} runs",
        partial(_start, configs, asked, place),
        type="primary",
        icon=":material/play_arrow:",
        key="start",
        width="stretch",
    )
    show_answer(PLACE)
    for run in equal[:3]:
        _say_equal(run)
    try:
        with st.spinner("Counting tokens, cuts and stages"):
            outlooks = look_ahead(configs[: len(methods)])
    except SciCotError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return
    _show_outlook(outlooks, len(seeds), place)


def _show_outlook(outlooks: Sequence[Outlook], seeds: int, place: Place) -> None:
    begins = say_queue(RunKind.TRAIN, place and place[0])
    said = [f"**Begins** {begins}", *say_outlook(outlooks, seeds)]
    st.markdown("\n\n".join(said))
    show_tryout(outlooks[0].config, is_known=all(found.seconds for found in outlooks))
    for note in notes_of(outlooks):
        st.warning(note, icon=":material/warning:")
    with st.expander("Stages and first texts", icon=":material/fact_check:"):
        show_details(outlooks)


def _equal_runs(configs: Sequence[TrainingConfig]) -> list[RunView]:
    with open_workspace() as session:
        return [run for config in configs for run in list_equal_runs(session, config)[:1]]


def _say_equal(run: RunView) -> None:
    if run.status is RunStatus.DONE:
        said = "is done: starting repeats it, from stages that are there."
    elif run.status.is_finished or run.status is RunStatus.LOST:
        said = f"is {run.status.value}: it can be resumed instead."
    else:
        said = "is under way: it is not queued a second time."
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Run {run.id} has exactly these settings and {said}")
        st.page_link(links.RUNS, label=f"Run {run.id}", query_params={"run": str(run.id)})


def _start(configs: Sequence[TrainingConfig], asked: str, place: Place) -> None:
    with answered_at(PLACE), open_workspace() as workspace:
        chosen = keep_choice(workspace, place)
        started: list[int] = []
        waiting: list[int] = []
        for config in configs:
            run_id, is_new = workspace.start_once(current_actor(), config, chosen)
            (started if is_new else waiting).append(run_id)
        said = f"Queued as run {', '.join(map(str, started))}." if started else ""
        if waiting:
            names = ", ".join(map(str, waiting))
            said += f" Run {names} is the same and under way: it was not queued a second time."
        answer(PLACE, said.strip())
        st.session_state[STARTED] = (asked, sorted([*started, *waiting]))


def _is_over(run: RunView) -> bool:
    return run.status.is_finished or run.status is RunStatus.LOST


def _forget() -> None:
    st.session_state.pop(STARTED, None)
    forget_answer(PLACE)


def _show_result(run: RunView) -> None:
    """Show what the run came to, and the next step."""
    metrics = run.metrics or {}
    if run.status is not RunStatus.DONE or metrics.get("correct") is None:
        return
    with errors_shown():
        split = say_split(run)
        show_share(
            "Correct" + (f" on {split}" if split else ""),
            "The answer that it wrote is the key.",
            int(metrics["correct"]),
            int(metrics["questions"]),
        )
        show_next(run)
