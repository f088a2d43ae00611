"""The form that brings rationales in: by people, or by a teacher that wrote them elsewhere."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.prepare.questions.mapping_form import ask_fields
from pages.prepare.questions.upload import keep_upload
from pages.shared.frame import current_actor, errors_shown
from scicot.services.questions.lookup import list_datasets
from scicot.services.questions.reading import ReadOptions, list_columns
from scicot.services.rationales.imports import (
    RATIONALE_FIELDS,
    STATUSES,
    RationaleImport,
    RationaleSource,
    import_rationales,
)
from scicot.services.workspace import open_workspace
from scicot.words.errors import SciCotError
from scicot.words.records import Origin, RationaleStatus, Split

AS_USUAL, ANY_SPLIT = "as usual", "any"
WRITERS = {Origin.HUMAN: "people", Origin.TEACHER: "a teacher (an LLM)"}


def show_rationale_import() -> None:
    """Show the form and carry an import of rationales out."""
    with open_workspace() as session:
        datasets = list_datasets(session)
    path = st.text_input(
        "Path",
        key="rationales_path",
        placeholder="/data/entailment_bank.jsonl",
        help="JSONL, CSV, Parquet ...: the question's id or text, and the rationale.",
    ).strip() or keep_upload("or upload the file")
    first, second = st.columns(2)
    dataset = first.text_input(
        "Dataset",
        value="arc",
        key="rationales_dataset",
        help=f"{', '.join(datasets) or 'An imported one'}, or the prefix of both ARC sets.",
    )
    name = second.text_input("Source", key="rationales_source", placeholder="entailment_bank")
    origin = first.radio(
        "Written by", list(WRITERS), key="rationales_origin", format_func=WRITERS.__getitem__
    )
    status = second.radio(
        "Come in as",
        [AS_USUAL, *(status.value for status in STATUSES)],
        key="rationales_status",
        help="As usual: a teacher's unreviewed, people's accepted.",
    )
    model = first.text_input("Model", key="rationales_model")
    note = second.text_input("A word on the prompt", key="rationales_note")
    split = first.selectbox(
        "Split",
        [ANY_SPLIT, *(split.value for split in Split)],
        key="rationales_split",
        help="Where ids restart in every split.",
    )
    source = RationaleSource(
        name=name,
        origin=origin,
        status=None if status == AS_USUAL else RationaleStatus(status),
        model=model,
        prompt_note=note,
        split=None if split == ANY_SPLIT else Split(split),
        mapping=_ask_mapping(path) if path else {},
    )
    ready = bool(path and dataset and name)
    if st.button("Import rationales", type="primary", disabled=not ready):
        with errors_shown(), open_workspace() as session, st.spinner("Importing and checking"):
            done = import_rationales(
                session, current_actor(), Path(str(path)), dataset=dataset, source=source
            )
            _show_done(done, dataset)


def _ask_mapping(path: str) -> dict[str, str]:
    try:
        columns = list_columns(path, ReadOptions())
    except SciCotError:
        columns = []  # the import says why
    with st.expander("Which column is which", icon=":material/view_column:"):
        return ask_fields(RATIONALE_FIELDS, columns, "rationales")


def _show_done(done: RationaleImport, dataset: str) -> None:
    st.success(
        f"Added {done.added:,} as {done.status.value}; {done.already_there:,} were already there; "
        f"{len(done.unmatched):,} name no question of {dataset}.",
        icon=":material/check:",
    )
    if done.differing:
        st.warning(f"{done.differing:,} were there with another text, which was kept.")
    if done.without_text:
        st.warning(f"{len(done.without_text):,} hold no text and were left out.")
    if left_out := [*done.unmatched, *done.without_text]:
        st.dataframe([{"row": row.row, "reason": row.reason} for row in left_out], hide_index=True)
