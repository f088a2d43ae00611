"""`import questions|rationales`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from scicot.cli.output import AsJson, current_actor, emit, say
from scicot.pure.questions.columns import read_mapping, read_pairs
from scicot.pure.students.texts import question_text
from scicot.services.questions.duplicates import describe_duplicates
from scicot.services.questions.imports import (
    QuestionPreview,
    import_questions,
    preview_questions,
)
from scicot.services.questions.reading import ReadOptions
from scicot.services.rationales.imports import (
    RationaleSource,
    add_supports,
    import_rationales,
)
from scicot.services.workspace import open_workspace
from scicot.words.records import Origin, RationaleStatus, Split

SHOWN = 100  # unmatched rows that are listed
MapOption = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="FIELD=COLUMN", help="Which column holds which field."),
]


class ImportedOrigin(StrEnum):
    """Who may have written rationales that come from a file."""

    TEACHER = "teacher"
    HUMAN = "human"


class ImportedStatus(StrEnum):
    """What imported rationales may come in as."""

    UNREVIEWED = "unreviewed"
    ACCEPTED = "accepted"


group = typer.Typer(no_args_is_help=True, help="Bring questions, rationales or predictions in.")


def register(app: typer.Typer) -> None:
    """Add this module's commands to the program."""
    app.add_typer(group, name="import")


@group.command("questions")
def questions_command(
    location: Annotated[
        str,
        typer.Argument(help="File, folder, hub:OWNER/NAME[:CONFIG][@REVISION], gym:TASK, starter."),
    ],
    dataset: Annotated[str, typer.Option(help="Its name; a prefix for a folder with both sets.")],
    split: Annotated[Split | None, typer.Option(help="Where no name or column says it.")] = None,
    layout: Annotated[
        str | None, typer.Option(help="A layout's name, or the name of a remembered mapping.")
    ] = None,
    mapping: MapOption = None,
    keys: Annotated[
        str | None, typer.Option(help="What numeric keys are: index0, index1 or text.")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="Of a CSV, where the guess errs.")] = None,
    language: Annotated[str | None, typer.Option(help="The dataset's, zh or fr say.")] = None,
    size: Annotated[int, typer.Option(help="Of gym:TASK: all splits together.")] = 500,
    seed: Annotated[int, typer.Option(help="Of gym:TASK: another draws other questions.")] = 0,
    skip_bad_rows: Annotated[
        bool, typer.Option("--skip-bad-rows", help="Leave bad rows out and list them.")
    ] = False,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show how it would be read; write nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Import questions in whatever layout they are; what it was taken for is said."""
    options = ReadOptions(
        split=split,
        layout=layout,
        mapping=read_mapping(mapping or []),
        keys=keys,
        encoding=encoding,
        size=size,
        seed=seed,
    )
    with open_workspace() as session:
        if preview:
            seen = preview_questions(session, location, dataset=dataset, options=options)
            _show_preview(seen, as_json)
            return
        done = import_questions(
            session,
            current_actor(),
            location,
            dataset=dataset,
            skip_bad_rows=skip_bad_rows,
            options=options,
            language=language,
            add_supports=add_supports,
        )
    for sentence in (*done.notes, *(row.reason for row in done.rejected), *done.warnings):
        say(sentence)
    if done.duplicates:
        say(f"{describe_duplicates(done.duplicates)} `duplicates list` shows them.")
    if done.first_imported:
        say(f"Already imported on {done.first_imported}.")
    emit(
        {
            "datasets": done.datasets,
            "added": done.added,
            "already_there": done.already_there,
            "rejected": len(done.rejected),
            "layout": done.layout,
            "notes": done.notes,
            "warnings": done.warnings,
            "rationales": done.rationales,
            "duplicates": {
                "exact": sum(pair.is_exact for pair in done.duplicates),
                "near": sum(not pair.is_exact for pair in done.duplicates),
                "across_splits": sum(pair.is_across for pair in done.duplicates),
            },
        },
        as_json,
        f"Added {done.added}, already there {done.already_there}, left out {len(done.rejected)}.",
    )


def _show_preview(seen: QuestionPreview, as_json: bool) -> None:
    for sentence in (*seen.notes, *(row.reason for row in seen.rejected)):
        say(sentence)
    examples = [
        {
            "id": question.external_id,
            "split": question.split.value,
            "question": question.stem,
            "choices": {choice.label: choice.text for choice in question.choices},
            "answer_key": question.answer_key,
        }
        for question in seen.examples
    ]
    shown = "\n\n".join(
        f"{question_text(question)}\nKey: {question.answer_key or 'none'}"
        for question in seen.examples
    )
    emit(
        {
            "layout": seen.layout,
            "rows": seen.rows,
            "examples": examples,
            "notes": seen.notes,
            "rejected": len(seen.rejected),
        },
        as_json,
        f"{shown}\n\n{seen.rows} questions would be read; nothing was written.",
    )


@group.command("rationales")
def rationales_command(
    path: Annotated[
        Path, typer.Argument(help="JSONL, CSV, Parquet ...: id or question, rationale.")
    ],
    dataset: Annotated[str, typer.Option(help="The dataset, or the prefix of both ARC sets.")],
    source: Annotated[str, typer.Option(help="What this source is called.")],
    origin: Annotated[
        ImportedOrigin, typer.Option(help="Who wrote them; a teacher's come in unreviewed.")
    ] = ImportedOrigin.HUMAN,
    status: Annotated[
        ImportedStatus | None, typer.Option(help="What they come in as, where not as usual.")
    ] = None,
    model: Annotated[str, typer.Option(help="The model that wrote them, to be remembered.")] = "",
    prompt_note: Annotated[str, typer.Option(help="A word on the prompt, to be remembered.")] = "",
    split: Annotated[Split | None, typer.Option(help="Where ids restart in every split.")] = None,
    mapping: MapOption = None,
    as_json: AsJson = False,
) -> None:
    """Import rationales by question id or text, several a question as samples; check them."""
    wanted = RationaleSource(
        name=source,
        origin=Origin(origin.value),
        status=RationaleStatus(status.value) if status else None,
        model=model,
        prompt_note=prompt_note,
        split=split,
        mapping=read_pairs(mapping or []),
    )
    with open_workspace() as session:
        done = import_rationales(session, current_actor(), path, dataset=dataset, source=wanted)
    for row in (*done.unmatched[:SHOWN], *done.without_text[:SHOWN]):
        say(row.reason)
    if done.differing:
        say(f"{done.differing} were there with another text, which was kept.")
    emit(
        {
            "added": done.added,
            "already_there": done.already_there,
            "unmatched": len(done.unmatched),
            "status": done.status,
            "differing": done.differing,
            "unmatched_rows": [row.reason for row in done.unmatched[:SHOWN]],
            "without_text": len(done.without_text),
        },
        as_json,
        f"Added {done.added} as {done.status}, already there {done.already_there}, "
        f"unmatched {len(done.unmatched)}, without a text {len(done.without_text)}.",
    )
