"""The settings of a teacher run as a form, and what it will cost."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.shared.links import link_choice
from pages.shared.money import format_usd
from scicot.pure.teacher.pricing import Estimate
from scicot.services.questions.lookup import count_questions
from scicot.services.workspace import open_workspace
from scicot.words.configs import GenerationConfig
from scicot.words.records import Split


def default_of(name: str) -> Any:
    """Return a setting's default, from the one place that defines it."""
    return GenerationConfig.model_fields[name].default


def choose_questions_asked(dataset: str) -> dict[str, Any]:
    """Return split and limit, chosen from what the dataset has."""
    with open_workspace() as session:
        counts = count_questions(session).get(dataset, {})
    first, second = st.columns(2)
    split = link_choice(
        first.selectbox,
        "Split",
        "asked",
        list(counts) or [Split.TRAIN.value],
        say=lambda name: f"{name} ({counts.get(name, 0):,} questions)",
        is_short=True,
    )
    limit = second.number_input(
        "Only the first so many questions",
        min_value=1,
        value=None,
        placeholder="all of them",
        key="generate_limit",
        persist_state="session",
    )
    return {"split": split, "limit": limit}


def choose_call_settings() -> dict[str, Any]:
    """Return how calls are made; each has a default that serves."""
    with st.expander("More settings", icon=":material/tune:"):
        first, second = st.columns(2)
        third = first
        values: dict[str, Any] = {
            "max_tokens": first.number_input(
                "Longest answer (tokens)",
                16,
                32_768,
                int(default_of("max_tokens")),
                key="call_max_tokens",
                persist_state="session",
            ),
            "temperature": second.number_input(
                "Temperature",
                0.0,
                2.0,
                float(default_of("temperature")),
                step=0.1,
                key="call_temperature",
                persist_state="session",
            ),
            "samples": third.number_input(
                "Rationales a question",
                1,
                20,
                int(default_of("samples")),
                help="More than one needs a temperature above 0. Review shows the best one first.",
                key="call_samples",
                persist_state="session",
            ),
            "concurrency": first.number_input(
                "Calls at once",
                1,
                256,
                int(default_of("concurrency")),
                key="call_concurrency",
                persist_state="session",
            ),
            "requests_per_minute": second.number_input(
                "Requests a minute, at most",
                min_value=1,
                value=None,
                placeholder="no cap",
                key="call_requests_per_minute",
                persist_state="session",
            ),
            "tokens_per_minute": third.number_input(
                "Tokens a minute, at most",
                min_value=1,
                value=None,
                placeholder="no cap",
                key="call_tokens_per_minute",
                persist_state="session",
            ),
            "budget_usd": first.number_input(
                "Budget (USD)",
                min_value=0.0001,
                value=None,
                format="%.4f",
                placeholder="none",
                help="Never passed: money is set aside before a call is sent.",
                key="call_budget_usd",
                persist_state="session",
            ),
            "maybe_paid": second.selectbox(
                "A call cut off after sending",
                ["ask", "rebuy"],
                format_func=lambda choice: (
                    "wait for my word" if choice == "ask" else "send it again, it may cost twice"
                ),
                key="call_maybe_paid",
                persist_state="session",
            ),
            "own_answer": first.toggle(
                "Ask without the key too",
                help="The teacher also answers each question by itself, in a call of its own. "
                "Where it chooses another option than the key, Review shows its rationale first.",
                key="call_own_answer",
                persist_state="session",
            ),
            "batch": third.toggle(
                "Batch endpoint",
                help="Half the price; answers come within a day. Not for the starter teacher.",
                key="call_batch",
                persist_state="session",
            ),
        }
    return values


def show_estimate(found: Estimate, begins: str) -> None:
    """Show in words what would be sent and what it would cost, before anything is sent."""
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
