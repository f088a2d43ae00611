"""Two cells compared over all their seeds: methods, settings, or every pair of several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from sqlalchemy.orm import Session

from scicot.pure.evaluation.comparison import say_p
from scicot.pure.evaluation.crossed import CellDifference, compare_cells
from scicot.pure.evaluation.crossed_words import say_cells
from scicot.pure.evaluation.settings import (
    caption_own,
    differing_settings,
    if_both_trained,
    say_differences,
    say_engines,
    shared_own,
    table_settings,
    unusual_settings,
)
from scicot.pure.methods.registry import learns, title_of
from scicot.pure.predictions.places import Standing
from scicot.pure.statistics import ALPHA, holm
from scicot.services.evaluation.answered import Reading
from scicot.services.evaluation.cells import SeedCell, SeedCells, group_cells, list_trained_runs
from scicot.services.evaluation.seed_answers import SeedAnswers, load_seeds
from scicot.services.evaluation.unread import Unread, sum_unread
from scicot.services.runs.runs import get_run
from scicot.words.errors import InvalidInput
from scicot.words.records import Split
from scicot.words.runs import RunView


@dataclass(frozen=True, slots=True)
class CellComparison:
    """Two cells over all their seeds; `differences` says what sets them apart beside the method."""

    cell_a: SeedCell
    cell_b: SeedCell
    name_a: str
    name_b: str
    found: CellDifference
    differences: str
    standing_a: Standing  # of the first run's own questions, which are `own_a`
    standing_b: Standing
    own_a: int
    own_b: int
    unread_a: Unread  # of all seeds' answers to the questions that all of both answered
    unread_b: Unread
    warnings: Sequence[str] = ()  # of each run that answers one place nearly always

    @property
    def sentence(self) -> str:
        """What the comparison says, in words."""
        same = self.cell_a.first.method == self.cell_b.first.method
        what = "They differ in this" if same else "These runs differ in more than the method"
        warning = f" {what}: {self.differences}."
        said = say_cells(self.found, self.name_a, self.name_b)
        return said + (warning if self.differences else "")


def compare_methods(
    session: Session,
    method_a: str,
    method_b: str,
    *,
    dataset: str,
    student: str,
    split: Split | None = None,
    reading: Reading = Reading.GENERATED,
) -> CellComparison:
    """Return two methods compared over all their seeds, on the questions that all answered.

    Of several settings those count that are alike in all but the method, then those with the
    most seeds, then a method's usual ones; the validation split is read before the test split
    unless one is named. Raises InvalidInput when a method has no finished run.
    """
    methods = (method_a, method_b)
    (pair,) = _compare_pairs(session, methods, dataset, student, split, reading)
    return pair


def _compare_pairs(
    session: Session,
    methods: Sequence[str],
    dataset: str,
    student: str,
    split: Split | None,
    reading: Reading,
) -> list[CellComparison]:
    """Return each pair of methods compared, a method's cell being the same in all its pairs.

    Runs and answers are read once for all.
    """
    runs = [
        run
        for run in list_trained_runs(session)
        if run.dataset == dataset and run.training.student == student
    ]
    cells = _find_cells(runs, methods, dataset, student, split)
    pairs = list(combinations(cells, 2))
    seeds = load_seeds(session, _ids(pairs), reading)
    return [_compare(seeds, a, b) for a, b in pairs]


def _ids(pairs: Iterable[tuple[SeedCell, SeedCell]]) -> list[int]:
    return sorted({run_id for pair in pairs for cell in pair for run_id in cell.ids})


def _find_cells(
    runs: Sequence[RunView],
    methods: Sequence[str],
    dataset: str,
    student: str,
    split: Split | None,
) -> list[SeedCell]:
    """Return the methods' most alike cells, of one split; raises InvalidInput for none."""
    splits = [split] if split else [Split.VALIDATION, Split.TEST]
    for chosen in splits:
        cells = [
            group_cells(run for run in runs if run.method == method and run.split is chosen)
            for method in methods
        ]
        if all(cells):
            return _most_alike(cells)
    there = {run.method for run in runs if split is None or run.split is split}
    missing = " or ".join(method for method in methods if method not in there)
    where = f" on the {split} split of '{dataset}'" if split else f" on '{dataset}'"
    raise InvalidInput(
        f"There is no finished run of {missing or 'all of them on one split'}{where} with the "
        f"student '{student}'. `python -m scicot runs list` shows what there is."
    )


def compare_seeds(
    session: Session, run_a: int, run_b: int, *, reading: Reading = Reading.GENERATED
) -> CellComparison:
    """Return two runs compared with all runs that differ from them in nothing but the seed.

    It is how the same method with other settings or another snapshot is compared. Raises
    NotFound, and InvalidInput where both are of one cell or one has no answers.
    """
    pair = get_run(session, run_a), get_run(session, run_b)
    cells = SeedCells(list_trained_runs(session)).of(*pair)
    return _compare(load_seeds(session, _ids([cells]), reading), *cells)


@dataclass(frozen=True, slots=True)
class AdjustedCells:
    """One pair of several, with its p adjusted for the number of pairs (Holm)."""

    compared: CellComparison
    adjusted_p: float

    @property
    def stands(self) -> bool:
        """True where the pair is told apart after the adjustment."""
        return self.adjusted_p < ALPHA

    @property
    def sentence(self) -> str:
        """What the pair says, with whether it stands among all pairs."""
        stands = "stands" if self.stands else "does not stand"
        return (
            f"{self.compared.sentence} It {stands} after Holm's correction (p "
            f"{say_p(self.adjusted_p)})."
        )


def adjust_cells(pairs: Sequence[CellComparison]) -> list[AdjustedCells]:
    """Return the pairs in the order given, with Holm's adjusted p-values over all of them."""
    adjusted = holm([pair.found.p for pair in pairs])
    return [AdjustedCells(pair, p) for pair, p in zip(pairs, adjusted, strict=True)]


def compare_all_methods(
    session: Session,
    methods: Sequence[str],
    *,
    dataset: str,
    student: str,
    split: Split | None = None,
    reading: Reading = Reading.GENERATED,
) -> list[AdjustedCells]:
    """Return every pair of the methods over all their seeds, adjusted by Holm.

    All pairs are of one split, and of the settings most like those of the first method. Raises
    InvalidInput when a method has no finished run there.
    """
    named = list(dict.fromkeys(methods))
    return adjust_cells(_compare_pairs(session, named, dataset, student, split, reading))


def find_siblings(
    session: Session,
    pairs: Sequence[tuple[RunView, RunView]],
    *,
    reading: Reading = Reading.GENERATED,
) -> list[CellComparison | None]:
    """Return each pair of runs compared with all their seeds; None where there are no more seeds.

    None too where they are of one cell, were not trained here, or share no two questions. Runs and
    answers are read once for all pairs.
    """
    known = SeedCells(list_trained_runs(session))
    cells = [_find_more(known, a, b) for a, b in pairs]
    seeds = load_seeds(session, _ids(pair for pair in cells if pair), reading)
    return [_compare_if_shared(seeds, pair) if pair else None for pair in cells]


def _find_more(known: SeedCells, a: RunView, b: RunView) -> tuple[SeedCell, SeedCell] | None:
    try:
        cells = known.of(a, b)
    except InvalidInput:
        return None
    return cells if len(cells[0].runs) + len(cells[1].runs) > 2 else None


def _compare_if_shared(
    seeds: SeedAnswers, pair: tuple[SeedCell, SeedCell]
) -> CellComparison | None:
    try:
        return _compare(seeds, *pair)
    except InvalidInput:
        return None


def _most_alike(by_method: Sequence[Sequence[SeedCell]]) -> list[SeedCell]:
    """Return a cell of each method: all most like one of the first's, which fits them best."""

    def distance(cells: Sequence[SeedCell]) -> tuple[int, int, int, int]:
        first, *others = cells
        return (
            sum(len(differing_settings(*compared_settings(first, cell))) for cell in others),
            -min(len(cell.runs) for cell in cells),
            sum(len(unusual_settings(cell.first.config)) for cell in cells),
            -max(run_id for cell in cells for run_id in cell.ids),
        )

    firsts, *others = by_method
    nearest = (
        [first, *(min(cells, key=lambda cell: distance((first, cell))) for cells in others)]
        for first in firsts
    )
    return min(nearest, key=distance)


def compared_settings(a: SeedCell, b: SeedCell) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return what two cells should have alike: a table's settings, the fraction, the snapshot.

    A method that needs no rationales trains on all questions without a snapshot; where these are
    as many as the other's, that is no difference.
    """
    both = []
    for cell in (a, b):
        trained_by = cell.first.training
        both.append(
            {
                **table_settings(cell.first.carried_out),
                "fraction": trained_by.fraction,
                "snapshot": trained_by.snapshot,
            }
        )
    trained = [cell.first.result.get("training_questions") for cell in (a, b)]
    if None in (both[0]["snapshot"], both[1]["snapshot"]) and trained[0] == trained[1]:
        for settings in both:
            del settings["snapshot"]
    of_a, of_b = if_both_trained(*both)
    own = shared_own(a.first.config, b.first.config)
    return of_a | own[0], of_b | own[1]


def _name(cell: SeedCell) -> str:
    """Return the method's name, and its own settings where they are not the usual ones."""
    title, unusual = title_of(cell.first.method), caption_own(unusual_settings(cell.first.config))
    said = ", ".join(f"{name} {value}" for name, value in unusual.items())
    return f"{title} ({said})" if said else title


def _compare(seeds: SeedAnswers, a: SeedCell, b: SeedCell) -> CellComparison:
    answers = seeds.answers
    there = [[run_id for run_id in cell.ids if run_id in answers] for cell in (a, b)]
    comparison = compare_cells(
        [answers[run_id] for run_id in there[0]],
        [answers[run_id] for run_id in there[1]],
        seeds.groups,
        vary=(learns(a.first.method), learns(b.first.method)),
    )
    if comparison is None:
        raise InvalidInput(
            f"{a.first.name} and {b.first.name} share no two answered questions, so nothing can "
            "be compared. Choose runs on the same split."
        )
    names = [_name(cell) for cell in (a, b)]
    if names[0] == names[1]:  # told apart by what they learned from, or by their first runs
        snapshots = [cell.first.training.snapshot for cell in (a, b)]
        by = (
            snapshots if snapshots[0] != snapshots[1] else [f"run {cell.ids[0]}" for cell in (a, b)]
        )
        names = [f"{name} ({what or 'no snapshot'})" for name, what in zip(names, by, strict=True)]
    standings = seeds.standings
    shared = set.intersection(*(set(answers[run_id]) for ids in there for run_id in ids))
    unread = [sum_unread(seeds.unread, ids, shared) for ids in there]
    differences = (say_differences(*compared_settings(a, b)), say_engines(a.engines, b.engines))
    return CellComparison(
        a,
        b,
        names[0],
        names[1],
        comparison,
        "; ".join(filter(None, differences)),
        standings.get(a.ids[0], Standing()),
        standings.get(b.ids[0], Standing()),
        len(answers.get(a.ids[0], ())),
        len(answers.get(b.ids[0], ())),
        unread[0],
        unread[1],
        [
            standings[run_id].warn(f"{name}, run {run_id},")
            for name, cell in zip(names, (a, b), strict=True)
            for run_id in cell.ids
            if run_id in standings and standings[run_id].has_fallen
        ],
    )
