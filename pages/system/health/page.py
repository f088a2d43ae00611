"""Health: what `doctor` finds, with the way out for each."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.shared.colors import Color
from pages.shared.frame import errors_shown
from scicot.services.system.findings import Level
from scicot.services.system.health import examine
from scicot.words.settings import get_settings

LOOKS: Mapping[Level, tuple[Color, str]] = {
    Level.GOOD: ("green", ":material/check:"),
    Level.ADVICE: ("orange", ":material/info:"),
    Level.BAD: ("red", ":material/error:"),
}

st.title("Health")
st.caption("The same as `python -m scicot doctor`.")
with errors_shown(), st.spinner("Examining"):
    for finding in examine(get_settings()):
        color, icon = LOOKS[finding.level]
        left, right = st.columns([1, 6])
        left.badge(finding.area, color=color, icon=icon)
        right.text(f"{finding.found} {finding.way_out}".strip())
