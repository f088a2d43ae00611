"""Result tables as data: what was published, what was measured here, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from scicot.pure.predictions.metrics import Score
from scicot.pure.statistics import Interval, mean_interval
from scicot.words.records import Method

METHOD_TITLES: Mapping[Method, str] = {
    Method.FINETUNE: "Fine-tune",
    Method.ONE_STAGE: "One-stage",
    Method.SCI_COT: "Sci-CoT",
    Method.STEP_BY_STEP: "Step-by-step",
    Method.FEW_SHOT: "Few-shot",
}


@dataclass(frozen=True, slots=True)
class RunScore:
    """One run's score: by what it wrote, and by the most likely option where that is known."""

    run_id: int
    score: Score
    option_accuracy: float | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """What the runs of one cell came to: they differ in nothing but the seed.

    Fractions. The interval is Student's t over the seeds, or Wilson's over the questions when
    there is one run (`over` says which). `left_out` runs of other settings are not in it. With
    `limit_train` they trained on so many questions at most, which is no share of the split.
    """

    accuracy: float
    interval: Interval | None
    over: str
    run_ids: tuple[int, ...]
    questions: int
    option_accuracy: float | None
    no_answer_share: float
    left_out: int = 0
    limit_train: int | None = None


def measure(runs: Sequence[RunScore], left_out: int = 0) -> Measured | None:
    """Return what these runs, alike but for their seeds, came to; None for none with an answer."""
    scored = [run for run in runs if run.score.accuracy is not None]
    if not scored:
        return None
    accuracies = [run.score.correct / run.score.n for run in scored]
    options = [run.option_accuracy for run in scored if run.option_accuracy is not None]
    several = len(scored) > 1
    return Measured(
        accuracy=mean(accuracies),
        interval=_within(mean_interval(accuracies)) if several else scored[0].score.interval,
        over="seeds" if several else "questions",
        run_ids=tuple(run.run_id for run in scored),
        questions=min(run.score.n for run in scored),
        option_accuracy=mean(options) if options else None,
        no_answer_share=mean(run.score.no_answer / run.score.n for run in scored),
        left_out=left_out,
    )


def _within(interval: Interval | None) -> Interval | None:
    """Return the interval cut to what an accuracy can be."""
    return interval and Interval(max(0.0, interval.low), min(1.0, interval.high))


@dataclass(frozen=True, slots=True)
class TableCell:
    """One figure of a table: published, measured here, both or neither.

    `launch` says what a run that fills it is made of; None where no run of ours could. `under_way`
    is a run that will fill it.
    """

    published: float | None = None
    measured: Measured | None = None
    launch: Mapping[str, str] | None = None
    under_way: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    label: str
    cells: tuple[TableCell, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class ResultTable:
    """A table of the paper's with ours beside it.

    `note_title` heads the rows' notes; `student` is the one whose runs are ours.
    """

    key: str
    title: str
    label_title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    note_title: str = ""
    datasets: tuple[str, ...] = ()
    student: str | None = None

    @property
    def is_of_shares(self) -> bool:
        """True for Tables III and IV, whose rows are shares of the training split."""
        return self.key.startswith("sizes_")
