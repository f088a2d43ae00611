"""Result tables as data: what was published, what was measured here, and what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import mean

from scicot.pure.evaluation.crossed import CellAccuracy
from scicot.pure.predictions.metrics import Score
from scicot.pure.predictions.places import Standing
from scicot.pure.statistics import Interval, wilson_interval

MARKS = ("†", "‡", "§", "¶", "‖", "††", "‡‡", "§§", "¶¶", "‖‖")
# the ways of taking the likeliest option, with their words; the names are fields of a figure
OPTION_SCORES: Mapping[str, str] = {
    "option_accuracy": "by options",
    "per_byte": "per byte",
    "letter": "letter",
}


@dataclass(frozen=True, slots=True)
class RunScore:
    """One run's score: by what it wrote, and by option scores where there are any.

    `per_byte` and `letter` are option scores too, as docs/method.md defines them. `reasons` counts
    why answers could not be read; `trained` is the accuracy on a sample of what it was trained on
    and `trained_place` the best constant place's there.
    `standing` is what always the best place would give on the same questions, and where its answers
    fall; `option_questions` are those whose options were scored.
    """

    run_id: int
    score: Score
    option_accuracy: float | None = None
    per_byte: float | None = None
    letter: float | None = None
    reasons: Mapping[str, int] = field(default_factory=dict)
    trained: float | None = None
    trained_place: float | None = None
    standing: Standing = field(default_factory=Standing)
    option_questions: int = 0


@dataclass(frozen=True, slots=True)
class Measured:
    """What the runs of one cell came to: they differ in nothing but the seed.

    Fractions. The interval is over questions and seeds, or Wilson's over the questions when there
    is one run (`over` says which). `left_out` runs of other settings are not in it. With
    `limit_train` they trained on so many questions at most, which is no share of the split.

    `option_cells` are the option scores with their seeds, questions and intervals, by a name of
    `OPTION_SCORES`.

    `differs` says in what they are unlike the table's other cells, empty where they are alike;
    `examples` is how many questions they trained on, `same_place` the best constant place's
    accuracy on the same questions, `warning` what is wrong with how which of them answer, and
    `is_below_chance` that chance does better there. Without runs the figure needs no student.
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
    seed_spread: float | None = None
    differs: str = ""
    examples: int | None = None
    same_place: float | None = None
    warning: str = ""
    per_byte: float | None = None
    letter: float | None = None
    reasons: Mapping[str, int] = field(default_factory=dict)
    trained: float | None = None
    trained_place: float | None = None
    is_below_chance: bool = False
    option_cells: Mapping[str, CellAccuracy] = field(default_factory=dict)


def measure(
    runs: Sequence[RunScore],
    cell: CellAccuracy | None = None,
    left_out: int = 0,
    options: Mapping[str, CellAccuracy] | None = None,
) -> Measured | None:
    """Return what these runs, alike but for their seeds, came to; None for none with an answer.

    `cell` is what all their answers together came to; without it only the first run counts.
    `options` are the same of their option scores; without it those of one run alone have intervals.
    """
    scored = [run for run in runs if run.score.accuracy is not None]
    if not scored:
        return None
    if cell is None:
        scored = scored[:1]
    several = len(scored) > 1
    cells = _option_cells(scored, options or {})
    shares = {name: found.accuracy for name, found in cells.items()}
    return Measured(
        accuracy=cell.accuracy if cell else scored[0].score.correct / scored[0].score.n,
        interval=cell.interval if cell else scored[0].score.interval,
        over="questions and seeds" if several else "questions",
        run_ids=tuple(run.run_id for run in scored),
        questions=cell.questions if cell else scored[0].score.n,
        option_accuracy=shares.get("option_accuracy"),
        no_answer_share=mean(run.score.no_answer / run.score.n for run in scored),
        left_out=left_out,
        seed_spread=cell.seed_spread if cell else None,
        per_byte=shares.get("per_byte"),
        letter=shares.get("letter"),
        reasons=_summed(run.reasons for run in scored),
        trained=_mean(run.trained for run in scored),
        trained_place=_mean(run.trained_place for run in scored),
        option_cells=cells,
    )


def _option_cells(
    runs: Sequence[RunScore], given: Mapping[str, CellAccuracy]
) -> dict[str, CellAccuracy]:
    """Return each option score that the runs have: as given, else as their shares say it.

    Of one run a share has Wilson's interval; of several it takes the single answers.
    """
    cells = {}
    for name in OPTION_SCORES:
        of_name = [run for run in runs if getattr(run, name) is not None]
        share = _mean(getattr(run, name) for run in of_name)
        if share is None:
            continue
        n = of_name[0].option_questions or of_name[0].score.n
        interval = wilson_interval(round(share * n), n) if len(of_name) == 1 else None
        cells[name] = given.get(name) or CellAccuracy(share, interval, len(of_name), n)
    return cells


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return mean(known) if known else None


def _summed(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for of in counts:
        total.update(of)
    return dict(total.most_common())


@dataclass(frozen=True, slots=True)
class TableCell:
    """One figure of a table: published, measured here, both or neither.

    `launch` says what a run that fills it is made of; None where no run of ours could. `under_way`
    is a run that will fill it. The published figure's interval is Wilson's.
    """

    published: float | None = None
    published_interval: Interval | None = None
    is_below_chance: bool = False
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

    `note_title` heads the rows' notes; `student` is the one whose runs are ours, and `settings`
    are those that all of them share, but for the cells that are marked.
    """

    key: str
    title: str
    label_title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    note_title: str = ""
    datasets: tuple[str, ...] = ()
    student: str | None = None
    split: str = "test"
    settings: Mapping[str, str] = field(default_factory=dict)
    own_settings: Mapping[str, str] = field(default_factory=dict)  # by a method's title
    notes: tuple[str, ...] = ()
    chance: Mapping[str, float] = field(default_factory=dict)  # by column, on our questions

    @property
    def marks(self) -> dict[str, str]:
        """The sign of each difference that sets a cell apart from the others, in order."""
        marks: dict[str, str] = {}
        for row in self.rows:
            for cell in row.cells:
                if cell.measured and cell.measured.differs:
                    marks.setdefault(cell.measured.differs, MARKS[len(marks) % len(MARKS)])
        return marks

    @property
    def is_of_shares(self) -> bool:
        """True for Tables III and IV, whose rows are shares of the training split."""
        return self.key.startswith("sizes_")
