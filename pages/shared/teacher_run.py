"""A teacher run as it goes: counts, reasons, pace, cost, and the last rationales."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.shared import links
from pages.shared.frame import BY_DATABASE, current_actor, errors_shown
from pages.shared.money import format_usd
from pages.shared.next_step import show_next_step
from pages.shared.plain_table import show_records
from pages.shared.run_control import show_headline, show_orders, show_while_it_runs
from scicot.pure.markdown import escape_markdown
from scicot.pure.methods.registry import learner_of
from scicot.pure.runs.durations import say_duration
from scicot.services.rationales.own_answers import count_own_answers
from scicot.services.teacher.generation import retry_calls
from scicot.services.teacher.sharing import count_shared
from scicot.services.teacher.thinking import count_offered, needs_longer, take_thinking
from scicot.services.teacher.totals import (
    ReasonCount,
    RunTotals,
    cost_per_approved,
    list_latest,
    list_reasons,
    measure_pace,
    run_totals,
)
from scicot.services.workspace import Workspace, open_workspace
from scicot.words.records import CompletionState, RunKind, RunStatus
from scicot.words.runs import RunView

LONGER = 8  # times the limit: what a model that thinks needs beside its answer
MAY_COST_AGAIN = (CompletionState.MAYBE_PAID, CompletionState.INVALID, CompletionState.REFUSED)


def show_teacher_run(run_id: int) -> None:
    """Show the run; it refreshes itself every two seconds until the run is over."""
    show_while_it_runs(run_id, _show)


def _show(run: RunView) -> None:
    show_headline(run)
    with st.container(horizontal=True):
        show_orders(run)
        st.page_link(links.RUNS, label="Log and settings", query_params={"run": str(run.id)})
    show_teacher_totals(run)


def show_teacher_totals(run: RunView) -> None:
    """Show what the run's calls came to so far."""
    with open_workspace() as session:
        totals = run_totals(session, run.id)
        reasons = list_reasons(session, run.id)
        latest = list_latest(session, run.id)
        pace = measure_pace(session, run.id, totals.calls_waiting)
        approved_usd = cost_per_approved(session, run.id, totals.cost_usd)
        shared = count_shared(session, run.id)
        offered = count_offered(session, run.id)
    whole = totals.stored + totals.failed + totals.waiting
    if whole:
        missing = f", {totals.failed:,} missing" * bool(totals.failed)
        st.progress(
            totals.stored / whole, f"{totals.stored:,} of {whole:,} answers stored{missing}"
        )
    with st.container(horizontal=True):
        st.metric("Stored", f"{totals.stored:,}")
        if totals.failed:
            st.metric(
                "Missing", f"{totals.failed:,}", help="Settled without a text; see why below."
            )
        st.metric("Waiting", f"{totals.waiting:,}")
        st.metric("Calls", f"{totals.calls:,}", help="Requests this run has sent.")
        st.metric("Cost", format_usd(totals.cost_usd))
    _show_small_print(run, totals, pace.calls_per_minute, pace.seconds_left, approved_usd, shared)
    _show_next(run, totals)
    if totals.calls_needed > whole:
        _show_own_answers(run, totals)
    _show_reasons(run, reasons)
    if offered and run.status.is_finished and run.kind is RunKind.GENERATE:
        _show_thinking(run, offered)
    for answer in latest:
        with st.container(border=True):
            cut = ", cut off at the longest answer" * (answer.state is CompletionState.TRUNCATED)
            st.caption(f"{escape_markdown(answer.external_id)}{cut}")
            st.text(answer.stem)
            st.text(answer.text)


def _show_next(run: RunView, totals: RunTotals) -> None:
    """Show that what was written waits to be read, or to be learned."""
    if run.kind is RunKind.LESSON and run.status is RunStatus.DONE:
        lessons, learner = run.result.get("lessons", 0), learner_of(str(run.config["kind"]))
        said = f"{lessons:,} of {totals.questions:,} questions have what {learner.title} learns"
        show_next_step(said, links.LAUNCH, "Train it", dataset=run.dataset, method=learner.name)
    if run.kind is not RunKind.GENERATE or run.generation.trial or not totals.stored:
        return
    cut = totals.by_state.get(CompletionState.TRUNCATED.value, 0)
    count = f"{totals.stored:,} rationale{'' if totals.stored == 1 else 's'}"
    said = count + (f", {cut:,} cut off" if cut else "")
    show_next_step(said, links.REVIEW, "Review them", dataset=run.dataset)


def _show_small_print(
    run: RunView,
    totals: RunTotals,
    calls_per_minute: int,
    seconds_left: float | None,
    approved_usd: float | None,
    shared: int,
) -> None:
    said = []
    if run.status is RunStatus.RUNNING and calls_per_minute:
        said.append(f"{calls_per_minute:,} calls a minute")
    if run.status is RunStatus.RUNNING and seconds_left:
        said.append(f"about {say_duration(seconds_left)} left")
    if totals.maybe_paid_calls:
        others = totals.calls - totals.maybe_paid_calls
        is_free = others > 0 and totals.cost_usd == 0  # what was answered cost exactly nothing
        charged = "" if is_free else " and may have been charged"
        said.append(f"{totals.maybe_paid_calls:,} calls were cut off{charged}")
    if approved_usd is not None:
        said.append(f"{format_usd(approved_usd)} an approved rationale")
    if shared:
        said.append(f"{shared:,} have the text of another question: asked once and shared")
    truncated = totals.by_state.get(CompletionState.TRUNCATED.value, 0)
    if truncated:
        said.append(f"{truncated:,} cut off at the longest answer")
    if said:
        st.caption(" · ".join(said))


@st.cache_data(ttl=600, show_spinner=False, hash_funcs=BY_DATABASE)
def _count_own(
    workspace: Workspace, run_id: int, calls_waiting: int, calls: int
) -> dict[str, int] | None:
    return count_own_answers(workspace, run_id)


def _show_own_answers(run: RunView, totals: RunTotals) -> None:
    with open_workspace() as workspace:
        own = _count_own(workspace, run.id, totals.calls_waiting, totals.calls)
    if own is None:
        return
    said = [f"{own['agree']:,} agree with the key", f"{own['disagree']:,} choose another option"]
    said += [
        f"{own[name]:,} {words}"
        for name, words in (
            ("unreadable", "cannot be read"),
            ("failed", "not got"),
            ("waiting", "waiting"),
        )
        if own[name]
    ]
    st.caption(f"The teacher alone, without the key: {', '.join(said)}.")


def _show_reasons(run: RunView, reasons: Sequence[ReasonCount]) -> None:
    if not reasons:
        return
    show_records(
        [
            {"not got": reason.count, "state": reason.state.value, "reason": reason.reason}
            for reason in reasons
        ],
        key=f"reasons_{run.id}",
        label="Why some were not got",
    )
    if not run.status.is_finished or run.kind is not RunKind.GENERATE:
        return  # a few-shot run asks again for what failed when it is started again
    by_state: dict[CompletionState, int] = {}
    for reason in reasons:
        by_state[reason.state] = by_state.get(reason.state, 0) + reason.count
    longer: int | None = None
    if any(needs_longer(reason.reason) for reason in reasons):
        longer = st.number_input(
            "Longest answer of a retry (tokens), thinking included",
            min_value=16,
            max_value=32_768,
            value=min(32_768, LONGER * run.generation.max_tokens),
            key=f"longer_{run.id}",
        )
    with st.container(horizontal=True):
        for state, count in by_state.items():
            costs = state in MAY_COST_AGAIN
            st.button(
                f"Retry these {count:,} ({state.value.replace('_', ' ')})",
                key=f"retry_{run.id}_{state.value}",
                icon=":material/refresh:",
                help="They may cost a second time." if costs else "They have cost nothing so far.",
                on_click=_retry,
                args=(run.id, state, longer if state is CompletionState.INVALID else None),
            )


def _show_thinking(run: RunView, offered: int) -> None:
    st.info(
        f"{offered:,} answers have no text of their own: the server put it into its field for "
        "thinking. It may be the rationale, or notes on the way to one.",
        icon=":material/psychology:",
    )
    st.button(
        f"Take these {offered:,} texts as rationales",
        key=f"take_thinking_{run.id}",
        help="Nothing is asked again. Each waits for review like any other.",
        on_click=_take_thinking,
        args=(run.id,),
    )


def _take_thinking(run_id: int) -> None:
    with errors_shown(), open_workspace() as workspace:
        take_thinking(workspace, current_actor(), run_id)


def _retry(run_id: int, state: CompletionState, max_tokens: int | None) -> None:
    with errors_shown(), open_workspace() as workspace:
        again = retry_calls(
            workspace, workspace.settings, current_actor(), run_id, [state], max_tokens=max_tokens
        )
        st.query_params["run"] = str(again)
        workspace.tend()
