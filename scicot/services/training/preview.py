"""What a training run would do, before it is started: texts, cuts, reuse, disk. No torch."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from scicot.adapters.students.codec import Codec
from scicot.adapters.students.folders import StudentFolder, find_local_student
from scicot.pure.methods.registry import plan_of
from scicot.pure.methods.tasks import Task
from scicot.pure.students.steps import Schedule, plan_steps
from scicot.services.questions.lookup import count_questions
from scicot.services.students.stages import StagePlan, find_stage, hash_stage
from scicot.services.training.data import read_training_data
from scicot.services.training.methods import plan_known_stages
from scicot.services.training.training import check_training
from scicot.words.configs import TrainingConfig
from scicot.words.records import Example, Split
from scicot.words.settings import Settings

# A stage keeps its model twice (transformers and CTranslate2); while it trains there are up to
# three checkpoints of weights and two moments.
STAGE_COPIES, CHECKPOINT_COPIES = 2, 9


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """How long the texts are for this student, and how many are cut."""

    longest_input: int
    longest_target: int
    cut_inputs: int
    cut_targets: int


@dataclass(frozen=True, slots=True)
class StagePreview:
    """One stage of the run. `hash` and `counts` are None while they cannot be known."""

    role: str
    examples: int
    steps: int | None
    hash: str | None
    reused: bool
    counts: TokenCounts | None


@dataclass(frozen=True, slots=True)
class TrainingPreview:
    """What the launch page shows; `notes` are sentences that deserve a look before starting."""

    train_questions: int
    test_questions: int
    stages: Sequence[StagePreview]
    first_batch: Sequence[Example]
    disk_needed: int | None
    disk_free: int
    notes: Sequence[str]

    def sentence(self) -> str:
        """Return what the run trains on, answers and needs, for a person."""
        needed = (
            f"about {self.disk_needed / 1e9:.1f} GB of disk"
            if self.disk_needed is not None
            else "an unknown amount of disk"
        )
        return (
            f"Trains on {self.train_questions:,} questions, answers {self.test_questions:,} of "
            f"the test split, needs {needed}; {self.disk_free / 1e9:.0f} GB are free."
        )


def inspect_training(
    session: Session, settings: Settings, config: TrainingConfig
) -> TrainingPreview:
    """Return what the run would do; raises what `start_training` would raise.

    Where the student is not on this machine yet, what depends on its tokenizer is None.
    """
    check_training(session, settings, config)
    data = read_training_data(session, config)
    student = find_local_student(config.student, settings)
    codec = Codec.open(student.path, student.family) if student else None
    plans = plan_known_stages(config, data)
    stages = [_preview(session, plan, config, student, codec) for plan in plans]
    known = {stage.role for stage in stages}
    stages += [
        StagePreview(spec.role, len(data.train) * len(spec.tasks), None, None, False, None)
        for spec in plan_of(config).stages
        if spec.role not in known
    ]
    tests = count_questions(session)[config.dataset].get(Split.TEST.value, 0)
    needed = _disk_needed(student, stages)
    free = _disk_free(settings.artifacts_folder)
    return TrainingPreview(
        train_questions=len(data.train),
        test_questions=min(tests, config.limit_test or tests),
        stages=stages,
        first_batch=_first_batch(plans[0], config, codec),
        disk_needed=needed,
        disk_free=free,
        notes=_notes(config, settings, student, stages, needed, free),
    )


def _preview(
    session: Session,
    plan: StagePlan,
    config: TrainingConfig,
    student: StudentFolder | None,
    codec: Codec | None,
) -> StagePreview:
    examples = sum(len(task.examples) for task in plan.tasks)
    if student is None or codec is None:
        return StagePreview(plan.role, examples, None, None, False, None)
    stage_hash = hash_stage(plan, student, config)
    reused = find_stage(session, stage_hash) is not None
    if not plan.tasks:
        return StagePreview(plan.role, 0, 0, stage_hash, reused, None)
    lengths = _lengths(codec, plan.tasks)
    cut = [
        (inputs > config.max_input_tokens, targets > config.max_target_tokens)
        for inputs, targets in lengths
    ]
    schedule = Schedule(
        len(plan.tasks[0].examples), config.questions_per_step, config.epochs, config.steps
    )
    return StagePreview(
        role=plan.role,
        examples=examples,
        steps=schedule.total_steps,
        hash=stage_hash,
        reused=reused,
        counts=TokenCounts(
            longest_input=max(inputs for inputs, _ in lengths),
            longest_target=max(targets for _, targets in lengths),
            cut_inputs=sum(one for one, _ in cut),
            cut_targets=sum(one for _, one in cut),
        ),
    )


def _lengths(codec: Codec, tasks: Sequence[Task]) -> list[tuple[int, int]]:
    return [
        (len(codec.encode_input(one.input)), len(codec.encode_target(one.target)))
        for task in tasks
        for one in task.examples
    ]


def _first_batch(plan: StagePlan, config: TrainingConfig, codec: Codec | None) -> list[Example]:
    """Return the first step's questions as the student will see it, or the first examples."""
    examples = plan.tasks[0].examples if plan.tasks else ()
    if codec is None or not examples:
        return list(examples[:8])
    lengths = _lengths(codec, plan.tasks[:1])
    first, *_ = plan_steps(lengths, config.questions_per_step, config.tokens_per_batch, config.seed)
    return [examples[index] for batch in first for index in batch]


def _disk_needed(student: StudentFolder | None, stages: Sequence[StagePreview]) -> int | None:
    if student is None:
        return None
    new = sum(not stage.reused for stage in stages)
    return student.weights_bytes * (new * STAGE_COPIES + (CHECKPOINT_COPIES if new else 0))


def _disk_free(folder: Path) -> int:
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _notes(
    config: TrainingConfig,
    settings: Settings,
    student: StudentFolder | None,
    stages: Sequence[StagePreview],
    needed: int | None,
    free: int,
) -> list[str]:
    notes = []
    if student is None:
        notes.append(
            f"Student '{config.student}' is not on this machine yet; the run gets it first. "
            "Lengths and reuse are known once it is here."
        )
    notes += [
        f"Stage {stage.role}: {stage.counts.cut_inputs} inputs and {stage.counts.cut_targets} "
        f"targets of {stage.examples} are longer than the limits and are cut. Raise "
        "max_input_tokens or max_target_tokens to keep them."
        for stage in stages
        if stage.counts and (stage.counts.cut_inputs or stage.counts.cut_targets)
    ]
    if needed is not None and needed > free:
        notes.append(
            f"The run needs about {needed / 1e9:.1f} GB of disk and {free / 1e9:.1f} GB are free "
            f"under {settings.artifacts_folder.name}. Make room first."
        )
    return notes
