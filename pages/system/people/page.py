"""People: whose name stands on what."""

from __future__ import annotations

import streamlit as st

from pages.shared.frame import current_actor, errors_shown
from pages.shared.plain_table import show_records
from pages.shared.sign_in import needs_sign_in
from pages.shared.times import moment_cell
from pages.system.people.roles import show_log, show_roles
from scicot.services.system.people import list_activity
from scicot.services.workspace import open_workspace
from scicot.words.records import Role

st.title("People")
actor = current_actor()
if not needs_sign_in():
    st.caption(
        "A name is enough on one's own machine: the one in the sidebar is written beside every "
        "change."
    )
st.text(f"You are {actor.name}, {actor.role.value}.")
with open_workspace() as session:
    activity = list_activity(session)
if activity:
    show_records(
        [
            {
                "name": person.name,
                **person.decisions,
                "runs started": person.runs,
                "last decision": (
                    moment_cell(person.last_decision_at) if person.last_decision_at else "never"
                ),
            }
            for person in activity
        ],
        key="people",
        label="What each person decided and started",
    )
else:
    st.info("Nobody has reviewed or started anything yet.")
if actor.role is Role.ADMIN:
    with errors_shown():
        show_roles()
        show_log()
