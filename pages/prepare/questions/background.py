"""An import that takes its time: in the background, with its progress, to be cancelled."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.shared import links
from pages.shared.answers import answered_at, show_answer
from pages.shared.frame import current_actor
from pages.shared.panel import show_progress
from pages.shared.run_control import show_headline, show_orders, show_while_it_runs
from scicot.services.runs.runs import list_runs
from scicot.services.workspace import open_workspace
from scicot.words.configs import ImportConfig
from scicot.words.records import UNDER_WAY, RunKind, RunStatus
from scicot.words.runs import RunView

PLACE = "import"
FOLLOWED = "import_followed"
LARGE_BYTES = 1_000_000  # read, checked and searched for duplicates in about a second


def takes_long(location: str) -> bool:
    """Return whether importing this is better not waited for: the hub, and large files."""
    if location.startswith(("hub:", "gym:")):
        return True
    path = Path(location)
    files = path.rglob("*") if path.is_dir() else [path]
    total = 0
    for file in files:
        total += file.stat().st_size if file.is_file() else 0
        if total > LARGE_BYTES:
            return True
    return False


def is_importing() -> bool:
    """Return whether an import goes on, or has just been followed to its end."""
    with open_workspace() as session:
        going = list_runs(session, kinds=[RunKind.IMPORT], statuses=UNDER_WAY, limit=1)
    return bool(going) or FOLLOWED in st.session_state


def start_in_background(config: ImportConfig) -> None:
    """Start the import as a run; its progress stands where the button was."""
    with answered_at(PLACE), open_workspace() as workspace:
        st.session_state[FOLLOWED] = workspace.start(current_actor(), config)


def show_background_import() -> bool:
    """Show the import that goes on, or the one just followed to its end; say whether one does."""
    show_answer(PLACE)
    with open_workspace() as session:
        runs = list_runs(session, kinds=[RunKind.IMPORT], limit=10)
    followed = st.session_state.get(FOLLOWED)
    shown = next((run for run in runs if run.status in UNDER_WAY or run.id == followed), None)
    if shown is None:
        return False
    with st.container(border=True):
        show_while_it_runs(shown.id, _show)
    return shown.status in UNDER_WAY


def _show(run: RunView) -> None:
    show_headline(run)
    show_progress(run)
    if not run.status.is_finished:
        st.caption("You may leave this page: it goes on.")
    with st.container(horizontal=True):
        show_orders(run)
    if run.status is RunStatus.DONE:
        _show_result(run)


def _show_result(run: RunView) -> None:
    result = run.result
    notes = result.get("notes")
    for note in notes if isinstance(notes, list) else ():
        st.text(str(note))
    rejected = result.get("rejected")
    if isinstance(rejected, list) and rejected:
        st.warning(f"{result.get('rejected_rows'):,} rows were left out.")
        st.dataframe(rejected, hide_index=True)
    if result.get("duplicates"):
        st.warning(str(result["duplicates"]))
    datasets = result.get("datasets")
    for name in datasets if isinstance(datasets, dict) else ():
        st.page_link(
            links.GENERATE,
            label=f"Generate rationales for {name}",
            icon=":material/arrow_forward:",
            query_params={"dataset": str(name)},
        )
