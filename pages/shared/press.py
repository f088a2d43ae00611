"""A button whose press acts on what the page holds now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st


def press_button(label: str, act: Callable[[], None], **options: Any) -> None:
    """Show a button; its press acts on what the fields hold at that moment.

    A callback is handed what they held when the page was last drawn: what is typed just before a
    quick press would be left out, unseen.
    """
    if st.button(label, **options):
        act()
        st.rerun()
