"""The web app: the table of pages, then the chosen page.

Start it with `make app`, `python -m scicot app` or `streamlit run app.py`.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.shared import links
from pages.shared.demo import show_demonstration
from pages.shared.frame import errors_shown, show_sidebar
from pages.shared.sign_in import pages_for, stop_unless_let_in

PAGES = {
    "": [(links.HOME, st.Page(links.HOME, title="Home", default=True))],
    "Prepare": [
        (links.QUESTIONS, st.Page(links.QUESTIONS, title="Questions", url_path="questions")),
        (links.GENERATE, st.Page(links.GENERATE, title="Generate", url_path="generate")),
        (links.REVIEW, st.Page(links.REVIEW, title="Review", url_path="review")),
        (links.CLEAN, st.Page(links.CLEAN, title="Clean", url_path="clean")),
    ],
    "Train": [
        (links.LAUNCH, st.Page(links.LAUNCH, title="Launch", url_path="launch")),
        (links.RUNS, st.Page(links.RUNS, title="Runs", url_path="runs")),
    ],
    "Evaluate": [
        (links.RESULTS, st.Page(links.RESULTS, title="Results", url_path="results")),
        (links.COMPARE, st.Page(links.COMPARE, title="Compare", url_path="compare")),
        (links.INSPECT, st.Page(links.INSPECT, title="Inspect", url_path="inspect")),
        (
            links.ATTRIBUTION,
            st.Page(links.ATTRIBUTION, title="Attribution", url_path="attribution"),
        ),
        (links.WHAT_IF, st.Page(links.WHAT_IF, title="What if", url_path="what-if")),
    ],
    "System": [
        (links.HEALTH, st.Page(links.HEALTH, title="Health", url_path="health")),
        (links.PEOPLE, st.Page(links.PEOPLE, title="People", url_path="people")),
    ],
}

# an own file: a named icon would be fetched from outside
ICON = Path(__file__).parent / "pages" / "shared" / "icon.svg"
st.set_page_config(page_title="Sci-CoT", page_icon=str(ICON), layout="wide")
st.logo(str(ICON), size="large")
actor = stop_unless_let_in()
page = st.navigation(pages_for(actor, PAGES), expanded=True)
show_sidebar()
show_demonstration()
with errors_shown():
    page.run()
