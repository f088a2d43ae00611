"""What a table lacks: the run that would fill a cell, ready to launch, or already under way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from scicot.pure.evaluation.paper_figures import Key
from scicot.pure.evaluation.tables import ResultTable, TableCell
from scicot.pure.methods.registry import find_method, needs_rationales
from scicot.words.records import UNDER_WAY, RunStatus
from scicot.words.runs import RunView

KEY_NAMES = ("method", "dataset", "fraction")


def key_of(run: RunView) -> Key:
    """Return the cell that a training run belongs in."""
    return str(run.method), str(run.dataset), run.training.fraction


def offer_launches(tables: Sequence[ResultTable], runs: Sequence[RunView]) -> list[ResultTable]:
    """Return the tables with what to launch for each empty cell.

    `runs` are the training runs of the tables' student, of any status, newest first. A cell whose
    run is queued or running says which; else it is launched like the run that is nearest to it,
    so that the cells of a table differ in what the table is about and in nothing else.
    """
    whole = [run for run in runs if run.training.limit_train is None]
    # a run on so many questions at most would not fill a cell of a share of the set
    return [_offer_in(table, whole if table.is_of_shares else runs) for table in tables]


def _offer_in(table: ResultTable, runs: Sequence[RunView]) -> ResultTable:
    going = [run for run in runs if run.status in UNDER_WAY]
    done = [run for run in runs if run.status is RunStatus.DONE]

    def offer(cell: TableCell) -> TableCell:
        if cell.launch is None or cell.measured is not None:
            return cell
        wanted = (cell.launch["method"], cell.launch["dataset"], float(cell.launch["fraction"]))
        under_way = next((run.id for run in going if _fills(run, wanted, cell.launch)), None)
        if under_way is not None:
            return replace(cell, under_way=under_way)
        like = find_nearest(wanted, done)
        return cell if like is None else replace(cell, launch={**cell.launch, "like": str(like.id)})

    rows = [replace(row, cells=tuple(map(offer, row.cells))) for row in table.rows]
    return replace(table, rows=tuple(rows))


def _fills(run: RunView, wanted: Key, launch: Mapping[str, str]) -> bool:
    """Return whether a run is of this cell, in the settings too that the cell is about."""
    settings = {name: text for name, text in launch.items() if name not in KEY_NAMES}
    return key_of(run) == wanted and all(
        str(run.config.get(name)) == text for name, text in settings.items()
    )


def find_nearest(wanted: Key, runs: Sequence[RunView]) -> RunView | None:
    """Return the run whose settings a run of this cell is best begun from; None without any.

    One with rationales where the method needs them, then of the same dataset, method, and the
    nearest fraction; of equals the smallest seed, then the first.
    """
    method, dataset, fraction = wanted

    needs_snapshot = needs_rationales(find_method(method))

    def distance(run: RunView) -> tuple[bool, bool, bool, float, int]:
        its_method, its_dataset, its_fraction = key_of(run)
        lacks = needs_snapshot and run.training.snapshot is None
        return (
            lacks,
            its_dataset != dataset,
            its_method != method,
            abs(its_fraction - fraction),
            run.training.seed,
        )

    return min(runs, key=distance, default=None)
