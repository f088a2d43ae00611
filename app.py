"""The web app: the table of pages, then the chosen page.

Start it with `make app`, `python -m scicot app` or `streamlit run app.py`.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.shared import links
from pages.shared.frame import show_sidebar

PAGES = {
    "Prepare": [
        st.Page(links.QUESTIONS, title="Questions", default=True),
        st.Page(links.GENERATE, title="Generate", url_path="generate"),
        st.Page(links.REVIEW, title="Review", url_path="review"),
        st.Page(links.CLEAN, title="Clean", url_path="clean"),
    ],
    "Train": [
        st.Page(links.LAUNCH, title="Launch", url_path="launch"),
        st.Page(links.RUNS, title="Runs", url_path="runs"),
    ],
    "Evaluate": [
        st.Page(links.RESULTS, title="Results", url_path="results"),
        st.Page(links.COMPARE, title="Compare", url_path="compare"),
        st.Page(links.INSPECT, title="Inspect", url_path="inspect"),
        st.Page(links.ATTRIBUTION, title="Attribution", url_path="attribution"),
        st.Page(links.WHAT_IF, title="What if", url_path="what-if"),
    ],
    "System": [
        st.Page(links.HEALTH, title="Health", url_path="health"),
        st.Page(links.PEOPLE, title="People", url_path="people"),
    ],
}

# an own file: a named icon would be fetched from outside
ICON = Path(__file__).parent / "pages" / "shared" / "icon.svg"
st.set_page_config(page_title="Sci-CoT", page_icon=str(ICON), layout="wide")
page = st.navigation(PAGES, expanded=True)
show_sidebar()
page.run()
