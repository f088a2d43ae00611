"""How long a run will take on this machine, from a ten-step try-out of its student."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from scicot.adapters.students.codec import Codec
from scicot.adapters.students.folders import StudentFolder, find_student
from scicot.adapters.students.identity import engine_version
from scicot.adapters.students.machine import run_threads
from scicot.adapters.students.probe import ProbeResult, run_probe
from scicot.pure.hashing import content_hash
from scicot.pure.methods import Task
from scicot.services.method_stages import plan_first_stages
from scicot.services.stages import find_stage, hash_stage
from scicot.services.training import check_training
from scicot.services.training_data import read_training_data
from scicot.services.training_preview import inspect_training
from scicot.words.configs import TrainingConfig
from scicot.words.records import Example, Method
from scicot.words.settings import Settings, get_settings

SAMPLE = 128  # examples, spread over all lengths


@dataclass(frozen=True, slots=True)
class TrainingEstimate:
    """Minutes of each part, and how many steps the try-out took."""

    training: float
    writing: float
    testing: float
    steps_tried: int

    @property
    def minutes(self) -> float:
        """All parts together."""
        return self.training + self.writing + self.testing


def estimate_training(session: Session, config: TrainingConfig) -> TrainingEstimate:
    """Return the minutes that the run will take here; stages that are there cost nothing.

    The try-out takes up to two minutes the first time and is then remembered for this student
    and these settings. The answering stage of sci_cot counts as the rationale stage's length.
    """
    settings = get_settings()
    check_training(session, config)
    data = read_training_data(session, config)
    student = find_student(config.student, settings)
    plans = plan_first_stages(config, data)
    codec = Codec.open(student.path, student.family)
    found = _probe_once(settings, student, config, plans[0].tasks[0].examples)
    training = 0.0
    for plan in plans:
        if find_stage(session, hash_stage(plan, student, config)) is None:
            training += _stage_seconds(codec, plan.tasks, config, found)
    preview = inspect_training(session, config)
    writing = 0
    if config.method is Method.SCI_COT:
        training += _stage_seconds(codec, plans[0].tasks, config, found)
        writing = len(data.validation)
        writing += 0 if config.stage2_rationales == "teacher" else len(data.train)
    texts = {Method.SCI_COT: 2, Method.STEP_BY_STEP: 2}.get(config.method, 1) + 1
    return TrainingEstimate(
        training=training / 60,
        writing=writing * found.per_text / 60,
        testing=preview.test_questions * texts * found.per_text / 60,
        steps_tried=found.steps,
    )


def _stage_seconds(
    codec: Codec, tasks: Sequence[Task], config: TrainingConfig, found: ProbeResult
) -> float:
    tokens = sum(
        len(codec.encode_input(one.input, config.max_input_tokens))
        + len(codec.encode_target(one.target, config.max_target_tokens))
        for task in tasks
        for one in task.examples
    )
    return tokens * config.epochs * found.per_token + found.per_stage


def _probe_once(
    settings: Settings,
    student: StudentFolder,
    config: TrainingConfig,
    examples: Sequence[Example],
) -> ProbeResult:
    """Return the try-out's result, kept under the hash of what it depends on."""
    sample = examples[:: max(1, len(examples) // SAMPLE)][:SAMPLE]
    chosen = ("tokens_per_batch", "max_input_tokens", "max_target_tokens", "max_rationale_tokens")
    key = content_hash(
        [
            engine_version(),
            student.fingerprint,
            config.model_dump(mode="json", include={*chosen, "precision"}),
            run_threads(settings),
        ]
    )
    path: Path = settings.artifacts_folder / "probes" / f"{key[:16]}.json"
    if path.is_file():
        return ProbeResult(**json.loads(path.read_text(encoding="utf-8")))
    result = run_probe(student, config, sample, run_threads(settings))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(result)), encoding="utf-8")
    return result
