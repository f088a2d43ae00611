"""What every page has around it: who is working, and errors said as sentences."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from pages.shared import links
from scicot.services.questions.lookup import list_datasets
from scicot.services.workspace import Workspace, open_workspace
from scicot.words.errors import SciCotError
from scicot.words.records import Actor

# how a cached function tells databases apart: its cache is the process's, whatever the settings
BY_DATABASE: dict[str | type[object], Callable[[Any], Any]] = {
    Workspace: lambda workspace: workspace.settings.resolved_database_url
}


def show_sidebar() -> None:
    """Show the name picker; a name is enough on one's own machine."""
    st.sidebar.text_input(
        "Your name",
        value=getpass.getuser(),
        key="actor_name",
        help="Written beside every change you make.",
        persist_state="session",
    )


def current_actor() -> Actor:
    """Return who is at the screen."""
    return Actor(str(st.session_state.get("actor_name") or getpass.getuser()))


@contextmanager
def errors_shown() -> Iterator[None]:
    """Show a domain error as a sentence instead of a traceback; the page goes on below."""
    try:
        yield
    except SciCotError as error:
        st.error(str(error), icon=":material/error:")


def choose_dataset(key: str = "dataset") -> str | None:
    """Return the chosen dataset's name, kept in the link; says what to do when there is none."""
    with open_workspace() as session:
        names = list_datasets(session)
    if not names:
        st.info("There are no questions yet.", icon=":material/upload:")
        st.page_link(links.QUESTIONS, label="Import questions first")
        return None
    return links.link_choice(st.selectbox, "Dataset", key, names)
