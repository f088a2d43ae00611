"""Home: where the work stands, what waits, and the next thing to do."""

from __future__ import annotations

import streamlit as st

from pages.shared import links
from pages.shared.frame import current_actor, current_dataset, errors_shown
from pages.start.home.cards import show_cards, show_comparison, show_under_way
from pages.start.home.doors import show_doors
from scicot.services.home.overview import look_over
from scicot.services.workspace import open_workspace

# the questions' page was the first page once: a link to its filters still leads there
OF_QUESTIONS = ("search", "split", "options", "regex")

if any(name in st.query_params for name in OF_QUESTIONS):
    st.switch_page(links.QUESTIONS, query_params=st.query_params.to_dict())
st.title("Home", anchor=False)
dataset = current_dataset()
if dataset is None:
    show_doors()
else:
    with errors_shown():
        with open_workspace() as workspace:
            workspace.tend()
            overview = look_over(workspace, current_actor(), dataset)
        show_cards(dataset, overview)
        show_under_way(overview)
        show_comparison(overview)
