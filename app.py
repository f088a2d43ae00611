"""The web app: the table of pages, then the chosen page.

Start it with `make app`, `python -m scicot app` or `streamlit run app.py`.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.shared.frame import show_sidebar

PAGES = {
    "Prepare": [
        st.Page("pages/prepare/questions/page.py", title="Questions", default=True),
        st.Page("pages/prepare/generate/page.py", title="Generate", url_path="generate"),
        st.Page("pages/prepare/review/page.py", title="Review", url_path="review"),
        st.Page("pages/prepare/clean/page.py", title="Clean", url_path="clean"),
    ],
    "Train": [
        st.Page("pages/train/launch/page.py", title="Launch", url_path="launch"),
        st.Page("pages/train/runs/page.py", title="Runs", url_path="runs"),
    ],
    "Evaluate": [
        st.Page("pages/evaluate/results/page.py", title="Results", url_path="results"),
        st.Page("pages/evaluate/compare/page.py", title="Compare", url_path="compare"),
        st.Page("pages/evaluate/inspect/page.py", title="Inspect", url_path="inspect"),
        st.Page("pages/evaluate/attribution/page.py", title="Attribution", url_path="attribution"),
        st.Page("pages/evaluate/what_if/page.py", title="What if", url_path="what-if"),
    ],
    "System": [
        st.Page("pages/system/health/page.py", title="Health", url_path="health"),
        st.Page("pages/system/people/page.py", title="People", url_path="people"),
    ],
}

# an own file: a named icon would be fetched from outside
ICON = Path(__file__).parent / "pages" / "shared" / "icon.svg"
st.set_page_config(page_title="Sci-CoT", page_icon=str(ICON), layout="wide")
page = st.navigation(PAGES, expanded=True)
show_sidebar()
page.run()
