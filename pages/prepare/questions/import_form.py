"""The import form: a folder or file on this machine, an upload, or the hub."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit as st

from pages.shared.frame import current_actor, errors_shown
from scicot.services.questions.imports import QuestionImport, import_questions
from scicot.services.questions.lookup import list_datasets
from scicot.services.rationales.imports import import_rationales
from scicot.services.workspace import open_workspace
from scicot.words.records import Split

HUB = "hub:allenai/ai2_arc"
FROM_FOLDER, FROM_UPLOAD, FROM_HUB = "A folder or file", "Upload", "Hugging Face hub"
STARTER, RATIONALES = "Starter set", "Human rationales"


def show_import() -> None:
    """Show the form and carry an import out."""
    kind = st.segmented_control(
        "From where", [FROM_FOLDER, FROM_UPLOAD, FROM_HUB, STARTER, RATIONALES], default=FROM_FOLDER
    )
    if kind == RATIONALES:
        _show_rationale_import()
        return
    name = st.text_input(
        "Dataset",
        value="starter" if kind == STARTER else "arc",
        key=f"questions_dataset_name_{kind == STARTER}",
        help="For ARC's folder with both sets it is the prefix of arc-easy and arc-challenge.",
    )
    skip = st.checkbox("Leave bad rows out and list them", key="questions_skip")
    split: Split | None = None
    if kind == FROM_UPLOAD:
        file = st.file_uploader("JSONL in ARC's layout", type=["jsonl"])
        split = st.selectbox("Split", list(Split), format_func=lambda one: one.value)
        location = None
        if file is not None:
            location = _keep(file.name, file.getvalue())
    elif kind == STARTER:
        st.caption("60 science questions written for Sci-CoT: for trying things out, no network.")
        location = "starter"
    elif kind == FROM_HUB:
        st.caption("allenai/ai2_arc, all splits of both sets, at a pinned revision.")
        location = HUB
    else:
        location = st.text_input(
            "Path",
            key="questions_path",
            placeholder="/data/arc or /data/my-questions.jsonl",
            help="ARC's official folder (ARC-Easy/ARC-Easy-Train.jsonl, ...) is recognised whole.",
        )
    if st.button("Import", type="primary", disabled=not (location and name)):
        with errors_shown(), open_workspace() as session, st.spinner("Importing"):
            done = import_questions(
                session,
                current_actor(),
                str(location),
                dataset=name,
                split=split,
                skip_bad_rows=skip,
            )
            st.session_state["questions_done"] = done
            st.rerun()


def _keep(name: str, content: bytes) -> str:
    """Return the path of a temporary copy of an upload, under the upload's own file name."""
    folder = Path(tempfile.mkdtemp(prefix="scicot-upload-"))
    path = folder / Path(name).name
    path.write_bytes(content)
    return str(path)


def show_last_import() -> None:
    """Say what the import just made did; the form itself folds away once there are questions."""
    done: QuestionImport | None = st.session_state.pop("questions_done", None)
    if done is None:
        return
    since = f" They were first imported on {done.first_imported}." if done.first_imported else ""
    st.success(
        f"Added {done.added:,} questions; {done.already_there:,} were already there.{since}",
        icon=":material/check:",
    )
    if done.rejected:
        st.warning(f"{len(done.rejected)} rows were left out.")
        st.dataframe(
            [{"row": row.row, "reason": row.reason} for row in done.rejected], hide_index=True
        )


def _show_rationale_import() -> None:
    with open_workspace() as session:
        datasets = list_datasets(session)
    path = st.text_input(
        "Path",
        key="rationales_path",
        placeholder="/data/entailment_bank.jsonl",
        help='JSONL, one {"id": question id, "rationale": text} a line.',
    )
    dataset = st.text_input(
        "Dataset",
        value="arc",
        key="rationales_dataset",
        help=f"{', '.join(datasets) or 'An imported one'}, or the prefix of both ARC sets.",
    )
    source = st.text_input("Source", key="rationales_source", placeholder="entailment_bank")
    ready = bool(path and dataset and source)
    if st.button("Import rationales", type="primary", disabled=not ready):
        with errors_shown(), open_workspace() as session, st.spinner("Importing"):
            done = import_rationales(
                session, current_actor(), Path(path), dataset=dataset, source=source
            )
            st.success(
                f"Added {done.added:,}; {done.already_there:,} were already there; "
                f"{done.unmatched:,} name no question of {dataset}.",
                icon=":material/check:",
            )
