"""What a training run would do, before it is started: texts, cuts, reuse, disk. No torch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from scicot.adapters.disk import free_bytes
from scicot.adapters.students.codec import Codec
from scicot.adapters.students.folders import StudentFolder, find_local_student
from scicot.pure.methods.plan import Writes
from scicot.pure.methods.registry import plan_of
from scicot.pure.methods.tasks import Task, count_seen
from scicot.pure.students.steps import Schedule, plan_steps
from scicot.services.questions.lookup import count_questions, dataset_named
from scicot.services.students.fitting import count_tokens, show_as_read
from scicot.services.students.stages import StagePlan, find_stage, hash_stage
from scicot.services.training.data import TrainingData, read_training_data
from scicot.services.training.methods import count_examples, plan_known_stages
from scicot.services.training.preview_notes import (
    note_cut_beside,
    note_disk,
    note_left_out,
    note_lessons,
    note_selecting,
    note_selection,
    note_several,
    note_student,
)
from scicot.services.training.previewed import MixPart, StagePreview, TrainingPreview
from scicot.services.training.room import fit_rationales
from scicot.services.training.training import check_training, choose_split
from scicot.words.configs import TrainingConfig
from scicot.words.records import Example
from scicot.words.settings import Settings

# A stage keeps its model twice (transformers and CTranslate2); while it trains there are up to
# three checkpoints of weights and two moments.
STAGE_COPIES, CHECKPOINT_COPIES = 2, 9


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
            *note_left_out(config, data),
            *note_selection(plans),
            *note_selecting(config, data),
            *note_cut_beside(config, room.cut_beside if room else {}),
            *note_several(config, data),
            *note_lessons(config, data),
            *note_student(config, student, stages),
            *note_disk(settings, needed, free),
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
