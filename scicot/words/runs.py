"""A run as screens, commands and services see it, with the settings and the result of its kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NotRequired, TypedDict, TypeVar

from scicot.words.asking_configs import FewShotConfig, GenerationConfig
from scicot.words.configs import (
    BEFORE,
    STARTER_TEACHER,
    AttributionConfig,
    Config,
    ImportedConfig,
    PredictionConfig,
    TrainingConfig,
    still_taken,
)
from scicot.words.errors import RunNotInState
from scicot.words.records import ASKING, RunKind, RunStatus, Split

C = TypeVar("C", bound=Config)


class AnsweringResult(TypedDict):
    """What a run that answered questions came to: `metrics` as `measure` gives them."""

    metrics: dict[str, Any]


class TrainingResult(AnsweringResult):
    """What a training run came to; seconds by part and under `all`."""

    evaluated_on: str
    training_sample: dict[str, Any] | None  # the metrics on questions it was trained on
    max_rationale_tokens: int | None  # the limit of rationales, learned and written
    cut_rationales: int  # of the snapshot
    cut_beside: NotRequired[dict[str, int]]  # validation references and texts for other options
    unended: dict[str, int]  # outputs that reached their limit, by stage, purpose and split
    stripped: dict[str, Any]  # what `strip_answer` took from the snapshot's texts; all by kind
    stages: dict[str, dict[str, Any]]
    between_stages: dict[str, Any] | None  # what a second stage learned from and is asked with
    training_questions: int
    left_out_of_training: int  # that stand in the test split too
    near_kept_in_training: NotRequired[int]  # that stand there nearly word for word
    lessons: NotRequired[int]  # questions with what the method learns beside rationales
    inference: dict[str, Any]
    seconds: dict[str, float]
    peak_memory_bytes: int


class PredictionResult(AnsweringResult):
    """What a run came to in which another run's students answered."""

    students_of_run: int
    inference: dict[str, Any]
    stripped: NotRequired[dict[str, Any]]  # what `strip_answer` took, by kind of text
    shards: NotRequired[int]  # 0: answered in one piece


class TeacherCounts(TypedDict):
    """What a run that asks a teacher has come to so far: the counts that `generate` prints."""

    questions: int
    stored: int
    failed: int
    calls: int
    cost_usd: float | None
    waiting: int
    maybe_paid_calls: int
    shared: int
    by_state: dict[str, int]
    own_answers: dict[str, int] | None


class TeacherResult(TeacherCounts):
    """What a run that asked a teacher came to; `message` says what is missing."""

    message: str


@dataclass(frozen=True, slots=True)
class RunView:
    """What a screen or command shows of a run. `status` is `lost` when the heartbeat is stale.

    `config` is what the run was told, as it is stored; the properties are the same as a record of
    its kind and raise RunNotInState for a run of another kind.
    """

    id: int
    kind: RunKind
    name: str
    method: str | None
    dataset: str | None
    status: RunStatus
    config: Mapping[str, object]
    config_hash: str
    snapshot_id: int | None
    experiment_id: int | None
    progress_done: int
    progress_total: int
    message: str
    error: str | None
    result: Mapping[str, object]
    actor: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    heartbeat_at: datetime | None
    cancel_requested: bool
    code_version: str
    packages: Mapping[str, str] = field(default_factory=dict)
    launcher: str = "local"
    note: str = ""
    tags: Sequence[str] = ()
    archived_at: datetime | None = None

    @property
    def training(self) -> TrainingConfig:
        """A training run's settings that every method has; its method's own are not among them."""
        return self._settings(
            RunKind.TRAIN,
            TrainingConfig,
            BEFORE | {"method": self.method} | self._known(TrainingConfig),
        )

    @property
    def carried_out(self) -> Mapping[str, object]:
        """What it was told, with the precision that its stages were trained in, where known.

        `auto` is bf16 on one machine and fp32 on another.
        """
        trained_in = self._of_stages("precision")
        return {**self.config, "precision": " and ".join(trained_in)} if trained_in else self.config

    @property
    def engines(self) -> tuple[str, ...]:
        """The versions of the training engine that its stages are of; empty where not known."""
        return self._of_stages("engine")

    @property
    def generation(self) -> GenerationConfig:
        """A generation run's settings."""
        return self._settings(RunKind.GENERATE, GenerationConfig, self._known(GenerationConfig))

    @property
    def few_shot(self) -> FewShotConfig:
        """A few-shot run's settings."""
        return self._settings(RunKind.FEW_SHOT, FewShotConfig, self._known(FewShotConfig))

    @property
    def prediction(self) -> PredictionConfig:
        """The settings of a run in which another run's students answer."""
        return self._settings(RunKind.PREDICT, PredictionConfig, self._known(PredictionConfig))

    @property
    def imported(self) -> ImportedConfig:
        """Where the predictions of a run that was made elsewhere came from."""
        return self._settings(RunKind.IMPORTED, ImportedConfig, self._known(ImportedConfig))

    @property
    def attribution(self) -> AttributionConfig:
        """The settings of a run that asks an answering stage again."""
        return self._settings(RunKind.ATTRIBUTE, AttributionConfig, self._known(AttributionConfig))

    @property
    def split(self) -> Split:
        """The split that its main predictions are of."""
        if self.kind is RunKind.TRAIN:
            return Split(self.training.evaluate_on)
        if self.kind is RunKind.PREDICT:
            return self.prediction.split
        if self.kind is RunKind.FEW_SHOT:
            return self.few_shot.split
        return self.imported.split if self.kind is RunKind.IMPORTED else Split.TEST

    @property
    def seed(self) -> int | None:
        """What its draws began with; None for a run of a kind that draws nothing."""
        if self.kind is RunKind.TRAIN:
            return self.training.seed
        return self.few_shot.seed if self.kind is RunKind.FEW_SHOT else None

    @property
    def may_pay(self) -> bool:
        """Whether it asks a teacher whose answers under way may have been paid for."""
        return self.kind in ASKING and self.config.get("teacher") != STARTER_TEACHER

    @property
    def metrics(self) -> Mapping[str, Any] | None:
        """What was measured on its answers; None until there are any."""
        metrics = self.result.get("metrics")
        return metrics if isinstance(metrics, Mapping) else None

    def _of_stages(self, name: str) -> tuple[str, ...]:
        """Return what the run's stages say of themselves under a name, each value once."""
        stages = self.result.get("stages")
        listed = stages.values() if isinstance(stages, Mapping) else ()
        said = {stage.get(name) for stage in listed if isinstance(stage, Mapping)}
        return tuple(sorted(str(value) for value in said if value is not None))

    def _known(self, config: type[Config]) -> dict[str, object]:
        """Return what the run was told of these settings, and the dataset of its row.

        A setting that is no more, of a run from before, is left out; for a value that is no more
        stands what the run goes on with.
        """
        stored = still_taken(self.config)
        told = {key: stored[key] for key in config.model_fields if key in stored}
        return ({"dataset": self.dataset or ""} if "dataset" in config.model_fields else {}) | told

    def _settings(self, kind: RunKind, config: type[C], values: Mapping[str, object]) -> C:
        if self.kind is not kind:
            raise RunNotInState(
                f"Run {self.id} is a {self.kind} run. Choose a {kind} run: "
                "`python -m scicot runs list` shows them."
            )
        return config.checked(**values)
