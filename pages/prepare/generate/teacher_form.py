"""The settings of a teacher run as a form, and what it will cost."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.prepare.bounds import choose_budget, choose_limit
from pages.shared.links import link_choice
from scicot.services.questions.lookup import count_questions
from scicot.services.workspace import open_workspace
from scicot.words.asking_configs import GenerationConfig
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
    limit = choose_limit(second, "generate_limit", "Only the first so many questions")
    return {"split": split, "limit": limit}


def choose_call_settings() -> dict[str, Any]:
    """Return how calls are made; each has a default that serves."""
    with st.expander("More settings", icon=":material/tune:"):
        first, second = st.columns(2)
        return {
            "max_tokens": _number(first, "max_tokens", "Longest answer (tokens)", 16, 32_768),
            "temperature": _number(second, "temperature", "Temperature", 0.0, 2.0, step=0.1),
            "samples": _number(
                first,
                "samples",
                "Rationales a question",
                1,
                20,
                help="More than one needs a temperature above 0. Review shows the best one first.",
            ),
            "concurrency": _number(first, "concurrency", "Calls at once", 1, 256),
            "requests_per_minute": _cap(
                second, "requests_per_minute", "Requests a minute, at most", 1
            ),
            "tokens_per_minute": _cap(first, "tokens_per_minute", "Tokens a minute, at most", 1),
            "budget_usd": choose_budget(first, "call_budget_usd"),
            "maybe_paid": _choose_maybe_paid(second),
            "own_answer": _switch(
                first,
                "own_answer",
                "Ask without the key too",
                "The teacher also answers each question by itself, in a call of its own. "
                "Where it chooses another option than the key, Review shows its rationale first.",
            ),
            "batch": _switch(
                first,
                "batch",
                "Batch endpoint",
                "Half the price; answers come within a day. Not for the starter teacher.",
            ),
        }


def _number(
    place: DeltaGenerator, name: str, label: str, least: float, most: float, **options: Any
) -> Any:
    """Return a setting that begins with its default, whole where its bounds are."""
    value = type(least)(default_of(name))
    key = f"call_{name}"
    return place.number_input(
        label, least, most, value, key=key, persist_state="session", **options
    )


def _cap(place: DeltaGenerator, name: str, label: str, least: float, **options: Any) -> Any:
    """Return a bound that begins as none."""
    options = {"placeholder": "no cap", **options}
    return place.number_input(
        label, least, value=None, key=f"call_{name}", persist_state="session", **options
    )


def _switch(place: DeltaGenerator, name: str, label: str, about: str) -> bool:
    return place.toggle(label, help=about, key=f"call_{name}", persist_state="session")


def _choose_maybe_paid(place: DeltaGenerator) -> str:
    said = {"ask": "wait for my word", "rebuy": "send it again, it may cost twice"}
    return place.selectbox(
        "A call cut off after sending",
        list(said),
        format_func=lambda choice: said[choice],
        key="call_maybe_paid",
        persist_state="session",
    )
