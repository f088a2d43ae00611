"""Take a trained student along: a Hugging Face folder with a model card, and its fast form."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from db.models import SnapshotRow
from db.session import write
from scicot.adapters.students.folders import HUB_ID
from scicot.adapters.students.stages.export_files import (
    ExportedStage,
    refuse_filled,
    write_students,
)
from scicot.pure.evaluation.paper_captions import notes_on
from scicot.pure.methods.plan import describe_stage, is_fold
from scicot.pure.methods.registry import plan_of
from scicot.services.runs.runs import get_run
from scicot.services.students.stages import TrainedStage
from scicot.services.students.trained import load_trained
from scicot.words.configs import PAPER_STUDENT, STARTER_STUDENT, TrainingConfig
from scicot.words.errors import NotFound
from scicot.words.people import Action, needs
from scicot.words.records import Actor, Family
from scicot.words.runs import RunView
from scicot.words.settings import Settings

# of the students that we name ourselves
LICENSES = {PAPER_STUDENT: "apache-2.0", STARTER_STUDENT: "apache-2.0"}


@needs(Action.EXPORT)
def export_student(
    session: Session, actor: Actor, settings: Settings, run_id: int, folder: Path
) -> list[Path]:
    """Write each student of a run into a folder of its role's name and return the folders.

    `from_pretrained` loads each; `ct2/` inside holds the CTranslate2 form. The folder must be new
    or empty, and appears whole or not at all.
    """
    refuse_filled(folder)
    config, stages = load_trained(session, settings, run_id)
    run = get_run(session, run_id)
    snapshot = _say_snapshot(session, run)
    exported = {
        role: ExportedStage(stage.folder, write_card(run, config, stage, snapshot))
        for role, stage in stages.items()
        if not is_fold(role)
    }
    if not exported:
        raise NotFound(f"Run {run_id} has no student to export.")
    with write(session):
        pass  # nothing but who took it out
    return write_students(folder, exported)


def _say_snapshot(session: Session, run: RunView) -> str:
    """Return what the run trained on, as a reader elsewhere can tell it from another."""
    row = session.get(SnapshotRow, run.snapshot_id) if run.snapshot_id else None
    if row is None:
        return f"Trained on the training questions of '{run.dataset}', without rationales."
    return (
        f"Trained on the snapshot '{row.name}' of '{run.dataset}': {row.items:,} rationales, "
        f"content hash `{row.content_hash}`."
    )


def _license_of(student: str) -> tuple[str, str]:
    """Return a licence's mark for the card's head and the sentence about it."""
    known = LICENSES.get(student)
    if known is None:
        return "other", (
            "The student's weights are under the licence of what they started from, which Sci-CoT "
            "does not know; so are texts of the training questions. Name both before sharing."
        )
    return known, (
        f"The student's weights started from {student}, which is under {known}; the training "
        "questions and rationales keep the licence of where they come from."
    )


def write_card(
    run: RunView, config: TrainingConfig, stage: TrainedStage, snapshot: str = ""
) -> str:
    """Return the model card: what the student reads, how it was trained, what it reached."""
    is_on_hub = HUB_ID.fullmatch(config.student) is not None
    # a card travels: the folder of a local student is nobody else's business
    name = config.student if is_on_hub else Path(config.student).name
    shown = config.model_dump(mode="json", exclude_none=True) | {"student": name}
    base = f"base_model: {name}\n" if is_on_hub else ""
    reads = describe_stage(plan_of(config).stage(stage.role))
    mark, licence = _license_of(config.student)
    task = "text-generation" if stage.family is Family.CAUSAL else "text2text-generation"
    return "\n".join(
        [
            f"---\n{base}license: {mark}\npipeline_tag: {task}\ntags: [sci-cot]\n---",
            f"# {config.method}, {stage.role}: {name} on {config.dataset}",
            f"Trained with Sci-CoT ({run.code_version}). It reads {reads}.",
            *notes_on(config.student),
            f"Stage hash `{stage.hash}`, run {run.id}.",
            snapshot,
            "## Licence",
            licence,
            f"## Measured on the {config.evaluate_on} split",
            *_lines(run.metrics or {}),
            "`accuracy` is of generated answers, where what cannot be read counts as wrong; "
            "`option_accuracy` takes the most likely option.",
            "## Training",
            *_lines(stage.result),
            "## Settings of the run",
            *_lines(shown),
            "",
        ]
    )


def _lines(values: Mapping[str, Any]) -> list[str]:
    return [f"- {name}: {value}" for name, value in values.items() if value is not None]
