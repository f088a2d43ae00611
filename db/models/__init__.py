"""The tables, one module a noun; importing this package registers them all."""

from db.models.cleaning import RuleBatchRow, RuleChangeRow, RuleRow
from db.models.judge import JudgementRow, RubricRow
from db.models.lessons import LessonRow
from db.models.people import DeedRow, PersonRow, PreferenceRow
from db.models.predictions import NoteRow, PredictionRow, PredictionTagRow, TagRow
from db.models.questions import DatasetRow, DuplicateRow, ImportRow, LayoutRow, QuestionRow
from db.models.rationales import FlagRow, RationaleRow, RevisionRow
from db.models.reviews import (
    AuditRow,
    DraftRow,
    LeaseRow,
    ReviewPolicyRow,
    ReviewRow,
    SecondReadingRow,
)
from db.models.runs import (
    AnswerShardRow,
    ExperimentRow,
    LaunchRow,
    MetricRow,
    RunPartRow,
    RunRow,
    RunStageRow,
    StageRow,
)
from db.models.snapshots import SnapshotItemRow, SnapshotRow
from db.models.teacher import (
    AttemptRow,
    BatchRow,
    CompletionRow,
    PriceRow,
    PromptRow,
    RefusalRow,
    RunCompletionRow,
)
from db.models.worth import WorthRow

__all__ = [
    "AnswerShardRow",
    "AttemptRow",
    "AuditRow",
    "BatchRow",
    "CompletionRow",
    "DatasetRow",
    "DeedRow",
    "DraftRow",
    "DuplicateRow",
    "ExperimentRow",
    "FlagRow",
    "ImportRow",
    "JudgementRow",
    "LaunchRow",
    "LayoutRow",
    "LeaseRow",
    "LessonRow",
    "MetricRow",
    "NoteRow",
    "PersonRow",
    "PredictionRow",
    "PredictionTagRow",
    "PreferenceRow",
    "PriceRow",
    "PromptRow",
    "QuestionRow",
    "RationaleRow",
    "RefusalRow",
    "ReviewPolicyRow",
    "ReviewRow",
    "RevisionRow",
    "RubricRow",
    "RuleBatchRow",
    "RuleChangeRow",
    "RuleRow",
    "RunCompletionRow",
    "RunPartRow",
    "RunRow",
    "RunStageRow",
    "SecondReadingRow",
    "SnapshotItemRow",
    "SnapshotRow",
    "StageRow",
    "TagRow",
    "WorthRow",
]
