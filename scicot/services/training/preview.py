"""What a training run would do, before it is started: texts, cuts, reuse, disk. No torch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from scicot.adapters.disk import free_bytes
from scicot.adapters.students.codec import Codec
from scicot.adapters.students.folders import StudentFolder, find_local_student
from scicot.pure.methods.plan import Writes
from scicot.pure.methods.registry import plan_of
from scicot.pure.methods.tasks import Task, count_seen
from scicot.pure.students.steps import Schedule, plan_steps
from scicot.services.questions.lookup import count_questions, dataset_named
from scicot.services.students.fitting import (
    TokenCounts,
    count_tokens,
    note_cuts,
    show_as_read,
)
from scicot.services.students.stages import StagePlan, find_stage, hash_stage
from scicot.services.training.data import TrainingData, read_training_data
from scicot.services.training.methods import count_examples, plan_known_stages
from scicot.services.training.room import fit_rationales
from scicot.services.training.training import check_training, choose_split
from scicot.words.configs import TrainingConfig
from scicot.words.records import Example
from scicot.words.settings import Settings

# A stage keeps its model twice (transformers and CTranslate2); while it trains there are up to
# three checkpoints of weights and two moments.
STAGE_COPIES, CHECKPOINT_COPIES = 2, 9


@dataclass(frozen=True, slots=True)
class StagePreview:
    """One stage of the run. `hash` and `counts` are None while they cannot be known."""

    role: str
    examples: int
    steps: int
    questions_per_step: int
    hash: str | None = None
    reused: bool = False
    counts: TokenCounts | None = None

    def summary(self) -> dict[str, Any]:
        """Return what a script reads of the stage; what is not known is None."""
        counts = self.counts
        return {
            "role": self.role,
            "examples": self.examples,
            "steps": self.steps,
            "questions_per_step": self.questions_per_step,
            "cut": counts.cut_inputs + counts.cut_targets if counts else None,
            "unknown_tokens": counts.unknown_tokens if counts else None,
            "reused": self.reused,
        }


@dataclass(frozen=True, slots=True)
class MixPart:
    """How many texts of one source are trained on, and what their loss weighs."""

    source: str
    texts: int
    weight: float


@dataclass(frozen=True, slots=True)
class TrainingPreview:
    """What the launch page shows; `notes` are sentences that deserve a look before starting."""

    train_questions: int
    test_questions: int
    split: str
    rationale_tokens: int | None  # the limit; None while the student is not here to count by
    cut_rationales: int | None
    has_rationales: bool
    stages: Sequence[StagePreview]
    first_batch: Sequence[Example]
    disk_needed: int | None
    disk_free: int
    notes: Sequence[str]
    mix: Sequence[MixPart] = ()
    is_drawn: bool = False  # of several texts an epoch shows one

    def sentence_of_mix(self) -> str | None:
        """Return whose texts are learned, how many a question; None where there is nothing to say.

        That is one text a question, of one source.
        """
        texts = sum(part.texts for part in self.mix)
        if len(self.mix) < 2 and texts <= self.train_questions:
            return None
        parts = [
            f"{part.texts:,} by {part.source}"
            + (f" at weight {part.weight:g}" if part.weight != 1 else "")
            for part in self.mix
        ]
        shown = "; an epoch shows one of a question's, drawn anew" if self.is_drawn else ""
        return (
            f"Learns {texts:,} texts of {self.train_questions:,} questions: "
            f"{', '.join(parts)}{shown}."
        )

    def sentence(self) -> str:
        """Return what the run trains on, answers and needs, for a person."""
        needed = (
            f"about {self.disk_needed / 1e9:.1f} GB of disk"
            if self.disk_needed is not None
            else "an unknown amount of disk"
        )
        return (
            f"Trains on {self.train_questions:,} questions, answers {self.test_questions:,} of "
            f"the {self.split} split, needs {needed}; {self.disk_free / 1e9:.0f} GB are free."
        )

    def sentence_of_room(self) -> str | None:
        """Return the limit of rationales and how many are cut; None where there are none."""
        if self.cut_rationales is None or not self.has_rationales:
            return None
        return (
            f"A rationale has up to {self.rationale_tokens} tokens, learned and written; "
            f"{self.cut_rationales:,} of the snapshot's are cut."
        )


def inspect_training(
    session: Session, settings: Settings, config: TrainingConfig
) -> TrainingPreview:
    """Return what the run would do; raises what `start_training` would raise.

    Where the student is not on this machine yet, what depends on its tokenizer is None.
    """
    config = choose_split(session, config)
    check_training(session, settings, config)
    data = read_training_data(session, config)
    student = find_local_student(config.student, settings)
    codec = Codec.open(student.path, student.family) if student else None
    room = fit_rationales(config, data, codec) if codec else None
    if room:
        config, data = room.config, room.data
    plans = plan_known_stages(config, data)
    cut_ids = room.cut_ids if room else ()
    stages = [
        _preview(session, plan, config, student, codec, cut_ids, settings.device) for plan in plans
    ]
    known = {stage.role for stage in stages}
    stages += [
        StagePreview(
            spec.role,
            count_examples(spec, config, data) * len(spec.tasks),
            _steps(config, count_examples(spec, config, data)),
            config.questions_per_step,
        )
        for spec in plan_of(config).stages
        if spec.role not in known
    ]
    tests = count_questions(session)[dataset_named(session, config.dataset)].get(
        config.evaluate_on, 0
    )
    needed = _disk_needed(student, stages, config)
    free = free_bytes(settings.artifacts_folder)
    return TrainingPreview(
        train_questions=len(data.train),
        test_questions=min(tests, config.limit_test or tests),
        split=config.evaluate_on,
        rationale_tokens=config.max_rationale_tokens,
        cut_rationales=room.cut if room else None,
        has_rationales=bool(data.rationales),
        mix=_find_mix(config, data),
        is_drawn=bool(data.more) and config.per_question == "one_an_epoch",
        stages=stages,
        first_batch=_first_batch(plans[0], config, codec),
        disk_needed=needed,
        disk_free=free,
        notes=[
            *_left_out_note(config, data.left_out, data.near_kept),
            *_selection_notes(plans),
            *_several_note(config, data),
            *_lessons_note(config, data),
            *_notes(config, settings, student, stages, needed, free),
        ],
    )


def _preview(
    session: Session,
    plan: StagePlan,
    config: TrainingConfig,
    student: StudentFolder | None,
    codec: Codec | None,
    cut_ids: Sequence[frozenset[int]],
    device: str,
) -> StagePreview:
    examples = sum(len(task.examples) for task in plan.tasks)
    preview = StagePreview(
        role=plan.role,
        examples=examples,
        steps=_steps(config, count_seen(plan.tasks[0].examples, config)) if plan.tasks else 0,
        questions_per_step=config.questions_per_step,
    )
    if student is None or codec is None:
        return preview
    stage_hash = hash_stage(plan, student, config, device)
    preview = replace(preview, hash=stage_hash, reused=find_stage(session, stage_hash) is not None)
    if not plan.tasks:
        return preview
    counts = count_tokens(codec, plan.tasks, config)
    cut = counts.cut_targets + _count_cut_rationales(config, plan, cut_ids)
    return replace(preview, counts=replace(counts, cut_targets=cut))


def _count_cut_rationales(
    config: TrainingConfig, plan: StagePlan, cut_ids: Sequence[frozenset[int]]
) -> int:
    """Return how many of the stage's targets hold a rationale that was cut."""
    specs = plan_of(config).stage(plan.name).tasks
    asked = {example.question_id for task in plan.tasks for example in task.examples}
    writing = sum(spec.writes is not Writes.ANSWER for spec in specs)
    return writing * sum(len(ids & asked) for ids in cut_ids)


def _find_mix(config: TrainingConfig, data: TrainingData) -> list[MixPart]:
    """Return whose texts are learned, the source with most first."""
    counts = Counter(source for texts in data.sources for source in texts.values())
    return [
        MixPart(source, texts, (config.source_weights or {}).get(source, 1.0))
        for source, texts in counts.most_common()
    ]


def _steps(config: TrainingConfig, questions: int) -> int:
    schedule = Schedule(questions, config.questions_per_step, config.epochs, config.steps)
    return schedule.total_steps


def _lengths(codec: Codec, tasks: Sequence[Task]) -> list[tuple[int, int]]:
    return [
        (len(codec.encode_input(example.input)), len(codec.encode_target(example.target)))
        for task in tasks
        for example in task.examples
    ]


def _first_batch(plan: StagePlan, config: TrainingConfig, codec: Codec | None) -> list[Example]:
    """Return the first step's questions as the student will see it, or the first examples."""
    examples = plan.tasks[0].examples if plan.tasks else ()
    if codec is None or not examples:
        return list(examples[:8])
    lengths = _lengths(codec, plan.tasks[:1])
    first, *_ = plan_steps(lengths, config.questions_per_step, config.tokens_per_batch, config.seed)
    limit = config.max_input_tokens
    return [
        replace(examples[index], input=show_as_read(codec, examples[index].input, limit))
        for batch in first
        for index in batch
    ]


def _disk_needed(
    student: StudentFolder | None, stages: Sequence[StagePreview], config: TrainingConfig
) -> int | None:
    if student is None:
        return None
    new = sum(not stage.reused for stage in stages)
    # checkpoints hold what is trained, which with LoRA is next to nothing
    held = CHECKPOINT_COPIES if new and not config.lora_rank else 0
    return student.weights_bytes * (new * STAGE_COPIES + held)


def _left_out_note(config: TrainingConfig, left_out: int, near_kept: int) -> list[str]:
    notes = []
    if left_out:
        alike = "word for word, or nearly so," if config.leave_out_near else "word for word"
        notes.append(
            f"{left_out} training questions stand {alike} in the test split too and are left "
            "out. leave_out_tested=false keeps them."
        )
    if near_kept:
        notes.append(
            f"{near_kept} training questions stand nearly word for word in the test split too and "
            "are kept. leave_out_near=true leaves them out; `duplicates list` shows them."
        )
    return notes


def _several_note(config: TrainingConfig, data: TrainingData) -> list[str]:
    """Return what several texts a question do to a run's length beside other methods' runs."""
    if not data.more or config.per_question != "all" or config.steps is not None:
        return []
    times = 1 + sum(map(len, data.more)) / max(1, len(data.train))
    return [
        f"An epoch shows every text, so that a stage that learns them takes {times:.1f} times the "
        "steps of one that does not. steps=N, or per_question=one_an_epoch, makes them equal."
    ]


def _lessons_note(config: TrainingConfig, data: TrainingData) -> list[str]:
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


def _selection_notes(plans: Sequence[StagePlan]) -> list[str]:
    """Return what selecting weights costs a stage that writes before it chooses."""
    return [
        f"Stage {plan.role} writes a rationale for each of {len(plan.validation.choosing)} "
        "validation questions after every epoch, to choose as at test. A lower limit_validation "
        "makes that shorter."
        for plan in plans
        if plan.validation and plan.validation.writes and plan.validation.choosing
    ]


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
    for stage in stages:
        if stage.counts:
            notes += note_cuts(stage.role, stage.examples, stage.counts)
    if needed is not None and needed > free:
        notes.append(
            f"The run needs about {needed / 1e9:.1f} GB of disk and {free / 1e9:.1f} GB are free "
            f"under {settings.artifacts_folder.name}. Make room first."
        )
    return notes
