"""What the runs chosen would do, in words, before anything is started."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages.shared.method_names import name_method
from pages.shared.plain_table import Cell, Head, Line, show_plain_table
from scicot.pure.hashing import content_hash
from scicot.pure.markdown import escape_markdown
from scicot.pure.runs.durations import say_duration
from scicot.services.training.estimate import data_mark, remembered_estimate
from scicot.services.training.preview import inspect_training
from scicot.services.training.previewed import TrainingPreview
from scicot.services.workspace import open_workspace
from scicot.words.configs import TrainingConfig

LOOKED_AT = "launch_looked_at"
MOST_KEPT = 12
HEADS = (
    Head("Stage", help="Each is a student of its own."),
    Head("Examples", is_number=True),
    Head("Steps", is_number=True),
    Head("Cut", is_number=True, help="Texts longer than the student takes."),
    Head("Costs", help="A stage that is there already is used again."),
)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What one run would do; `seconds` is None while nobody has tried the student here."""

    config: TrainingConfig
    preview: TrainingPreview
    seconds: float | None
    sentence: str | None


def look_ahead(configs: Sequence[TrainingConfig]) -> list[Outlook]:
    """Return what each run would do; looked up once for the same settings and data."""
    kept: dict[str, Outlook] = st.session_state.setdefault(LOOKED_AT, {})
    outlooks = []
    with open_workspace() as workspace:
        mark = data_mark(workspace, workspace.settings)
        for config in configs:
            key = content_hash([config.model_dump(mode="json"), mark])
            if key not in kept:
                preview = inspect_training(workspace, workspace.settings, config)
                found = remembered_estimate(workspace, workspace.settings, config)
                kept[key] = Outlook(
                    config,
                    preview,
                    found.seconds if found else None,
                    found.sentence() if found else None,
                )
                while len(kept) > MOST_KEPT:
                    kept.pop(next(iter(kept)))
            outlooks.append(kept[key])
    return outlooks


def say_outlook(outlooks: Sequence[Outlook], seeds: int) -> list[str]:
    """Return what starting would do, a sentence each; the outlooks are of the first seed.

    Which students of the other seeds are there was not looked up.
    """
    first = outlooks[0].preview
    split = {"test": "test", "validation": "validation"}.get(first.split, first.split)
    stages = [stage for outlook in outlooks for stage in outlook.preview.stages]
    reused = sum(stage.reused for stage in stages)
    trained = len(stages) - reused
    said = [
        f"**Trains** on {first.train_questions:,} questions and answers "
        f"{first.test_questions:,} of the {split} split.",
        f"**Makes** {trained:,} student{'' if trained == 1 else 's'}"
        + (
            f", and takes {reused:,} that {'is' if reused == 1 else 'are'} there at no cost"
            if reused
            else ""
        )
        + _say_seeds(reused, seeds),
    ]
    mixes = {outlook.preview.sentence_of_mix(): None for outlook in outlooks}
    for mix in filter(None, mixes):
        verb, rest = mix.split(" ", 1)
        said.append(f"**{verb}** {escape_markdown(rest)}")
    cut = max((outlook.preview.cut_rationales or 0) for outlook in outlooks)
    has_rationales = any(outlook.preview.has_rationales for outlook in outlooks)
    if first.cut_rationales is not None and has_rationales:
        said.append(
            f"**Cuts** {cut:,} rationales that are longer than the limit."
            if cut
            else "**Cuts** none: every rationale stays whole."
        )
    said.append(f"**Takes** {_say_time(outlooks, seeds)}")
    needed = [outlook.preview.disk_needed for outlook in outlooks]
    known = [size for size in needed if size is not None]
    room = (
        f"{'at least' if reused and seeds > 1 else 'about'} {sum(known) * seeds / 1e9:.1f} GB"
        if len(known) == len(needed)
        else "an unknown amount"
    )
    said.append(f"**Needs** {room} of disk; {first.disk_free / 1e9:.0f} GB are free.")
    said.append("**Costs** nothing: no teacher is asked.")
    return said


def _say_seeds(reused: int, seeds: int) -> str:
    """Return for which seeds it is so: what is there for one need not be there for another."""
    if seeds == 1:
        return "."
    if reused:
        return f", for the first of {seeds} seeds; each other one may have to make its own."
    return f", for each of {seeds} seeds."


def _say_time(outlooks: Sequence[Outlook], seeds: int) -> str:
    seconds = [outlook.seconds for outlook in outlooks]
    known = [value for value in seconds if value is not None]
    if len(known) < len(seconds):
        return "an unknown time: the student has not been tried on this machine."
    if len(outlooks) == 1 and seeds == 1 and outlooks[0].sentence:
        return outlooks[0].sentence[0].lower() + outlooks[0].sentence[1:]
    if seeds > 1 and any(stage.reused for found in outlooks for stage in found.preview.stages):
        took = say_duration(sum(known))
        return f"about {took} on this machine for the first seed; another one may take longer."
    return f"about {say_duration(sum(known) * seeds)} on this machine, one after another."


def show_details(outlooks: Sequence[Outlook]) -> None:
    """Show each run's stages, and the first texts as the student sees them."""
    for outlook in outlooks:
        if len(outlooks) > 1:
            st.caption(name_method(outlook.config.method))
        show_plain_table(
            HEADS,
            [Line(_cells(stage)) for stage in outlook.preview.stages],
            key=f"stages_{outlook.config.method}",
            label=f"Stages of {outlook.config.method}",
        )
    examples = outlooks[0].preview.first_batch[:2]
    if examples:
        st.caption("The first texts, as the student sees them: input, then what it is to write")
    for example in examples:
        st.code(f"{example.input}\n\n{example.target}", language=None, wrap_lines=True)


def _cells(stage: Any) -> list[Cell]:
    counts = stage.counts
    cut = f"{counts.cut_inputs + counts.cut_targets:,}" if counts else ""
    help_ = "Known once stage 1 has written its rationales." if counts is None else ""
    return [
        Cell(stage.role, help=f"Its hash: {stage.hash}" if stage.hash else ""),
        Cell(f"{stage.examples:,}"),
        Cell(f"{stage.steps:,}"),
        Cell(cut, help=help_),
        Cell("nothing: reused" if stage.reused else "training"),
    ]


def notes_of(outlooks: Sequence[Outlook]) -> list[str]:
    """Return what deserves a look before starting, each once."""
    notes = [escape_markdown(note) for outlook in outlooks for note in outlook.preview.notes]
    return list(dict.fromkeys(notes))
