"""The nouns of the product as frozen records, and the enumerations they use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from scicot.words.errors import InvalidQuestion


class Role(StrEnum):
    """What somebody may do: read, also review, or everything. Each includes the one before."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    ADMIN = "admin"

    def reaches(self, needed: Role) -> bool:
        """Return whether this role includes what the other one may do."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


class Split(StrEnum):
    """Which part of a dataset a question belongs to."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


class AnswerKind(StrEnum):
    """How a free answer is compared: as a number, as a text or as a list."""

    NUMBER = "number"
    TEXT = "text"
    LIST = "list"


class Origin(StrEnum):
    """Who wrote a rationale."""

    TEACHER = "teacher"
    STUDENT = "student"
    HUMAN = "human"


class Verdict(StrEnum):
    """What a reviewer decided about one revision."""

    ACCEPT = "accept"
    EDIT = "edit"
    REJECT = "reject"
    SKIP = "skip"


class RationaleStatus(StrEnum):
    """Where a rationale stands in review."""

    UNREVIEWED = "unreviewed"
    ACCEPTED = "accepted"
    EDITED = "edited"
    REJECTED = "rejected"
    SKIPPED = "skipped"


# what a student may train on: a person said yes to the text, as it was or after mending it
APPROVED = (RationaleStatus.ACCEPTED, RationaleStatus.EDITED)
DECIDED = (*APPROVED, RationaleStatus.REJECTED)


class Cause(StrEnum):
    """Why a revision was written."""

    GENERATED = "generated"
    IMPORTED = "imported"
    EDITED = "edited"
    RULE = "rule"
    RESTORED = "restored"
    UNDONE = "undone"


class CompletionState(StrEnum):
    """Where one paid call to the teacher stands; it ends in one of the last six."""

    PENDING = "pending"
    IN_FLIGHT = "in_flight"
    STORED = "stored"
    TRUNCATED = "truncated"
    REFUSED = "refused"
    INVALID = "invalid"
    FAILED = "failed"
    MAYBE_PAID = "maybe_paid"


# where a completion has a text that can be read, whole or cut at the longest
HAS_TEXT = (CompletionState.STORED, CompletionState.TRUNCATED)


class Family(StrEnum):
    """How a student is built."""

    ENCODER_DECODER = "encoder-decoder"
    CAUSAL = "causal"


class RunKind(StrEnum):
    """What a run does."""

    GENERATE = "generate"
    TRAIN = "train"
    PREDICT = "predict"
    ATTRIBUTE = "attribute"
    WORTH = "worth"
    FEW_SHOT = "few_shot"
    IMPORTED = "imported"
    JUDGE = "judge"
    LESSON = "lesson"  # a teacher is asked for what only some methods learn from
    ESTIMATE = "estimate"  # a student is tried, to tell how long a run would take
    IMPORT = "import"  # questions are brought in


ASKING = (RunKind.GENERATE, RunKind.FEW_SHOT, RunKind.LESSON, RunKind.JUDGE)  # a teacher


class RunStatus(StrEnum):
    """Where a run stands. `lost` is read off a stale heartbeat, never written by a worker."""

    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"

    @property
    def is_finished(self) -> bool:
        """True when no worker will change the run any more."""
        return self in (RunStatus.DONE, RunStatus.FAILED, RunStatus.CANCELLED)


UNDER_WAY = (RunStatus.QUEUED, RunStatus.STARTING, RunStatus.RUNNING)  # not over yet
NOT_BEGUN = (RunStatus.QUEUED, RunStatus.STARTING)  # no worker has it yet
ENDED_BADLY = (RunStatus.FAILED, RunStatus.LOST, RunStatus.CANCELLED)  # can be resumed


class Tracker(StrEnum):
    """A tool that shows runs."""

    TENSORBOARD = "tensorboard"
    MLFLOW = "mlflow"
    WANDB = "wandb"


class Outcome(StrEnum):
    """How a prediction compares with the answer key. Unreadable is not incorrect.

    Unscored: the question's key is not known, so nothing can be said.
    """

    CORRECT = "correct"
    INCORRECT = "incorrect"
    NO_ANSWER = "no_answer"
    UNSCORED = "unscored"


class NoAnswer(StrEnum):
    """Why no answer could be read from an output."""

    TWO_LABELS = "two_labels"
    LABEL_AGAINST_TEXT = "label_against_text"  # the label of one choice beside another's text
    NONE = "none"  # it never comes to an answer
    CUT_OFF = "cut_off"  # the limit was reached before an answer came


class Variant(StrEnum):
    """Which rationale the answering stage was given for a prediction."""

    MAIN = "main"
    TEACHER_RATIONALE = "teacher_rationale"
    NO_RATIONALE = "no_rationale"
    OTHER_RATIONALE = "other_rationale"
    OTHER_RATIONALE_2 = "other_rationale_2"
    OTHER_RATIONALE_3 = "other_rationale_3"
    MASKED_REFERENCE = "masked_reference"


class Severity(StrEnum):
    """How much a flag should worry a reviewer."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class RuleKind(StrEnum):
    """How a cleaning rule changes a text."""

    LITERAL = "literal"
    REGEX = "regex"
    STRIP_PREFIX = "strip_prefix"
    STRIP_SUFFIX = "strip_suffix"
    DROP_SENTENCE = "drop_sentence"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something; every write carries one.

    On one's own machine a name is enough: whoever sits there is the administrator.
    """

    name: str
    role: Role = Role.ADMIN


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a question and its letter or digit, as in the source."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """One item: stem, choices and answer key; or, with an `answer_form`, an answer of its own.

    An empty `answer_key` is unknown (a blind test). `group` names what several questions share, a
    passage say; `language` is the dataset's, None where it was not told. Raises InvalidQuestion
    when the fields contradict each other.
    """

    external_id: str
    stem: str
    choices: tuple[Choice, ...]
    answer_key: str
    dataset: str = ""
    split: Split = Split.TRAIN
    answer_form: AnswerKind | None = None
    group: str | None = None
    language: str | None = None

    def __post_init__(self) -> None:
        """Refuse a question that could not be asked or marked."""
        if not self.external_id.strip():
            raise InvalidQuestion("The field 'id' is empty. Give each question an id of its own.")
        if not self.stem.strip():
            raise InvalidQuestion("The field 'stem' is empty. A question needs a text.")
        if self.answer_form is None:
            self._refuse_choices()
        elif self.choices:
            raise InvalidQuestion("A question with a free answer has no 'choices'. Drop them.")

    def _refuse_choices(self) -> None:
        if not 2 <= len(self.choices) <= 10:
            raise InvalidQuestion(
                f"'choices' holds {len(self.choices)} options. A question needs 2 to 10 of them."
            )
        labels = [choice.label for choice in self.choices]
        for choice in self.choices:
            if not choice.label.strip() or not choice.text.strip():
                raise InvalidQuestion(
                    "'choices' holds an option with an empty label or text. Fill it in."
                )
        if len(set(labels)) != len(labels):
            raise InvalidQuestion(
                f"'choices' uses a label twice ({', '.join(labels)}). Labels must differ."
            )
        if self.answer_key and self.answer_key not in labels:
            raise InvalidQuestion(
                f"answer_key {self.answer_key!r} is not among {', '.join(labels)}. "
                "Correct the key or the labels."
            )

    @property
    def is_labelled(self) -> bool:
        """True when the right answer is known, so that predictions can be scored."""
        return bool(self.answer_key)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels in the order shown."""
        return tuple(choice.label for choice in self.choices)

    @property
    def key_text(self) -> str:
        """The text of the correct choice, or the free answer; KeyError when it is not known."""
        if self.answer_form is not None and self.answer_key:
            return self.answer_key
        return self.choice_text(self.answer_key)

    @property
    def shown_key(self) -> str:
        """The answer as it is shown: label and text, or the free answer; empty when unknown."""
        if not self.answer_key or self.answer_form is not None:
            return self.answer_key
        return f"({self.answer_key}) {self.key_text}"

    def choice_text(self, label: str) -> str:
        """Return the text of the choice with this label; KeyError when there is none."""
        for choice in self.choices:
            if choice.label == label:
                return choice.text
        raise KeyError(label)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredQuestion(Question):
    """A question of the database; `id` is the database's own, another one's is another."""

    id: int


@dataclass(frozen=True, slots=True)
class Flag:
    """What one check found wrong in a rationale, with the span it found it in.

    `start` and `end` are character offsets into the checked text; None when the flag is about
    the whole text.
    """

    check: str
    severity: Severity
    message: str
    start: int | None = None
    end: int | None = None
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Rationale:
    """An explanation text with its origin, review status and current revision.

    `sample` counts the rationales that one source wrote for the question, from 0.
    """

    id: int
    question_id: int
    origin: Origin
    source: str
    status: RationaleStatus
    revision_id: int
    revision_number: int
    text: str
    original_text: str
    sample: int = 0


@dataclass(frozen=True, slots=True)
class SoftTarget:
    """How likely a teacher finds each option: (its answer text, its share), 1 together.

    `weight` is how much of the deciding token's loss goes by them, from 0 to 1.
    """

    options: tuple[tuple[str, float], ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Example:
    """One training pair as the student sees it.

    `deciding` is the span of the target, in characters, that tells one choice from the others:
    the letter, or the option's text. None where the target decides nothing. `weight` is of its
    loss among the others; `soft` is what a teacher says of the options.
    """

    question_id: int
    input: str
    target: str
    deciding: tuple[int, int] | None = None
    weight: float = 1.0
    soft: SoftTarget | None = None


@dataclass(frozen=True, slots=True)
class Prediction:
    """A run's rationale, raw output and label (or none) for one question.

    `option_log_likelihoods` maps each label to the summed log-probability (nats) of that
    option's answer text; `option_label` is the most likely one. `letter_log_likelihoods` are those
    of the first token in which the options differ, the letter; None where no letter is written.
    """

    question_id: int
    rationale: str | None
    output: str
    label: str | None
    outcome: Outcome
    variant: Variant = Variant.MAIN
    option_log_likelihoods: Mapping[str, float] | None = None
    option_label: str | None = None
    no_answer_reason: NoAnswer | None = None
    votes: Mapping[str, int] | None = None
    letter_log_likelihoods: Mapping[str, float] | None = None
