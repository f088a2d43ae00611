"""What every page has around it: who is working, and errors said as sentences."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.errors import FragmentHandledException

from pages.shared import links
from pages.shared.sign_in import needs_sign_in, show_person, signed_in_actor
from scicot.pure.markdown import escape_markdown
from scicot.services.home.context import count_context
from scicot.services.questions.lookup import dataset_named, list_datasets
from scicot.services.runs.runs import list_runs
from scicot.services.system.failures import tell
from scicot.services.system.preferences import recall, remember
from scicot.services.workspace import Workspace, open_workspace
from scicot.words.errors import NotFound
from scicot.words.people import LONGEST_NAME, actor_named
from scicot.words.records import UNDER_WAY, Actor, RunStatus

PERSON = "person"  # the two names under which a choice is remembered
LAST_DATASET = "dataset"
DATASET = "dataset_chosen"
# how a cached function tells databases apart: its cache is the process's, whatever the settings
BY_DATABASE: dict[str | type[object], Callable[[Any], Any]] = {
    Workspace: lambda workspace: workspace.settings.resolved_database_url
}


def show_sidebar() -> None:
    """Show what every page shares: who works, on which dataset, and what is under way."""
    with st.sidebar, open_workspace() as session:
        if needs_sign_in():
            show_person()
        else:
            _choose_person(session)
        _choose_dataset(session)
        under_way = list_runs(session, statuses=UNDER_WAY, limit=100)
        if under_way:
            going = sum(run.status is not RunStatus.QUEUED for run in under_way)
            st.page_link(
                links.RUNS,
                label=f"{going:,} running, {len(under_way) - going:,} waiting",
                icon=":material/autorenew:",
            )

        _show_look()


@lru_cache(maxsize=1)
def _look() -> dict[str, str]:
    folder = Path(__file__).parent
    return {end: (folder / f"look.{end}").read_text(encoding="utf-8") for end in ("css", "js")}


def _show_look() -> None:
    """Apply the app's own look; in the sidebar, where its empty place shifts nothing."""
    look = _look()
    st.components.v2.component("look", css=look["css"], js=look["js"], isolate_styles=False)()


def _choose_person(session: Workspace) -> None:
    """Show the name picker; a name is enough on one's own machine, which remembers it."""
    if "actor_name" not in st.session_state:
        known = recall(session, getpass.getuser(), PERSON)
        st.session_state["actor_name"] = known or getpass.getuser()
    st.text_input(
        "Your name",
        key="actor_name",
        max_chars=LONGEST_NAME,
        help="Written beside every change you make.",
        persist_state="session",
        on_change=_keep_person,
    )


def _keep_person() -> None:
    with errors_shown(), open_workspace() as session:
        remember(session, getpass.getuser(), PERSON, current_actor().name)


def _choose_dataset(session: Workspace) -> None:
    """Show the dataset of all pages: the link's, else the one that the person chose last."""
    names = list_datasets(session, with_archived=False)
    asked = st.query_params.get("dataset")
    if asked and asked not in names:
        with suppress(NotFound):  # by a former name, or archived: its link goes on working
            names.append(dataset_named(session, asked))
            st.query_params["dataset"] = names[-1]
    if not names:
        st.session_state.pop(DATASET, None)
        return
    person = current_actor().name
    before = recall(session, person, LAST_DATASET)
    chosen = links.link_choice(
        st.selectbox,
        "Dataset",
        "dataset",
        names,
        default=before if before in names else names[0],
        is_remembered=False,
    )
    if chosen != before:
        with errors_shown():
            remember(session, person, LAST_DATASET, chosen)
    st.session_state[DATASET] = chosen
    counts = count_context(session, chosen)
    st.caption(
        f"{counts.questions:,} questions, {counts.approved:,} rationales approved, "
        f"{counts.unreviewed:,} to read"
    )


def current_actor() -> Actor:
    """Return who is at the screen, with the role of this very moment; raises NotAllowed."""
    if needs_sign_in():
        return signed_in_actor()
    return actor_named(str(st.session_state.get("actor_name") or getpass.getuser()))


def current_dataset() -> str | None:
    """Return the dataset chosen in the sidebar, None where there is none yet."""
    chosen = st.session_state.get(DATASET)
    return None if chosen is None else str(chosen)


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


def choose_dataset() -> str | None:
    """Return the dataset chosen in the sidebar; says what to do when there is none."""
    dataset = current_dataset()
    if dataset is None:
        st.info("There are no questions yet.", icon=":material/upload:")
        st.page_link(links.QUESTIONS, label="Import questions first")
    return dataset
