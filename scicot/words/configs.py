"""What a run is told to do: frozen, validated, stored whole on the run.

A default marked [paper] is the paper's choice; [ours] fills what the paper leaves open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from scicot.words.errors import InvalidConfig
from scicot.words.records import RationaleStatus, Split

PAPER_STUDENT = "google/flan-t5-small"
STARTER_STUDENT = "starter"
# What a student's folder may bring along; weights only as safetensors, and never code.
STUDENT_FILES = ("*.json", "*.safetensors", "*.model", "merges.txt", "vocab.txt")
PAPER_TEACHER = "openai:gpt-3.5-turbo"
STARTER_TEACHER = "starter"
FRACTIONS = (0.125, 0.25, 0.5, 1.0)
# [ours] for 135M pretrained causal weights at half a second an example on two cores: in this form
# they learn to choose from 300 questions, in the paper's they do not (docs/log.md)
STARTER_DEFAULTS: dict[str, Any] = {
    "answer_form": "text",
    "show_options": False,
    "epochs": 2.0,
    "questions_per_step": 8,
    "learning_rate": 5e-5,
    "tokens_per_batch": 512,
}
# What a setting that came later was fixed to before; where the default is that, none is needed.
BEFORE: dict[str, Any] = {"evaluate_on": "test"}
# Values that a setting no longer takes, and what a run that was told one of them goes on with.
NO_LONGER: dict[str, dict[Any, Any]] = {"inference": {"int8": "fp32"}}
# Settings that came when runs had hashes: with these values a run is the one that it was before.
NOT_HASHED: dict[str, Any] = {
    "per_question": "all",
    "source_weights": None,
    "lora_rank": 0,
    "processes": 1,
    "questions_per_shard": 5000,
    "reader": "student",
}
RATIONALE_TOKENS = 128  # [ours] a rationale's limit where no snapshot says how long they are
RATIONALE_SHARE = 0.99  # [ours] of a snapshot's rationales that the default limit leaves whole
AnswerForm = Literal["letter_and_text", "text", "letter"]
Reader = Literal["student", "llm"]  # of outputs: the strict one, and the one for large models


def still_taken(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored run's settings with what is taken today for values that are no more."""
    return {
        name: NO_LONGER[name].get(value, value) if name in NO_LONGER else value
        for name, value in stored.items()
    }


class Config(BaseModel):
    """A frozen record that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def checked(cls, **values: object) -> Self:
        """Return a validated config; raises InvalidConfig naming the field and what to do."""
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "config"
            raise InvalidConfig(
                f"Setting '{where}': {first['msg']} (given: {first['input']!r}). Correct it."
            ) from error


class TrainingConfig(Config):
    """One training run: method, data, student and optimisation.

    What only one method has is a field of its own config, beside its plan in `pure/methods`.
    Token limits are counted by the student's own tokenizer. The starter student has defaults of
    its own, since it is slower than the paper's student on a machine without a GPU.
    """

    method: str
    dataset: str
    snapshot: str | None = None  # the snapshot's name; finetune needs none
    student: str = PAPER_STUDENT  # [paper]
    fraction: float = Field(default=1.0, gt=0, le=1)
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    epochs: float = Field(default=10.0, gt=0, le=1000)  # [ours]
    steps: int | None = Field(default=None, ge=1)  # the length in optimizer steps, before `epochs`
    questions_per_step: int = Field(default=16, ge=1, le=4096)  # [ours] of one optimizer step
    deciding_weight: float = Field(default=1.0, gt=0, le=100)  # [paper] of the answer's letter
    learning_rate: float = Field(default=3e-4, gt=0, le=1)  # [ours]
    # [ours] of the matrices beside a student's own that alone are trained (LoRA); 0: all weights
    lora_rank: int = Field(default=0, ge=0, le=1024)
    # [ours] that train a stage together, each its share of every step: changes rounding alone
    processes: int = Field(default=1, ge=1, le=64)
    warmup_fraction: float = Field(default=0.05, ge=0, lt=1)  # [ours] then linear to zero
    weight_decay: float = Field(default=0.0, ge=0, le=1)  # [ours]
    gradient_clip: float = Field(default=1.0, gt=0)  # [ours] the gradient's largest norm
    tokens_per_batch: int = Field(default=2048, ge=16)  # [ours]
    max_input_tokens: int = Field(default=512, ge=8, le=8192)  # [ours]
    # [ours] none: as long as a rationale and an answer may be; else r is cut to it, never a
    max_target_tokens: int | None = Field(default=None, ge=4, le=8192)
    # [ours] learned and written; none: 99 % of the snapshot's rationales stay whole
    max_rationale_tokens: int | None = Field(default=None, ge=4, le=8192)
    answer_form: AnswerForm = "letter_and_text"  # [paper]
    show_options: bool = True  # [paper] in the input
    # what is cut from a rationale that states the answer, wherever a student learns or reads one
    strip_answer: Literal["none", "sentence"] = "none"  # [ours] nothing edited between stages
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    inference: Literal["fp32", "fp16", "bf16"] = "fp32"
    selection: Literal["last", "validation"] = "last"  # [ours] never the test split
    limit_validation: int | None = Field(default=256, ge=1)  # [ours]
    checkpoint_every: int = Field(default=200, ge=1)  # optimizer steps
    # [ours] of a question's rationales in the snapshot: an epoch shows all, or one drawn anew
    per_question: Literal["all", "one_an_epoch"] = "all"
    source_weights: dict[str, float] | None = None  # [ours] of the loss on its texts; else 1
    leave_out_tested: bool = True  # [ours] training questions that stand in the test split too
    leave_out_near: bool = False  # [ours] and those that stand there nearly word for word
    limit_train: int | None = Field(default=None, ge=1)
    # the split that the run answers; a dataset without a validation split falls back on test
    evaluate_on: Literal["validation", "test"] = "validation"  # [ours] test is for final runs
    limit_test: int | None = Field(default=None, ge=1)  # questions of that split

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, values: Any) -> Any:
        if not isinstance(values, dict) or values.get("student") != STARTER_STUDENT:
            return values
        usual = dict(STARTER_DEFAULTS)
        if values.get("answer_form", "text") != "text":
            del usual["show_options"]  # without the options a letter means nothing
        return usual | values

    @field_validator("source_weights", mode="before")
    @classmethod
    def _read_weights(cls, value: Any) -> Any:
        """Take what a command line can say: SOURCE=WEIGHT, several with commas."""
        if not isinstance(value, str):
            return value or None
        pairs = [part.rpartition("=") for part in value.split(",") if part.strip()]
        return {source.strip(): weight.strip() for source, _, weight in pairs} or None

    @model_validator(mode="after")
    def _refuse_what_contradicts(self) -> Self:
        weights = self.source_weights or {}
        if "" in weights or not all(0 < weight <= 100 for weight in weights.values()):
            raise ValueError(
                "each source has a weight above 0 and up to 100, as in "
                "source_weights=flan-t5=2,human=1; leave a source out of the snapshot to drop it"
            )
        if not self.show_options and self.answer_form != "text":
            raise ValueError(
                "without the options in the input a letter means nothing; use answer_form=text, "
                "or show_options=true"
            )
        return self


class ExperimentConfig(Config):
    """A grid of training runs: every method on every dataset, fraction and seed.

    `datasets` maps a dataset to the snapshot that its runs train on, or to several that are tried
    one beside the other; `settings` are the other settings of TrainingConfig, the same for every
    run; of one with a list, every value is tried by every method that has the setting. A `final`
    experiment is measured on the test split.
    """

    name: str = Field(min_length=1, max_length=100)
    final: bool = False
    methods: tuple[str, ...] = Field(min_length=1)
    datasets: dict[str, str | tuple[str, ...] | None] = Field(min_length=1)
    fractions: tuple[float, ...] = Field(default=(1.0,), min_length=1)
    seeds: tuple[int, ...] = Field(default=(0,), min_length=1)
    student: str = PAPER_STUDENT
    settings: dict[str, Any] = Field(default_factory=dict)
    few_shot: dict[str, Any] = Field(default_factory=dict)  # settings of that method's runs


class PredictionConfig(Config):
    """Which questions the students of a finished training run answer."""

    run: int
    dataset: str
    split: Split = Split.TEST
    limit: int | None = Field(default=None, ge=1)
    # of more questions than this each part is answered, and stored, by itself
    questions_per_shard: int = Field(default=5000, ge=1)


class ImportedConfig(Config):
    """Where the predictions of a run came from that was made elsewhere."""

    dataset: str
    split: Split = Split.TEST
    file: str = ""
    content_hash: str = ""
    reader: Reader = "student"


class AttributionConfig(Config):
    """Asking a two-stage run's answering stage again, to tell whose fault its errors are.

    `reference` is whose rationale stands for a good one; None where the run's questions have none.
    With `only_referenced` the others are not asked: the control needs no more, and a question that
    has none takes four answers.
    """

    run: int
    reference: Literal["teacher", "human"] | None = "teacher"
    only_referenced: bool = False

    @model_validator(mode="after")
    def _refuse_what_contradicts(self) -> Self:
        if self.only_referenced and self.reference is None:
            raise ValueError(
                "without a reference there are no questions that have one; choose a reference, or "
                "ask about all questions"
            )
        return self


class WorthConfig(Config):
    """Which rationales are measured for what they are worth, and by which student.

    `run` is a finished training run whose answering student judges; None for `student` as it is,
    asked in the form in which an untrained one answers best: the options' texts, not shown.
    `control` approved rationales of each source are also measured broken, as a control.
    """

    dataset: str
    run: int | None = None
    student: str = PAPER_STUDENT
    statuses: tuple[RationaleStatus, ...] = ()  # empty: all
    control: int = Field(default=0, ge=0, le=1000)
    folds: int = Field(default=2, ge=2, le=20)  # [ours] students for what the run trained on


class EstimateConfig(Config):
    """Trying a student for a few steps, to tell how long a run with these settings would take."""

    dataset: str
    student: str
    training: dict[str, Any]  # the run's settings, as it would be told them


class ImportConfig(Config):
    """Questions that are brought in by a run of their own; see `ReadOptions` for how."""

    location: str
    dataset: str
    split: Split | None = None
    skip_bad_rows: bool = False
    layout: str | None = None
    mapping: dict[str, str] = Field(default_factory=dict)
    keys: str | None = None
    encoding: str | None = None
    size: int = 500  # of a generated set
    seed: int = 0
    language: str | None = None
