"""What a teacher would be asked and what it would cost, before anything is sent."""

from __future__ import annotations

import streamlit as st

from pages.shared.money import format_usd
from scicot.pure.teacher.pricing import Estimate


def show_estimate(found: Estimate, begins: str) -> None:
    """Show in words what would be sent and what it would cost, before anything is sent."""
    if not found.calls and found.already_stored:
        st.markdown(f"**Asks** nothing: all {found.already_stored:,} answers are there already.")
        return
    there = ""
    if found.already_stored:
        there = f" {found.already_stored:,} more are there already and cost nothing."
    said = [
        f"**Asks** {found.calls:,} times.{there}",
        f"**Writes** {found.low_output_tokens:,} to {found.high_output_tokens:,} tokens and reads "
        f"about {found.prompt_tokens:,}, judged by {found.basis}.",
        f"**Costs** {say_cost(found)}",
        f"**Begins** {begins}",
    ]
    st.markdown("\n\n".join(sentence.replace("$", "\\$") for sentence in said))


def say_cost(found: Estimate) -> str:
    """Return the cost as people read it: a range, nothing, or unknown."""
    if found.price is None or found.low_usd is None or found.high_usd is None:
        return "an unknown amount: this model has no price here. Enter it under Prices."
    if found.high_usd == 0:
        return "nothing: it runs on this machine, or its price is nothing."
    return (
        f"{format_usd(found.low_usd)} to {format_usd(found.high_usd)}, at "
        f"${found.price.input_usd:g} in and ${found.price.output_usd:g} out a million tokens, as "
        f"of {found.price.as_of}."
    )
