"""How long a run will take on this machine, from a ten-step try-out of its student."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import QuestionRow, StageRow
from scicot.adapters.students.codec import Codec
from scicot.adapters.students.folders import StudentFolder, find_local_student, find_student
from scicot.adapters.students.machine import choose_device, run_memory_bytes, run_threads
from scicot.adapters.students.training.identity import engine_version
from scicot.adapters.students.tryout.kept_probes import (
    KeptProbe,
    count_probes,
    keep_probe,
    probe_file,
    read_probe,
)
from scicot.adapters.students.tryout.probe import ProbeResult, run_probe
from scicot.pure.hashing import content_hash
from scicot.pure.methods.registry import plan_of
from scicot.pure.methods.tasks import Task, Validation, count_seen, make_task
from scicot.pure.runs.durations import say_duration
from scicot.pure.students.steps import Schedule
from scicot.services.questions.lookup import list_questions
from scicot.services.students.stages import StagePlan, find_stage, hash_stage
from scicot.services.training.between import count_asked
from scicot.services.training.data import read_training_data
from scicot.services.training.methods import (
    count_written,
    make_tasks,
    make_validation,
    plan_known_stages,
)
from scicot.services.training.room import fit_rationales
from scicot.services.training.training import check_training, choose_split
from scicot.words.configs import TrainingConfig
from scicot.words.records import Example, Split
from scicot.words.settings import Settings

SAMPLE = 128  # examples, spread over all lengths


@dataclass(frozen=True, slots=True)
class TrainingEstimate:
    """Seconds of each part; how many steps the try-out took, and when it was made.

    `slow_reason` is why CTranslate2 cannot answer for the student, where that is so.
    """

    training: float
    writing: float
    testing: float
    steps_tried: int
    tried_at: datetime
    slow_reason: str | None = None

    @property
    def seconds(self) -> float:
        """All parts together."""
        return self.training + self.writing + self.testing

    def sentence(self) -> str:
        """Return the estimate as a sentence for a person."""
        parts = [
            say_duration(seconds)
            for seconds in (self.seconds, self.training, self.writing, self.testing)
        ]
        sentence = (
            "About {} on this machine: training {}, writing rationales {}, answering {} "
            f"(from {self.steps_tried} steps tried here)."
        ).format(*parts)
        slow = (
            f" CTranslate2 cannot answer for this student ({self.slow_reason}); transformers does."
        )
        return sentence + (slow if self.slow_reason else "")


OnStep = Callable[[int], None]


def remembered_estimate(
    session: Session, settings: Settings, config: TrainingConfig
) -> TrainingEstimate | None:
    """Return how long the run will take here, None where the student has not been tried yet."""
    if find_local_student(config.student, settings) is None:
        return None
    return _estimate(session, settings, config, None)


def estimate_training(
    session: Session,
    settings: Settings,
    config: TrainingConfig,
    *,
    again: bool = False,
    on_step: OnStep = lambda _step: None,
) -> TrainingEstimate:
    """Return how long the run will take here; stages that are there cost nothing.

    The try-out takes up to two minutes the first time and is then remembered for this student
    and these settings; `again` makes it anew, for instance after one on a busy machine. `on_step`
    hears of its steps. What a stage will have written counts as long as the snapshot's rationales.
    """
    found = None if again else remembered_estimate(session, settings, config)
    if found is None:
        found = _estimate(session, settings, config, on_step)
    assert found is not None  # it was tried
    return found


def _estimate(
    session: Session, settings: Settings, config: TrainingConfig, on_step: OnStep | None
) -> TrainingEstimate | None:
    """Return the estimate from the try-out that is remembered; from a new one with `on_step`."""
    config = choose_split(session, config)
    check_training(session, settings, config)
    data = read_training_data(session, config)
    student = find_student(config.student, settings)
    codec = Codec.open(student.path, student.family)
    room = fit_rationales(config, data, codec)
    config, data = room.config, room.data
    plans = plan_known_stages(config, data)
    kept = probe_file(settings, _probe_key(settings, student, config))
    if on_step is None:
        tried = read_probe(kept)
        if tried is None:
            return None
    else:
        examples = _examples(session, config, plans)
        tried = _try_out(kept, settings, student, config, examples, on_step)
    probe, training = tried.result, 0.0
    for plan in plans:
        if find_stage(session, hash_stage(plan, student, config, settings.device)) is None:
            training += _stage_seconds(codec, plan.tasks, config, probe)
            training += _selection_seconds(plan.validation, plan.tasks, config, probe)
    whole, writing, known = plan_of(config), 0, {plan.role for plan in plans}
    for spec in whole.stages:
        writing += count_written(spec, data)
        if spec.role not in known:
            read = {task.reads: data.rationales for task in spec.tasks if task.reads}
            tasks = make_tasks(spec, config, data, read=read)
            training += _stage_seconds(codec, tasks, config, probe)
            validation = make_validation(spec, config, data)
            training += _selection_seconds(validation, tasks, config, probe)
    return TrainingEstimate(
        training=training,
        writing=writing * probe.per_text,
        testing=count_asked(session, config, data) * probe.per_text,
        steps_tried=probe.steps,
        tried_at=tried.tried_at,
        slow_reason=probe.slow_reason,
    )


def _examples(
    session: Session, config: TrainingConfig, plans: Sequence[StagePlan]
) -> Sequence[Example]:
    """Return what to try the student on: what it is trained on first, else what it is asked."""
    if plans[0].tasks:
        return plans[0].tasks[0].examples
    asked = list_questions(session, config.dataset, Split(config.evaluate_on), SAMPLE)
    return make_task(plan_of(config).answers.answer.task, asked).examples


def _stage_seconds(
    codec: Codec, tasks: Sequence[Task], config: TrainingConfig, found: ProbeResult
) -> float:
    if not tasks:
        return found.per_stage
    tokens = sum(
        len(codec.encode_input(example.input, config.max_input_tokens))
        + len(codec.encode_target(example.target, config.max_target_tokens))
        for task in tasks
        for example in task.examples
    )
    seen = count_seen(tasks[0].examples, config)
    schedule = Schedule(seen, config.questions_per_step, config.epochs, config.steps)
    shown = seen / max(1, len(tasks[0].examples))
    return tokens * shown * schedule.passes * found.per_token + found.per_stage


def _selection_seconds(
    validation: Validation | None, tasks: Sequence[Task], config: TrainingConfig, found: ProbeResult
) -> float:
    """Return how long the weights are tried on validation questions, after every epoch."""
    if validation is None or not tasks:
        return 0.0
    seen = count_seen(tasks[0].examples, config)
    schedule = Schedule(seen, config.questions_per_step, config.epochs, config.steps)
    texts = len(validation.choosing) * (1 + bool(validation.writes))
    return math.ceil(schedule.passes) * texts * found.per_text


def _probe_key(settings: Settings, student: StudentFolder, config: TrainingConfig) -> str:
    """Return the hash of what a try-out depends on."""
    chosen = ("tokens_per_batch", "max_input_tokens", "max_target_tokens", "max_rationale_tokens")
    return content_hash(
        [
            engine_version(),
            student.fingerprint,
            config.model_dump(mode="json", include={*chosen, "precision"}),
            run_threads(settings),
            settings.training_memory_mb,
            choose_device(settings.device),
        ]
    )


def _try_out(
    kept: Path,
    settings: Settings,
    student: StudentFolder,
    config: TrainingConfig,
    examples: Sequence[Example],
    on_step: OnStep,
) -> KeptProbe:
    sample = examples[:: max(1, len(examples) // SAMPLE)][:SAMPLE]
    threads = run_threads(settings)
    result = run_probe(
        student, config, sample, threads, settings.device, run_memory_bytes(settings), on_step
    )
    return keep_probe(kept, result)


def data_mark(session: Session, settings: Settings) -> tuple[int, int, int]:
    """Return what changes whenever a stage is trained, a question comes or a student is tried."""
    stages = session.scalar(select(func.count()).select_from(StageRow)) or 0
    newest = session.scalar(select(func.max(QuestionRow.id))) or 0
    return stages, newest, count_probes(settings)
