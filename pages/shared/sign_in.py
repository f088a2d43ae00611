"""Signing in with OIDC: Streamlit does the round trip, the role and the expiry are looked at by us.

Streamlit keeps who signed in for as long as its cookie lasts and looks at nothing afterwards. So
the token's own expiry and the role in the database are read again at every action.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from scicot.services.system.people import find_role
from scicot.services.workspace import open_workspace
from scicot.words.errors import NotAllowed
from scicot.words.people import address_of, role_needed
from scicot.words.places import LOOPBACK
from scicot.words.records import Actor, Role
from scicot.words.settings import get_settings


def needs_sign_in() -> bool:
    """Return whether everybody has to sign in here."""
    return get_settings().sign_in


def signed_in_actor() -> Actor:
    """Return who has signed in, with their role as it is now; raises NotAllowed."""
    return actor_of(st.user.to_dict())


def actor_of(claims: Mapping[str, Any]) -> Actor:
    """Return whom a sign-in's claims name, with the role of this very moment; raises NotAllowed."""
    if not claims.get("is_logged_in"):
        raise NotAllowed("You are not signed in. Reload the page and sign in.")
    expires = claims.get("exp")
    if not (isinstance(expires, int | float) and expires > time.time()):
        raise NotAllowed("Your sign-in has expired. Sign out, then sign in again.")
    email = address_of(str(claims.get("email") or ""))
    # some providers write it as a word
    if not email or str(claims.get("email_verified", True)).lower() != "true":
        raise NotAllowed("The sign-in gave no e-mail address that was verified. Ask its operator.")
    with open_workspace() as session:
        role = find_role(session, get_settings(), email)
    if role is None:
        raise NotAllowed(f"{email} has no role here. Ask an administrator for one.")
    return Actor(email, role)


def show_person() -> None:
    """Show who has signed in, and the way out."""
    if st.user.is_logged_in:
        st.sidebar.text(str(st.user.get("email") or "signed in"))
        st.sidebar.button("Sign out", icon=":material/logout:", on_click=st.logout)


def pages_for(
    actor: Actor | None, sections: Mapping[str, Sequence[tuple[str, StreamlitPage]]]
) -> dict[str, list[StreamlitPage]]:
    """Return the pages that the actor's role opens, by section; a section without any is left out.

    A page that is not among them cannot be opened by its link either.
    """
    role = actor.role if actor else Role.ADMIN
    opened = {
        section: [page for path, page in pages if role.reaches(role_needed(path))]
        for section, pages in sections.items()
    }
    return {section: pages for section, pages in opened.items() if pages}


def stop_unless_let_in() -> Actor | None:
    """Return who is let in, None on one's own machine; anybody else sees why not, and no page."""
    if not needs_sign_in():
        address = str(st.get_option("server.address") or "0.0.0.0")
        if address not in LOOPBACK:
            st.error(
                f"The app listens on {address}, where others can reach it, and asks nobody to "
                "sign in. Start it on 127.0.0.1, or set SCICOT_SIGN_IN=1."
            )
            st.stop()
        return None
    if not st.user.is_logged_in:
        st.title("Sci-CoT")
        st.button("Sign in", icon=":material/login:", type="primary", on_click=st.login)
        st.stop()
    try:
        return signed_in_actor()
    except NotAllowed as refusal:
        st.title("Sci-CoT")
        show_person()
        st.text(str(refusal))
        st.stop()
