"""For administrators: who has which role, and the log of who did what."""

from __future__ import annotations

import streamlit as st

from pages.shared.frame import current_actor, errors_shown
from pages.shared.plain_table import show_records
from pages.shared.sign_in import needs_sign_in
from pages.shared.times import moment_cell
from scicot.services.system.people import list_deeds, list_people, set_role
from scicot.services.workspace import open_workspace
from scicot.words.records import Role

NO_ROLE = "none"
LOG_HEIGHT = 420  # pixels; what is older is scrolled to


def show_roles() -> None:
    """Show who has which role, with a form to give or take one."""
    st.subheader("Roles")
    if not needs_sign_in():
        st.caption("They hold once people sign in: docs/deploy.md says how.")
    with open_workspace() as session:
        people = list_people(session)
    if people:
        show_records(
            [
                {
                    "e-mail": person.email,
                    "role": person.role.value,
                    "given by": person.given_by,
                    "since": moment_cell(person.given_at),
                }
                for person in people
            ],
            key="roles",
            label="Who has which role",
        )
    with st.form("role", clear_on_submit=True):
        left, right = st.columns([3, 1])
        left.text_input("E-mail", key="role_email")
        right.selectbox("Role", [*(role.value for role in Role), NO_ROLE], key="role_given")
        st.form_submit_button("Give this role", on_click=_give)


def _give() -> None:
    given = st.session_state["role_given"]
    role = None if given == NO_ROLE else Role(given)
    with errors_shown(), open_workspace() as session:
        set_role(session, current_actor(), st.session_state["role_email"], role)


def show_log() -> None:
    """Show who did what, the newest first."""
    st.subheader("Who did what")
    with open_workspace() as session:
        deeds = list_deeds(session, current_actor())
    if not deeds:
        st.caption("Nothing has been done yet.")
        return
    show_records(
        [
            {
                "when": moment_cell(deed.at),
                "who": deed.actor,
                "as": deed.role.value,
                "did": deed.action,
                "what": deed.what,
            }
            for deed in deeds
        ],
        key="deeds",
        label="Who did what, the newest first",
        height=LOG_HEIGHT,
    )
