"""The web app: the table of pages, then the chosen page.

Start it with `make app`, `python -m scicot app` or `streamlit run app.py`.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.shared import links
from pages.shared.demo import show_demonstration
from pages.shared.frame import errors_shown, show_sidebar
from pages.shared.server import server_parts
from pages.shared.sign_in import pages_for, stop_unless_let_in

# title and path of each page, by section
PAGES = {
    "": [(links.HOME, "Home", "")],
    "Prepare": [
        (links.QUESTIONS, "Questions", "questions"),
        (links.GENERATE, "Generate", "generate"),
        (links.REVIEW, "Review", "review"),
        (links.CLEAN, "Clean", "clean"),
    ],
    "Train": [
        (links.LAUNCH, "Launch", "launch"),
        (links.RUNS, "Runs", "runs"),
    ],
    "Evaluate": [
        (links.RESULTS, "Results", "results"),
        (links.COMPARE, "Compare", "compare"),
        (links.INSPECT, "Inspect", "inspect"),
        (links.ATTRIBUTION, "Attribution", "attribution"),
        (links.WHAT_IF, "What if", "what-if"),
    ],
    "System": [
        (links.HEALTH, "Health", "health"),
        (links.PEOPLE, "People", "people"),
    ],
}
# an own file: a named icon would be fetched from outside
ICON = Path(__file__).parent / "pages" / "shared" / "icon.svg"


def show_app() -> None:
    """Show the page that the link names, to who is let in."""
    st.set_page_config(page_title="Sci-CoT", page_icon=str(ICON), layout="wide")
    st.logo(str(ICON), size="large")
    actor = stop_unless_let_in()
    sections = {
        section: [
            (file, st.Page(file, title=title, url_path=path or None, default=not path))
            for file, title, path in pages
        ]
        for section, pages in PAGES.items()
    }
    page = st.navigation(pages_for(actor, sections), expanded=True)
    show_sidebar()
    show_demonstration()
    with errors_shown():
        page.run()


if __name__ == "__main__":
    show_app()
else:  # a server, whoever started it, takes the app from here: the guard stands before it
    app = st.App(__file__, **server_parts())
