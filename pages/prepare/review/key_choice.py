"""The review keys as this person has them, and the form that changes them."""

from __future__ import annotations

import json

import streamlit as st

from pages.shared.frame import current_actor, errors_shown
from scicot.services.system.preferences import recall, remember
from scicot.services.workspace import Workspace, open_workspace
from scicot.words.errors import InvalidInput
from scicot.words.review_keys import REVIEW_KEYS, ReviewKey, bind_keys

CHOSEN = "review_keys"


def keys_of(session: Workspace, person: str) -> tuple[ReviewKey, ...]:
    """Return the person's keys; the usual ones where nothing, or nothing usable, was chosen."""
    kept = recall(session, person, CHOSEN)
    try:
        return bind_keys(json.loads(kept)) if kept else REVIEW_KEYS
    except (InvalidInput, ValueError):  # an act that has gone, or a letter that is taken since
        return REVIEW_KEYS


def show_key_choice() -> None:
    """Show a box a key; saving keeps them for this person, on every machine."""
    with open_workspace() as session:
        keys = keys_of(session, current_actor().name)
    with st.popover("Keys", icon=":material/keyboard:"), st.form("review_keys", border=False):
        columns = st.columns(3)
        for place, binding in enumerate(keys):
            columns[place % 3].text_input(
                binding.act.capitalize(),
                binding.key.upper(),
                max_chars=1,
                key=f"key_{binding.act}_{binding.key}",
                help=binding.help,
            )
        st.form_submit_button("Save my keys", on_click=_save, args=(keys,))


def _save(keys: tuple[ReviewKey, ...]) -> None:
    chosen = {
        binding.act: str(st.session_state[f"key_{binding.act}_{binding.key}"]) for binding in keys
    }
    with errors_shown(), open_workspace() as session:
        bound = bind_keys(chosen)
        kept = {binding.act: binding.key for binding in bound}
        remember(session, current_actor().name, CHOSEN, json.dumps(kept))
        st.toast("Your keys hold from now on.")
