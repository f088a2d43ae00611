"""Cells: all seeds of one method with the same settings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from scicot.pure.evaluation.crossed import CellAccuracy, measure_cell
from scicot.pure.evaluation.settings import cell_settings
from scicot.pure.hashing import content_hash
from scicot.pure.statistics import wilson_interval
from scicot.services.evaluation.answered import Reading
from scicot.services.evaluation.seed_answers import (
    count_answers,
    has_groups,
    list_groups,
    load_both,
)
from scicot.services.runs.runs import list_runs
from scicot.words.errors import InvalidInput
from scicot.words.records import RunKind, RunStatus
from scicot.words.runs import RunView

MOST_RUNS = 2000


@dataclass(frozen=True, slots=True)
class SeedCell:
    """Runs that differ in nothing but the seed, by seed; of two with one seed the newer.

    They were trained in one precision, whatever `auto` came to; their engines may be several.
    """

    runs: tuple[RunView, ...]

    @property
    def first(self) -> RunView:
        """The run of the smallest seed; its settings are those of all."""
        return self.runs[0]

    @property
    def ids(self) -> tuple[int, ...]:
        """The runs' numbers, by seed."""
        return tuple(run.id for run in self.runs)

    @property
    def engines(self) -> tuple[str, ...]:
        """The versions of the training engine that its runs are known to be of."""
        return tuple(sorted({version for run in self.runs for version in run.engines}))


def group_cells(runs: Iterable[RunView]) -> list[SeedCell]:
    """Return the runs as cells, the one with the most seeds first, then the newest."""
    groups: dict[str, dict[int | None, RunView]] = defaultdict(dict)
    for run in sorted(runs, key=lambda run: -run.id):
        groups[_what_is_alike(run)].setdefault(run.seed, run)
    cells = [
        SeedCell(tuple(sorted(group.values(), key=lambda run: run.seed or 0)))
        for group in groups.values()
    ]
    return sorted(cells, key=lambda cell: (-len(cell.runs), -max(cell.ids)))


def _what_is_alike(run: RunView) -> str:
    """Return what the runs of one cell have in common."""
    return content_hash([run.kind, run.dataset, cell_settings(run.carried_out)])


def list_trained_runs(session: Session) -> list[RunView]:
    """Return the training runs that are done, newest first."""
    listed = list_runs(session, kinds=[RunKind.TRAIN], limit=MOST_RUNS)
    return [run for run in listed if run.status is RunStatus.DONE]


class SeedCells:
    """The cells that runs belong to, the settings of each read once."""

    def __init__(self, done: Iterable[RunView]) -> None:
        self._alike: dict[str, list[RunView]] = defaultdict(list)
        for run in done:
            self._alike[_what_is_alike(run)].append(run)

    def like(self, run: RunView) -> list[SeedCell]:
        """Return the cell that a run belongs to; none where no run like it is finished."""
        return group_cells(self._alike.get(_what_is_alike(run), ()))

    def of(self, a: RunView, b: RunView) -> tuple[SeedCell, SeedCell]:
        """Return both runs' cells; raises InvalidInput where they are one, or not finished."""
        cells = [cell for run in (a, b) for cell in self.like(run)]
        if len(cells) != 2 or cells[0].ids == cells[1].ids:
            raise InvalidInput(
                f"Run {a.id} and run {b.id} are not two finished training runs that differ in more "
                "than the seed. Name one of each of the settings to compare."
            )
        return cells[0], cells[1]


def find_cell(session: Session, run: RunView) -> tuple[RunView, ...]:
    """Return the finished training runs that differ from this one in nothing but the seed."""
    cells = SeedCells(list_trained_runs(session)).like(run)
    return cells[0].runs if cells else (run,)


def measure_seeds(session: Session, run_ids: Sequence[int]) -> CellAccuracy | None:
    """Return the accuracy of a cell with its interval over questions and seeds."""
    return measure_readings(session, run_ids)[0]


def measure_readings(
    session: Session, run_ids: Sequence[int]
) -> tuple[CellAccuracy | None, CellAccuracy | None]:
    """Return a cell's accuracy as written and by options, with intervals over questions and seeds.

    One seed without groups is counted by the database: its answers need not be put in a table, and
    by options Wilson's interval is as good. Per byte and by the letter every option's number would
    be read: seconds for thirty runs.
    """
    if len(run_ids) == 1 and not has_groups(session, run_ids):
        return _measure_seed(session, run_ids[0]), None
    answers, groups = load_both(session, run_ids), list_groups(session, run_ids)
    written, likely = (
        measure_cell(list(answers[reading].values()), groups)
        for reading in (Reading.GENERATED, Reading.OPTIONS)
    )
    return written, likely


def _measure_seed(session: Session, run_id: int) -> CellAccuracy | None:
    """Return the accuracy of one run with Wilson's interval; None where nothing is scored."""
    correct, n = count_answers(session, run_id)
    return CellAccuracy(correct / n, wilson_interval(correct, n), 1, n) if n else None
