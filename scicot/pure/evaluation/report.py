"""What a report holds: everything about an experiment that a reader without the app needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from scicot.pure.evaluation.attribution import Fault
from scicot.pure.evaluation.comparison import Cell, Comparison
from scicot.pure.evaluation.fault_words import FaultWords, name_faults
from scicot.pure.evaluation.followed import Followed
from scicot.pure.evaluation.slices import Dimension, SliceRow
from scicot.pure.evaluation.tables import ResultTable
from scicot.pure.predictions.metrics import Score
from scicot.pure.shares import say_share
from scicot.pure.statistics import wilson_interval
from scicot.words.records import Outcome, Question, Variant

EXAMPLES = 20  # questions of each cell
CELL_TITLES: Mapping[Cell, str] = {
    Cell.BOTH: "Both right",
    Cell.ONLY_A: "Only A right",
    Cell.ONLY_B: "Only B right",
    Cell.NEITHER: "Neither right",
}
NO_PAIRS = (
    "No two of these runs are compared: those of one dataset, split and set of settings are of one "
    "method each."
)


@dataclass(frozen=True, slots=True)
class ReportAnswer:
    """What one run said to one question."""

    name: str
    rationale: str | None
    output: str
    label: str | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ReportExample:
    """One question as both runs answered it; `reference` is a teacher's or human rationale."""

    question: Question
    answers: Sequence[ReportAnswer]
    reference: str | None


@dataclass(frozen=True, slots=True)
class ReportPair:
    """Two runs side by side. `adjusted_p` is Holm's over all pairs of the report.

    `of` says of which set and split they are, and in which settings where there are several.
    `score_a` and `score_b` are over a run's own questions, all else over those that both answered.
    """

    of: str
    run_a: int
    run_b: int
    name_a: str
    name_b: str
    score_a: Score
    score_b: Score
    matched_a: Score
    matched_b: Score
    found: Comparison
    sentence: str
    adjusted_p: float
    over_seeds: str  # what all seeds of both say together; empty where there are no more than these
    slices: Mapping[Dimension, Sequence[SliceRow]]
    examples: Mapping[Cell, Sequence[ReportExample]]
    learned: Sequence[str] = ()  # what one place always would give, and whether either run chooses
    reasons_a: Mapping[str, int] = field(default_factory=dict)  # why matched answers are unread
    reasons_b: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReportFaults:
    """A two-stage run's errors by fault, and its accuracy under each variant that was asked.

    `own` is its accuracy with its own rationales on the questions of each variant, `same_place`
    what always the best place would give there. `followed` sets what its own rationales argue for
    against the answers. `over_seeds` is what the control says over all seeds of the run's cell: of
    the first of them, else empty.
    """

    run_id: int
    name: str
    errors: int
    faults: Mapping[Fault, int]
    variants: Mapping[Variant, Score]
    own: Mapping[Variant, Score]
    same_place: Mapping[Variant, float]
    followed: Followed
    control: Sequence[str] = ()  # what the control says
    tells_blame: bool = False  # whether the control lets a fault be the rationale's or the other's
    over_seeds: Sequence[str] = ()

    @property
    def words(self) -> Mapping[Fault, FaultWords]:
        """What each group of errors is called, and what is in it."""
        return name_faults(tells_blame=self.tells_blame)

    @property
    def said(self) -> str:
        """Return one sentence on how far a reference rationale tells the faults apart."""
        tried = self.variants.get(Variant.TEACHER_RATIONALE)
        if tried is None:
            return (
                "No reference rationale was tried: the rationale's and the answering's fault "
                "cannot be told apart."
            )
        told = self.faults[Fault.RATIONALE] + self.faults[Fault.ANSWERING]
        interval = wilson_interval(self.faults[Fault.RATIONALE], told)
        asked = self.variants[Variant.MAIN].n
        sentence = f"A reference rationale was tried on {tried.n:,} of {asked:,} questions"
        if interval is None:
            return f"{sentence}; it tells no error apart."
        if not self.tells_blame:
            return (
                f"{sentence}. It mends {self.faults[Fault.RATIONALE]:,} of {told:,} errors; no "
                "control shows that it mends more than another question's rationale, so that no "
                "blame is told."
            )
        share = self.faults[Fault.RATIONALE] / told
        return (
            f"{sentence}. Of the {told:,} errors that it tells apart {say_share(share, 0)} are the "
            f"rationale's fault (95 % interval {interval.to_words()})."
        )


@dataclass(frozen=True, slots=True)
class ReportRun:
    """A run's whole settings and everything that says what it was made from."""

    id: int
    name: str
    dataset: str
    split: str
    score: Score
    option_accuracy: float | None
    config: str  # JSON, one setting a line
    config_hash: str
    snapshot: str | None
    snapshot_hash: str | None
    stages: str  # JSON of the stages' hashes
    code_version: str
    packages: str
    actor: str
    created_at: datetime
    reasons: Mapping[str, int] = field(default_factory=dict)  # why answers could not be read
    learned: Sequence[str] = ()  # whether it learned to choose, and what stage 2 was given


@dataclass(frozen=True, slots=True)
class ReportTables:
    """The tables of one student, split and set of settings, and their figures: (title, SVG)."""

    said: str  # whose they are; empty where there are no others
    tables: Sequence[ResultTable]
    figures: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Report:
    """An experiment for a reader without the app."""

    title: str
    created_at: datetime
    source: str
    parts: Sequence[ReportTables]
    pairs: Sequence[ReportPair]
    faults: Sequence[ReportFaults]
    runs: Sequence[ReportRun]
    test_reads: Sequence[str] = ()
