"""Where a run goes: this machine, Slurm or Ray, with the fields as they were filled last."""

from __future__ import annotations

from typing import Any

import streamlit as st
from pydantic.fields import FieldInfo

from pages.shared.frame import current_actor, errors_shown
from scicot.services.launching.launches import (
    choose_options,
    preview_submission,
    recall_options,
)
from scicot.services.runs.launched import Chosen
from scicot.services.workspace import Workspace, open_workspace
from scicot.words.launching import CLUSTERS, OPTIONS, TITLES, ClusterName
from scicot.words.settings import LOCAL

Place = tuple[ClusterName, dict[str, Any]] | None  # a cluster and what it is asked for
LABELS = {
    "partition": "Partition",
    "gpus": "GPUs",
    "cpus": "Processor cores",
    "minutes": "Time limit, minutes",
    "memory_gb": "Memory, GB",
    "modules": "Modules to load",
    "account": "Account",
    "shared_folder": "Shared folder, where runs travel as parcels",
    "python": "Python on the nodes",
    "address": "Address of the dashboard",
    "runtime_env": "Runtime environment: a YAML file or a folder",
}


def choose_launcher() -> Place:
    """Return the cluster and what it is asked for; None for this machine."""
    with open_workspace() as workspace:
        usual, person = workspace.settings.launcher, current_actor().name
        kept = {name: recall_options(workspace, person, name) for name in CLUSTERS}
    places = [LOCAL, *CLUSTERS]
    place = st.selectbox(
        "Where it runs",
        places,
        index=places.index(usual) if usual in places else 0,
        format_func=lambda name: TITLES.get(name, "This machine"),
        key="launch_launcher",
        persist_state="session",
    )
    name = next((known for known in CLUSTERS if known == place), None)
    if name is None:
        return None
    columns = st.columns(3, vertical_alignment="bottom")
    asked = {
        field: _choose(columns[place % 3], name, field, info, getattr(kept[name], field))
        for place, (field, info) in enumerate(OPTIONS[name].model_fields.items())
    }
    with st.expander("What is handed in, exactly", icon=":material/content_paste:"):
        if st.toggle("Write it out", key=f"launch_{name}_preview"):
            with errors_shown(), open_workspace() as workspace:
                options = OPTIONS[name].checked(**asked)
                submission = preview_submission(workspace.settings, name, options)
                st.code(submission, language="shell", wrap_lines=True)
    return name, asked


def _choose(place: Any, cluster: str, name: str, field: FieldInfo, value: Any) -> Any:
    label, key, about = LABELS[name], f"launch_{cluster}_{name}", field.description
    if field.annotation is str:
        return place.text_input(
            label, value=value, key=key, help=about, persist_state="session"
        ).strip()
    least = next((rule.ge for rule in field.metadata if hasattr(rule, "ge")), 0)
    return place.number_input(
        label,
        value=value,
        min_value=type(0.0 if value is None else value)(least),
        key=key,
        help=about,
        persist_state="session",
        placeholder="the cluster's default",
    )


def keep_choice(workspace: Workspace, asked: Place) -> Chosen | None:
    """Check what a cluster is asked for and keep it for the next time; None for this machine."""
    if asked is None:
        return None
    name, given = asked
    return Chosen(name, choose_options(workspace, current_actor().name, name, given))


def in_words(asked: Place) -> list[str]:
    """Return the words that a command line says the same with."""
    if asked is None:
        return []
    name, given = asked
    usual = OPTIONS[name]().model_dump()
    words = ["--launcher", name]
    for field, value in given.items():
        if value != usual[field]:
            words += ["--ask", f"{field}={'none' if value is None else value}"]
    return words
