"""What every page has around it: who is working, and errors said as sentences."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st
from streamlit.errors import FragmentHandledException

from pages.shared import links
from pages.shared.sign_in import needs_sign_in, show_person, signed_in_actor
from scicot.pure.markdown import escape_markdown
from scicot.services.questions.lookup import list_datasets
from scicot.services.system.failures import tell
from scicot.services.workspace import Workspace, open_workspace
from scicot.words.records import Actor

# how a cached function tells databases apart: its cache is the process's, whatever the settings
BY_DATABASE: dict[str | type[object], Callable[[Any], Any]] = {
    Workspace: lambda workspace: workspace.settings.resolved_database_url
}


def show_sidebar() -> None:
    """Show who is working: the name picker of one's own machine, or who has signed in."""
    if needs_sign_in():
        show_person()
        return
    st.sidebar.text_input(
        "Your name",
        value=getpass.getuser(),
        key="actor_name",
        help="Written beside every change you make.",
        persist_state="session",
    )


def current_actor() -> Actor:
    """Return who is at the screen, with the role of this very moment; raises NotAllowed."""
    if needs_sign_in():
        return signed_in_actor()
    return Actor(str(st.session_state.get("actor_name") or getpass.getuser()))


@contextmanager
def errors_shown() -> Iterator[None]:
    """Show any error as a sentence with its id instead of a traceback; the page goes on below."""
    try:
        yield
    except FragmentHandledException:
        raise  # Streamlit's own: it has been shown
    except Exception as error:
        show_error(error)


def show_error(error: BaseException) -> None:
    """Show one error: what others wrote into it is text, and the log knows it by the id."""
    told = tell(error)
    st.error(f"{escape_markdown(told.sentence)} (error {told.error_id})", icon=":material/error:")


def choose_dataset(key: str = "dataset") -> str | None:
    """Return the chosen dataset's name, kept in the link; says what to do when there is none."""
    with open_workspace() as session:
        names = list_datasets(session)
    if not names:
        st.info("There are no questions yet.", icon=":material/upload:")
        st.page_link(links.QUESTIONS, label="Import questions first")
        return None
    return links.link_choice(st.selectbox, "Dataset", key, names)
