"""What models cost, editable, each price with the day it was looked up."""

from __future__ import annotations

import streamlit as st

from pages.shared.frame import current_actor, errors_shown
from pages.shared.plain_table import show_records
from scicot.services.teacher.prices import list_prices, set_price
from scicot.services.workspace import open_workspace


def show_price_table() -> None:
    """Show every known price and a form for another; what has none is unknown, not free."""
    with open_workspace() as session:
        prices = list_prices(session)
    st.caption("USD for a million tokens. A model that is not here costs an unknown amount.")
    show_records(
        [
            {
                "model": model,
                "in": price.input_usd,
                "out": price.output_usd,
                "as of": price.as_of,
            }
            for model, price in prices.items()
        ],
        key="prices",
        label="Known prices",
    )
    with st.form("price", clear_on_submit=True):
        columns = st.columns(4)
        columns[0].text_input("Model", key="price_model")
        columns[1].number_input("In", min_value=0.0, key="price_in", format="%.4f")
        columns[2].number_input("Out", min_value=0.0, key="price_out", format="%.4f")
        columns[3].date_input("As of", key="price_day")
        st.form_submit_button("Enter the price", icon=":material/save:", on_click=_enter)


def _enter() -> None:
    state = st.session_state
    with errors_shown(), open_workspace() as session:
        set_price(
            session,
            current_actor(),
            state["price_model"],
            input_usd=state["price_in"],
            output_usd=state["price_out"],
            as_of=state["price_day"],
        )
