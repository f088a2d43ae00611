"""The import form: a folder or file on this machine, an upload, the hub; seen before written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pages.prepare.questions.background import (
    show_background_import,
    start_in_background,
    takes_long,
)
from pages.prepare.questions.import_report import show_last_import
from pages.prepare.questions.mapping_form import ask_mapping
from pages.prepare.questions.rationale_form import show_rationale_import
from pages.prepare.questions.upload import keep_upload
from pages.shared.answers import answered_at, show_answer
from pages.shared.frame import current_actor, errors_shown
from scicot.services.questions.imports import (
    QuestionPreview,
    import_questions,
    preview_questions,
)
from scicot.services.questions.reading import ReadOptions
from scicot.services.rationales.imports import add_supports
from scicot.services.workspace import open_workspace
from scicot.words.configs import ImportConfig
from scicot.words.errors import InvalidInput
from scicot.words.records import Split

FROM_FOLDER, FROM_UPLOAD, FROM_HUB = "A folder or file", "Upload", "Hugging Face hub"
FROM_GYM, STARTER, RATIONALES = "Generated tasks", "Starter set", "Rationales"
KINDS = [FROM_FOLDER, FROM_UPLOAD, FROM_HUB, FROM_GYM, STARTER, RATIONALES]
AS_STATED = "as the file says"
PLACE = "import_now"
# what an error says of the command line, and of this form
ON_SCREEN = {
    "Or import with --skip-bad-rows.": "Or leave bad rows out, by the box above the button.",
    "Add --split train, validation or test.": "Choose it in the box Split.",
    "or add --split train, validation or test.": "or choose one in the box Split.",
    "Say it by --keys index0 or --keys index1": "Say it in the box Numeric keys",
    " (or --keys text, where a key is an option's text)": "",
}


def show_import() -> None:
    """Show the form and carry an import out."""
    kind = st.segmented_control(
        "From where",
        KINDS,
        default=FROM_FOLDER,
        required=True,
        key="questions_from",
        persist_state="session",
    )
    if kind == RATIONALES:
        show_rationale_import()
        return
    name = st.text_input(
        "Dataset",
        value="starter" if kind == STARTER else "arc",
        key=f"questions_dataset_name_{kind == STARTER}",
        persist_state="session",
        help="For ARC's folder with both sets it is the prefix of arc-easy and arc-challenge.",
    )
    location = _ask_location(str(kind))
    options, language = ReadOptions(), ""
    if location and kind in (FROM_FOLDER, FROM_UPLOAD):
        options, language = _ask_options(location)
        _show_preview(location, name, options)
    elif location and kind == FROM_GYM:
        options = _ask_gym()
        _show_preview(location, name, options)
    skip = st.checkbox(
        "Leave bad rows out and list them", key="questions_skip", persist_state="session"
    )
    if show_background_import():
        return  # one at a time: the button comes back when it is over
    asked = ImportConfig(
        location=str(location or ""),
        dataset=name.strip(),
        split=options.split,
        skip_bad_rows=skip,
        layout=options.layout,
        mapping=dict(options.mapping),
        keys=options.keys,
        encoding=options.encoding,
        size=options.size,
        seed=options.seed,
        language=language or None,
    )
    is_long = bool(location) and takes_long(str(location))
    st.button(
        "Import",
        type="primary",
        key="questions_import",
        disabled=not (location and name.strip()),
        on_click=start_in_background if is_long else _import_now,
        args=(asked,),
        help="In the background, with its progress." if is_long else None,
    )
    show_answer(PLACE)
    show_last_import()


def _import_now(asked: ImportConfig) -> None:
    """Import what is small here and now."""
    with answered_at(PLACE), open_workspace() as session:
        with _said_for_the_screen():
            done = import_questions(
                session,
                current_actor(),
                asked.location,
                dataset=asked.dataset,
                skip_bad_rows=asked.skip_bad_rows,
                options=ReadOptions.of(asked),
                language=asked.language,
                add_supports=add_supports,
            )
        st.session_state["questions_done"] = done
        st.session_state.pop("questions_seen", None)


@contextmanager
def _said_for_the_screen() -> Iterator[None]:
    """Let an error name this form's boxes where it names options of the command line."""
    try:
        yield
    except InvalidInput as error:
        said = str(error)
        for command, box in ON_SCREEN.items():
            said = said.replace(command, box)
        raise type(error)(said) from error


def _ask_location(kind: str) -> str | None:
    if kind == FROM_UPLOAD:
        return keep_upload("JSONL, JSON, CSV, Parquet, Arrow, Excel, also packed by gz")
    if kind == STARTER:
        st.caption("60 science questions written for Sci-CoT: for trying things out, no network.")
        return "starter"
    if kind == FROM_GYM:
        task = st.text_input(
            "Task",
            value="syllogism",
            key="questions_gym",
            help="Of reasoning-gym: syllogism, knights_knaves, propositional_logic, "
            "letter_counting and others. Needs pip install -r requirements-gym.txt.",
        )
        return f"gym:{task.strip()}" if task.strip() else None
    if kind == FROM_HUB:
        named = st.text_input(
            "Data set",
            value="allenai/ai2_arc",
            key="questions_hub",
            persist_state="session",
            help="OWNER/NAME, with :CONFIG and @REVISION if needed. ARC comes whole, at the "
            "revision this version was made with.",
        )
        return f"hub:{named.strip()}" if named.strip() else None
    return st.text_input(
        "Path",
        key="questions_path",
        persist_state="session",
        placeholder="/data/arc or /data/my-questions.csv",
        help="ARC's official folder (ARC-Easy/ARC-Easy-Train.jsonl, ...) is recognised whole.",
    ).strip()


def _ask_gym() -> ReadOptions:
    first, second, third = st.columns(3, vertical_alignment="bottom")
    size = first.number_input(
        "Questions", 10, 100_000, 500, key="questions_gym_size", persist_state="session"
    )
    seed = second.number_input(
        "Seed", 0, value=0, key="questions_gym_seed", persist_state="session"
    )
    as_choices = third.toggle(
        "As choices",
        key="questions_gym_choices",
        persist_state="session",
        help="Numbers beside near misses. Off: free answers, unless the task has few of them.",
    )
    return ReadOptions(size=size, seed=seed, layout="list" if as_choices else None)


def _ask_options(location: str) -> tuple[ReadOptions, str]:
    first, second, third, fourth = st.columns(4)
    split = first.selectbox(
        "Split",
        [AS_STATED, *(split.value for split in Split)],
        key="questions_split",
        persist_state="session",
    )
    keys = second.selectbox(
        "Numeric keys",
        ["", "index0", "index1", "text"],
        key="questions_keys",
        persist_state="session",
        format_func={
            "": "as all rows decide",
            "index0": "count from 0",
            "index1": "count from 1",
            "text": "are options' texts",
        }.__getitem__,
    )
    language = third.text_input(
        "Language", key="questions_language", persist_state="session", placeholder="en, zh, ar ..."
    )
    encoding = fourth.text_input(
        "Encoding",
        key="questions_encoding",
        persist_state="session",
        placeholder="as the file shows",
        help="Of a CSV whose encoding is guessed wrongly: cp1251, gb18030, shift_jis ...",
    )
    asked = ReadOptions(
        split=None if split == AS_STATED else Split(split),
        keys=keys or None,
        encoding=encoding.strip() or None,
    )
    return ask_mapping(location, asked), language.strip()


def _show_preview(location: str, dataset: str, options: ReadOptions) -> None:
    """Say how the source would be read; read once for the same source and options."""
    key = (location, dataset, repr(options))
    seen = st.session_state.get("questions_seen")
    if seen is None or seen[0] != key:
        with errors_shown(), open_workspace() as session, st.spinner("Looking at it"):
            with _said_for_the_screen():
                preview = preview_questions(session, location, dataset=dataset, options=options)
            seen = (key, preview)
            st.session_state["questions_seen"] = seen
    if seen is not None and seen[0] == key:
        _show_seen(seen[1])


def _show_seen(preview: QuestionPreview) -> None:
    with st.container(border=True):
        st.caption(f"{preview.rows:,} questions would be read. Nothing is written yet.")
        for note in preview.notes:
            st.text(note)
        for question in preview.examples:
            st.text(f"{question.external_id} ({question.split.value}): {question.stem}")
            for choice in question.choices:
                mark = "   ✓" if choice.label == question.answer_key else ""
                st.text(f"    ({choice.label}) {choice.text}{mark}")
            if question.answer_form and question.answer_key:
                st.text(f"    answer: {question.answer_key}")
        if preview.rejected:
            st.warning(f"{len(preview.rejected):,} rows cannot be taken:")
            st.text("\n".join(row.reason for row in preview.rejected[:5]))
