"""A run's own words, and its way out of the lists: name, note, tags, archive, delete."""

from __future__ import annotations

import streamlit as st

from pages.shared import links
from pages.shared.frame import current_actor, errors_shown
from scicot.pure.markdown import escape_markdown
from scicot.services.upkeep.deleting import delete_run
from scicot.services.upkeep.dependents import of_run
from scicot.services.upkeep.labels import (
    archive_run,
    list_run_tags,
    note_run,
    rename_run,
    tag_run,
)
from scicot.services.workspace import open_workspace
from scicot.words.people import MAY, Action
from scicot.words.runs import RunView


def show_labels(run: RunView) -> None:
    """Show the button behind which a run's name, note and tags are changed."""
    role = current_actor().role
    if not role.reaches(MAY[Action.LABEL_RUN]):
        return
    times = st.session_state.get("labels_saved", 0)  # another popover is a closed one
    with st.popover("Name and notes", icon=":material/edit_note:", key=f"labels_{run.id}_{times}"):
        with open_workspace() as session:
            known = list_run_tags(session)
        key = f"{run.id}_{times}"
        may_rename = role.reaches(MAY[Action.RENAME])
        st.text_input("Name", run.name, key=f"label_name_{key}", disabled=not may_rename)
        st.multiselect(
            "Tags",
            sorted({*known, *run.tags}),
            default=list(run.tags),
            accept_new_options=True,
            key=f"label_tags_{key}",
        )
        st.text_area("Note", run.note, key=f"label_note_{key}", height=90)
        st.button("Save", type="primary", key=f"label_save_{key}", on_click=_save, args=(run, key))
    if not role.reaches(MAY[Action.DELETE]):
        return
    with st.popover(
        "Archive or delete", icon=":material/inventory_2:", key=f"remove_{run.id}_{times}"
    ):
        _show_removal(run)


def _save(run: RunView, key: str) -> None:
    state = st.session_state
    with errors_shown(), open_workspace() as session:
        actor = current_actor()
        if state[f"label_name_{key}"] != run.name:
            rename_run(session, actor, run.id, state[f"label_name_{key}"])
        if list(state[f"label_tags_{key}"]) != list(run.tags):
            tag_run(session, actor, run.id, state[f"label_tags_{key}"])
        if state[f"label_note_{key}"] != run.note:
            note_run(session, actor, run.id, state[f"label_note_{key}"])
        _close()


def _close() -> None:
    st.session_state["labels_saved"] = st.session_state.get("labels_saved", 0) + 1


def _show_removal(run: RunView) -> None:
    if run.archived_at:
        st.text("It is archived: the lists of runs leave it out. Tables go on counting it.")
        st.button("Bring it back", key=f"back_{run.id}", on_click=_archive, args=(run.id, False))
    else:
        st.text(
            "An archived run leaves the lists of runs. Nothing of it is lost: tables and "
            "comparisons go on counting it."
        )
        st.button(
            f"Archive run {run.id}", key=f"archive_{run.id}", on_click=_archive, args=(run.id, True)
        )
    st.divider()
    with open_workspace() as session:
        found = of_run(session, run.id)
    st.text(found.sentence())
    st.button(
        f"Delete run {run.id} for good",
        key=f"delete_{run.id}",
        type="primary",
        disabled=bool(found.blockers),
        on_click=_delete,
        args=(run,),
    )


def _archive(run_id: int, is_archived: bool) -> None:
    with errors_shown(), open_workspace() as session:
        archive_run(session, current_actor(), run_id, is_archived=is_archived)
        _close()


def _delete(run: RunView) -> None:
    with errors_shown(), open_workspace() as workspace:
        delete_run(workspace, workspace.settings, current_actor(), run.id)
        links.write_link("run", None)
        st.session_state.get(links.REMEMBERED, {}).pop("run", None)
        st.toast(escape_markdown(f"Run {run.id} is deleted. Health frees the space it took."))
