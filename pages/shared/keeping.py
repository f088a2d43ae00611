"""Renaming, archiving and deleting a dataset or a snapshot, after what hangs on it was said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from pages.shared import links
from pages.shared.answers import answer, answered_at, show_answer
from pages.shared.frame import current_actor
from pages.shared.press import press_button
from scicot.pure.markdown import escape_markdown
from scicot.services.upkeep.deleting import delete_dataset, delete_snapshot
from scicot.services.upkeep.dependents import Dependents, of_dataset, of_snapshot
from scicot.services.upkeep.labels import (
    archive_dataset,
    archive_snapshot,
    rename_dataset,
    rename_snapshot,
)
from scicot.services.workspace import Workspace, open_workspace
from scicot.words.people import MAY, Action
from scicot.words.records import Actor


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept by name, and the services that rename, archive, look at and delete it."""

    noun: str
    link: str  # the key of the link that carries its name
    rename: Callable[[Workspace, Actor, str, str], object]
    archive: Callable[[Workspace, Actor, str], object]
    look: Callable[[Workspace, str], Dependents]
    delete: Callable[[Workspace, Actor, str], object]


DATASET = Kept(
    "dataset",
    "dataset",
    rename_dataset,
    archive_dataset,
    of_dataset,
    lambda workspace, actor, name: delete_dataset(
        workspace, workspace.settings, actor, name, with_runs=True
    ),
)
SNAPSHOT = Kept(
    "snapshot", "snapshot", rename_snapshot, archive_snapshot, of_snapshot, delete_snapshot
)


def show_keeping(kept: Kept, name: str) -> None:
    """Show the button behind which the record is renamed, archived or deleted."""
    if not current_actor().role.reaches(MAY[Action.DELETE]):
        return
    times = st.session_state.get(f"kept_{kept.noun}", 0)  # another popover is a closed one
    with st.popover(
        "Rename or remove",
        icon=":material/inventory_2:",
        key=f"keep_{kept.noun}_{times}",
    ):
        key = f"{kept.noun}_{name}_{times}"
        new = st.text_input("Name", name, key=f"keep_name_{key}")
        with st.container(horizontal=True):
            press_button(
                "Rename",
                partial(_rename, kept, name, new),
                key=f"keep_rename_{key}",
                disabled=new == name,
                help="Links and commands that hold the old name go on working.",
            )
            st.button(
                "Archive",
                key=f"keep_archive_{key}",
                on_click=_archive,
                args=(kept, name),
                help=f"It leaves the choices; `{kept.noun}{'s' * (kept is DATASET)} archive NAME "
                "--back` brings it back.",
            )
        st.divider()
        with open_workspace() as session:
            found = kept.look(session, name)
        st.text(found.sentence())
        st.button(
            f"Delete {kept.noun} {escape_markdown(name)} for good",
            type="primary",
            key=f"keep_delete_{key}",
            disabled=bool(found.blockers),
            on_click=_delete,
            args=(kept, name),
        )
    show_answer(_place(kept))


def _place(kept: Kept) -> str:
    """Return where the answers stand: another place than where a thing of this noun is made."""
    return f"keep_{kept.noun}"


def _done(kept: Kept, sentence: str) -> None:
    answer(_place(kept), escape_markdown(sentence))
    st.session_state[f"kept_{kept.noun}"] = st.session_state.get(f"kept_{kept.noun}", 0) + 1


def _forget(kept: Kept) -> None:
    links.write_link(kept.link, None)
    st.session_state.get(links.REMEMBERED, {}).pop(kept.link, None)


def _rename(kept: Kept, name: str, new: str) -> None:
    with answered_at(_place(kept)), open_workspace() as workspace:
        kept.rename(workspace, current_actor(), name, new)
        links.choose(kept.link, " ".join(new.split()))
        _done(kept, f"It is called {new} now.")


def _archive(kept: Kept, name: str) -> None:
    with answered_at(_place(kept)), open_workspace() as workspace:
        kept.archive(workspace, current_actor(), name)
        _forget(kept)
        _done(kept, f"{name} is archived.")


def _delete(kept: Kept, name: str) -> None:
    with answered_at(_place(kept)), open_workspace() as workspace:
        kept.delete(workspace, current_actor(), name)
        _forget(kept)
        _done(kept, f"{name} is deleted.")
