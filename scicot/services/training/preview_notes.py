"""What deserves a look before a training run is started, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scicot.adapters.students.folders import StudentFolder
from scicot.pure.methods.plan import find_choosing
from scicot.pure.methods.registry import plan_of
from scicot.services.students.fitting import note_cuts
from scicot.services.students.stages import StagePlan
from scicot.services.training.data import TrainingData
from scicot.services.training.previewed import StagePreview
from scicot.words.configs import TrainingConfig
from scicot.words.settings import Settings

FEW = 20  # validation rationales under which chance decides much of which weights are kept


def note_left_out(config: TrainingConfig, data: TrainingData) -> list[str]:
    """Return how many training questions the test split has too, and what is done with them."""
    notes = []
    if data.left_out:
        alike = "word for word, or nearly so," if config.leave_out_near else "word for word"
        notes.append(
            f"{data.left_out} training questions stand {alike} in the test split too and are left "
            "out. leave_out_tested=false keeps them."
        )
    if data.near_kept:
        notes.append(
            f"{data.near_kept} training questions stand nearly word for word in the test split too "
            "and are kept. leave_out_near=true leaves them out; `duplicates list` shows them."
        )
    return notes


def note_several(config: TrainingConfig, data: TrainingData) -> list[str]:
    """Return what several texts a question do to a run's length beside other methods' runs."""
    if not data.more or config.per_question != "all" or config.steps is not None:
        return []
    times = 1 + sum(map(len, data.more)) / max(1, len(data.train))
    return [
        f"An epoch shows every text, so that a stage that learns them takes {times:.1f} times the "
        "steps of one that does not. steps=N, or per_question=one_an_epoch, makes them equal."
    ]


def note_lessons(config: TrainingConfig, data: TrainingData) -> list[str]:
    """Return of how many questions a method has what it learns beside rationales."""
    of_whole = f"of {len(data.train):,} questions"
    if data.others:
        longer = ""
        if config.per_question == "all" and config.steps is None:
            longer = " Its answering stage takes as many more steps; steps=N makes methods equal."
        return [f"Learns a text for another option {of_whole}: {len(data.others):,}.{longer}"]
    if data.shares:
        return [f"Learns a teacher's probabilities {of_whole}: {len(data.shares):,}."]
    return []


def note_selection(plans: Sequence[StagePlan]) -> list[str]:
    """Return what selecting weights costs a stage that writes before it chooses."""
    return [
        f"Stage {plan.role} writes a rationale for each of {len(plan.validation.choosing)} "
        "validation questions after every epoch, to choose as at test. A lower limit_validation "
        "makes that shorter."
        for plan in plans
        if plan.validation and plan.validation.writes and plan.validation.choosing
    ]


def note_selecting(config: TrainingConfig, data: TrainingData) -> list[str]:
    """Return by how little a stage is selected, and that the run is measured by the same."""
    stages = [stage for stage in plan_of(config).stages if stage.tasks]
    if config.selection != "validation" or not stages:
        return []
    writing = [stage.role for stage in stages if not find_choosing(stage)]
    count, notes = len(data.validation_rationales), []
    if writing and count < FEW:
        notes.append(
            f"Stage {writing[0]} is selected by its loss on the approved rationales of "
            f"{count} validation question{'' if count == 1 else 's'}, which is few. Approve more, "
            "or use selection=last."
        )
    if config.evaluate_on == "validation":
        notes.append(
            "The validation questions select the weights, and the run is measured on the same, so "
            "that its accuracy looks better than on new ones. selection=last selects by none."
        )
    return notes


def note_cut_beside(config: TrainingConfig, cut: Mapping[str, int]) -> list[str]:
    """Return how many texts beside the snapshot's are cut to the limit of rationales."""
    if not cut:
        return []
    said = " and ".join(f"{count:,} ({kind})" for kind, count in cut.items())
    return [
        f"Texts beside the snapshot's that are cut to {config.max_rationale_tokens} tokens: {said}."
    ]


def note_student(
    config: TrainingConfig, student: StudentFolder | None, stages: Sequence[StagePreview]
) -> list[str]:
    """Return that the student is not here yet, or what of the texts it would not read whole."""
    notes = []
    if student is None:
        notes.append(
            f"Student '{config.student}' is not on this machine yet; the run gets it first. "
            "Lengths and reuse are known once it is here."
        )
    for stage in stages:
        if stage.counts:
            notes += note_cuts(stage.role, stage.examples, stage.counts)
    return notes


def note_disk(settings: Settings, needed: int | None, free: int) -> list[str]:
    """Return that the disk has less room than the run needs (bytes), where it is so."""
    if needed is None or needed <= free:
        return []
    return [
        f"The run needs about {needed / 1e9:.1f} GB of disk and {free / 1e9:.1f} GB are free "
        f"under {settings.artifacts_folder.name}. Make room first."
    ]
