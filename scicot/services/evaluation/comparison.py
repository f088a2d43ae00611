"""Comparisons: runs set side by side on the questions that both answered."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import PredictionRow, RunRow
from scicot.pure.evaluation.comparison import (
    Cell,
    Comparison,
    count_cells,
    say_comparison,
)
from scicot.pure.evaluation.crossed_words import say_seeds
from scicot.pure.evaluation.settings import (
    answering_settings,
    if_both_trained,
    run_settings,
    say_differences,
    say_engines,
    shared_own,
)
from scicot.pure.methods.registry import learns, title_of, usual_plan
from scicot.pure.predictions.metrics import Score
from scicot.pure.predictions.places import Standing
from scicot.pure.statistics import holm
from scicot.services.evaluation.answered import Answered, Reading, load_answered
from scicot.services.runs.runs import list_runs
from scicot.words.records import RunKind, Variant
from scicot.words.runs import RunView


@dataclass(frozen=True, slots=True)
class RunComparison:
    """Two runs on the questions that both answered; the cells hold question ids.

    `score_a` and `score_b` are over all that each was asked, `matched_a` and `matched_b` over the
    questions that both answered, as the difference is.
    `standing_a` and `standing_b` are of these too: what one place always would give, and where the
    answers fall; so are `reasons_a` and `reasons_b`, why answers could not be read.
    `differences` says in which settings the runs are unlike beside the method; empty
    where in none.
    """

    run_a: RunView
    run_b: RunView
    name_a: str
    name_b: str
    score_a: Score
    score_b: Score
    matched_a: Score
    matched_b: Score
    cells: Mapping[Cell, Sequence[int]]
    found: Comparison
    standing_a: Standing
    standing_b: Standing
    reasons_a: Mapping[str, int] = field(default_factory=dict)
    reasons_b: Mapping[str, int] = field(default_factory=dict)
    differences: str = ""

    @property
    def said(self) -> str:
        """What the comparison says, in words, for a place that shows the differences itself."""
        return say_comparison(self.found, self.name_a, self.name_b, self._seeds)

    @property
    def _seeds(self) -> str:
        """How many seeds went in, in words; empty where no seed is known, as of brought answers."""
        both = ((self.run_a, self.name_a), (self.run_b, self.name_b))
        trained = [(name, 1) for run, name in both if usual_plan(run.method) and learns(run.method)]
        is_known = all(run.kind is not RunKind.IMPORTED for run, _ in both)
        return say_seeds(trained) if trained or is_known else ""

    @property
    def sentence(self) -> str:
        """What the comparison says, in words, and in what else the runs are unlike."""
        unlike = f" These runs differ in {self.differences}." if self.differences else ""
        return self.said + unlike

    @property
    def warnings(self) -> list[str]:
        """What is wrong with how either run answers, a sentence for each that does not choose."""
        both = ((self.name_a, self.standing_a), (self.name_b, self.standing_b))
        return [standing.warn(name) for name, standing in both if standing.has_fallen]


def compare_runs(
    session: Session,
    run_a: int,
    run_b: int,
    *,
    reading: Reading = Reading.GENERATED,
    among: Collection[int] | None = None,
) -> RunComparison:
    """Return two runs side by side, aligned on question ids; `among` keeps these questions only.

    Raises NotFound for a run, InvalidInput when a run has no predictions.
    """
    a, b = (_load_among(session, run_id, reading, among) for run_id in (run_a, run_b))
    return compare_answered(a, b)


def _load_among(
    session: Session, run_id: int, reading: Reading, among: Collection[int] | None
) -> Answered:
    answered = load_answered(session, run_id, reading)
    return answered if among is None else answered.keep(np.array(list(among), dtype=np.int64))


def compare_answered(a: Answered, b: Answered) -> RunComparison:
    """Return two runs side by side that were read before, as in `compare_runs`."""
    both_a, both_b = a.keep(b.question_ids), b.keep(a.question_ids)
    cells = _sort_into_cells(both_a, both_b)
    name_a, name_b = name_runs(a.view, b.view)
    return RunComparison(
        run_a=a.view,
        run_b=b.view,
        name_a=name_a,
        name_b=name_b,
        score_a=a.score,
        score_b=b.score,
        matched_a=both_a.score,
        matched_b=both_b.score,
        cells=cells,
        found=count_cells(cells),
        standing_a=both_a.standing,
        standing_b=both_b.standing,
        reasons_a=both_a.reasons,
        reasons_b=both_b.reasons,
        differences=_differences(a.view, b.view),
    )


def _sort_into_cells(a: Answered, b: Answered) -> dict[Cell, Sequence[int]]:
    """Return the question ids of each cell, in id order, of two runs' answers to the same ones."""
    places = {
        Cell.BOTH: a.right & b.right,
        Cell.ONLY_A: a.right & ~b.right,
        Cell.ONLY_B: ~a.right & b.right,
        Cell.NEITHER: ~a.right & ~b.right,
    }
    return {cell: a.question_ids[there].tolist() for cell, there in places.items()}


def _differences(a: RunView, b: RunView) -> str:
    """Return in which settings two runs of one kind are unlike, beside the method."""
    if a.kind is not b.kind:
        return ""
    if a.kind is not RunKind.TRAIN:
        return say_differences(answering_settings(a.config), answering_settings(b.config))
    own_a, own_b = shared_own(a.config, b.config)
    of_a, of_b = if_both_trained(run_settings(a.carried_out), run_settings(b.carried_out))
    said = (say_differences(of_a | own_a, of_b | own_b), say_engines(a.engines, b.engines))
    return "; ".join(filter(None, said))


def name_runs(run_a: RunView, run_b: RunView) -> tuple[str, str]:
    """Return the methods' names where these tell two runs apart, else the runs' own."""
    if run_a.method and run_b.method and run_a.method != run_b.method:
        return title_of(run_a.method), title_of(run_b.method)
    if run_a.name != run_b.name:
        return run_a.name, run_b.name
    return f"{run_a.name} (run {run_a.id})", f"{run_b.name} (run {run_b.id})"


def list_predicted_runs(session: Session, dataset: str | None = None) -> list[RunView]:
    """Return the runs that have main predictions, newest first; of one dataset when it is named."""
    has_predictions = (
        select(PredictionRow.id)
        .where(PredictionRow.run_id == RunRow.id, PredictionRow.variant == Variant.MAIN)
        .exists()
    )
    return list_runs(session, dataset=dataset, having=has_predictions, limit=None)


@dataclass(frozen=True, slots=True)
class PairRow:
    """One pair among several runs, with its p adjusted for the number of pairs (Holm)."""

    comparison: RunComparison
    adjusted_p: float


def compare_all(
    session: Session,
    run_ids: Sequence[int],
    *,
    reading: Reading = Reading.GENERATED,
    among: Collection[int] | None = None,
) -> list[PairRow]:
    """Return every pair of the runs, in the order given, with Holm's adjusted p-values.

    Each run is read once; `among` keeps these questions only.
    """
    answered = [_load_among(session, run_id, reading, among) for run_id in run_ids]
    pairs = [compare_answered(a, b) for a, b in combinations(answered, 2)]
    adjusted = holm([pair.found.mid_p for pair in pairs])
    return [PairRow(pair, p) for pair, p in zip(pairs, adjusted, strict=True)]
