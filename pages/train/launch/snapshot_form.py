"""Choose a snapshot, or freeze the approved rationales into a new one."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from itertools import count

import streamlit as st

from pages.shared.answers import answer, answered_at, show_answer
from pages.shared.frame import current_actor, errors_shown
from pages.shared.keeping import SNAPSHOT, show_keeping
from pages.shared.links import choose, link_choice
from pages.shared.press import press_button
from scicot.pure.markdown import escape_markdown
from scicot.pure.methods.plan import OwnAnswerRule
from scicot.pure.methods.registry import list_trained, needs_rationales
from scicot.services.questions.lookup import find_dataset_id
from scicot.services.rationales.worth_order import list_measuring
from scicot.services.training.choosing import Criteria
from scicot.services.training.snapshots import (
    Snapshot,
    create_snapshot,
    list_snapshots,
    plan_snapshot,
)
from scicot.services.workspace import open_workspace
from scicot.words.configs import TrainingConfig
from scicot.words.records import APPROVED, RationaleStatus

PLACE = "snapshot"
OWN_ANSWERS: dict[OwnAnswerRule | None, str] = {
    None: "whatever it comes to",
    "right": "comes to it",
    "not_wrong": "does not come to another answer; what was told the key stays",
}
NO_SNAPSHOT = ""  # no snapshot has an empty name


def choose_snapshot(dataset: str, like: TrainingConfig | None = None) -> str | None:
    """Return the chosen snapshot's name; None for no snapshot, or when there is none yet.

    Where the page is filled from a run, that run's snapshot is chosen first.
    """
    with open_workspace() as session:
        every = list_snapshots(session, dataset)
    taken = {name for snapshot in every for name in (snapshot.name, *snapshot.other_names)}
    by_name = {snapshot.name: snapshot for snapshot in every if not snapshot.archived_at}
    first, second = st.container(), st.container(horizontal=True)
    # a popover closes when it is another one: each freezing makes it so
    times = st.session_state.get("snapshot_frozen_times", 0)
    with second.popover(
        "New snapshot", icon=":material/photo_camera:", key=f"snapshot_new_{times}"
    ):
        _show_new(dataset, taken)
    show_answer(PLACE)
    if not by_name:
        first.info(
            f"No snapshot yet. Freeze the approved rationales; {_without()} need none.",
            icon=":material/photo_camera:",
        )
        return None
    names = [*by_name, NO_SNAPSHOT]
    wanted = names[0] if like is None else like.snapshot or NO_SNAPSHOT
    chosen = link_choice(
        first.selectbox,
        "Snapshot: the rationales to train on",
        "snapshot",
        names,
        default=wanted if wanted in names else names[0],
        say=lambda name: _label(by_name.get(name)),
        is_remembered=like is None,
    )
    if chosen == NO_SNAPSHOT:
        return None
    with second:
        show_keeping(SNAPSHOT, str(chosen))
    return str(chosen)


def _label(snapshot: Snapshot | None) -> str:
    if snapshot is None:
        return f"none: every training question, for {_without()}"
    return f"{snapshot.name} ({snapshot.items:,} rationales, {snapshot.content_hash[:8]})"


def _without() -> str:
    """Return the methods that take no rationale."""
    *others, last = [method.title for method in list_trained() if not needs_rationales(method)]
    return f"{', '.join(others)} and {last}"


def _show_new(dataset: str, there: Collection[str]) -> None:
    include = st.multiselect(
        "Statuses",
        list(RationaleStatus),
        default=list(APPROVED),
        format_func=lambda status: status.value,
        key="snapshot_include",
    )
    source = st.text_input(
        "Source",
        key="snapshot_source",
        placeholder="any",
        help="Only of these teachers or imports, with commas, the preferred one first.",
    )
    sources = tuple(part.strip() for part in source.split(",") if part.strip())
    per_question = st.number_input(
        "Rationales a question at most",
        min_value=1,
        value=1,
        key="snapshot_per_question",
        help="Of several samples or teachers; the teachers take turns.",
    )
    rule = st.selectbox(
        "The teacher, without the key",
        list(OWN_ANSWERS),
        format_func=lambda rule: OWN_ANSWERS[rule],
        key="snapshot_own_answer",
    )
    least_help = st.number_input(
        "Helps a student by at least, in nats",
        value=None,
        key="snapshot_least_help",
        placeholder="whatever it helps",
        help="What `worth run` measured: how much likelier the key becomes, as a logarithm.",
    )
    without_leak = st.toggle(
        "Only what was measured and does not give the key away", key="snapshot_without_leak"
    )
    by_help = st.toggle(
        "What helps a student most comes first, whosever it is", key="snapshot_by_help"
    )
    goes_by_worth = least_help is not None or without_leak or by_help
    limit = st.number_input(
        "Questions at most",
        min_value=1,
        value=None,
        key="snapshot_limit",
        placeholder="all",
        help="Those whose text helps most, with the choice above; else drawn at random.",
    )
    criteria = Criteria(
        tuple(include),
        sources,
        own_answer=rule,
        per_question=per_question,
        least_help=least_help,
        without_leak=without_leak,
        by_help=by_help,
        limit=limit,
        measured_by=_choose_measure(dataset) if goes_by_worth else None,
    )
    with errors_shown(), open_workspace() as session:
        plan = plan_snapshot(session, dataset=dataset, criteria=criteria)
        st.text(plan.sentence())
        if plan.same_as is not None:
            st.text(f"These texts are frozen already: {plan.same_as}.")
            st.button(
                "Choose that snapshot",
                type="primary",
                key="snapshot_same",
                on_click=_take,
                args=(plan.same_as, f"Snapshot {plan.same_as} is chosen."),
            )
            return
        name = st.text_input(
            "Name", value=_free_name(dataset, there), key=f"snapshot_name_{dataset}_{len(there)}"
        )
        press_button(
            "Freeze",
            partial(_freeze, dataset, name, criteria),
            type="primary",
            key="snapshot_create",
        )


def _free_name(dataset: str, there: Collection[str]) -> str:
    return next(
        name for name in (f"{dataset}-{n}" for n in count(len(there) + 1)) if name not in there
    )


def _freeze(dataset: str, name: str, criteria: Criteria) -> None:
    with answered_at(PLACE), open_workspace() as session:
        snapshot = create_snapshot(
            session,
            current_actor(),
            name=name,
            dataset=dataset,
            criteria=criteria,
        )
        _take(
            snapshot.name,
            f"Froze {snapshot.items:,} rationales as {snapshot.name}, which is chosen now.",
        )


def _take(name: str, said: str) -> None:
    choose("snapshot", name)
    answer(PLACE, escape_markdown(said))
    st.session_state["snapshot_frozen_times"] = st.session_state.get("snapshot_frozen_times", 0) + 1


def _choose_measure(dataset: str) -> str | None:
    """Return whose measures count; None where no student, or one alone, has measured."""
    with open_workspace() as session:
        students = list_measuring(session, find_dataset_id(session, dataset))
    if len(students) < 2:
        return None
    return st.selectbox("Measured by", students, key="snapshot_measured_by")
