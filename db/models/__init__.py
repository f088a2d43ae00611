"""The tables, one module a noun; importing this package registers them all."""

from db.models.predictions import NoteRow, PredictionRow, PredictionTagRow, TagRow
from db.models.questions import DatasetRow, DuplicateRow, ImportRow, QuestionRow
from db.models.rationales import FlagRow, RationaleRow, RevisionRow
from db.models.reviews import DraftRow, LeaseRow, ReviewRow
from db.models.runs import ExperimentRow, MetricRow, RunRow, RunStageRow, StageRow
from db.models.snapshots import SnapshotItemRow, SnapshotRow
from db.models.teacher import AttemptRow, CompletionRow, PromptRow

__all__ = [
    "AttemptRow",
    "CompletionRow",
    "DatasetRow",
    "DraftRow",
    "DuplicateRow",
    "ExperimentRow",
    "FlagRow",
    "ImportRow",
    "LeaseRow",
    "MetricRow",
    "NoteRow",
    "PredictionRow",
    "PredictionTagRow",
    "PromptRow",
    "QuestionRow",
    "RationaleRow",
    "ReviewRow",
    "RevisionRow",
    "RunRow",
    "RunStageRow",
    "SnapshotItemRow",
    "SnapshotRow",
    "StageRow",
    "TagRow",
]
