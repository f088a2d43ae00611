"""Comparisons: runs set side by side on the questions that both answered."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import PredictionRow, QuestionRow, RunRow
from scicot.pure.evaluation.comparison import (
    Cell,
    Comparison,
    count_cells,
    say_comparison,
    sort_into_cells,
)
from scicot.pure.evaluation.settings import (
    answering_settings,
    run_settings,
    say_differences,
    shared_own,
)
from scicot.pure.methods.registry import title_of
from scicot.pure.predictions.metrics import Score, score_outcomes
from scicot.pure.predictions.places import Standing, count_places
from scicot.pure.statistics import holm
from scicot.services.predictions.store import list_outcomes
from scicot.services.runs.runs import get_run, list_runs
from scicot.words.errors import InvalidInput
from scicot.words.records import Outcome, RunKind, Variant
from scicot.words.runs import RunView


class Reading(StrEnum):
    """What counts as a run's answer: the one it wrote, or the option it finds most likely."""

    GENERATED = "generated"
    OPTIONS = "options"


@dataclass(frozen=True, slots=True)
class RunComparison:
    """Two runs on the questions that both answered; the cells hold question ids.

    `score_a` and `score_b` are over all that each was asked, `matched_a` and `matched_b` over the
    questions that both answered, as the difference is.
    `standing_a` and `standing_b` are of these too: what one place always would give, and where the
    answers fall. `differences` says in which settings the runs are unlike beside the method; empty
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
    differences: str = ""

    @property
    def said(self) -> str:
        """What the comparison says, in words, for a place that shows the differences itself."""
        return say_comparison(self.found, self.name_a, self.name_b)

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


@dataclass(frozen=True, slots=True)
class _Answered:
    """One run with what it answered, read once for all comparisons that it stands in."""

    view: RunView
    outcomes: Mapping[int, Outcome]
    labels: Sequence[tuple[int, str | None, str]]  # question id, answer, key

    def standing(self, question_ids: Set[int]) -> Standing:
        """Return where the answers to these questions fall."""
        return count_places(
            [(label, key, 1) for asked, label, key in self.labels if asked in question_ids]
        ).standing


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
    answered = [_load_answered(session, run_id, reading) for run_id in (run_a, run_b)]
    return _compare(*answered, among=among)


def _load_answered(session: Session, run_id: int, reading: Reading) -> _Answered:
    view = get_run(session, run_id)
    outcomes = _outcomes(session, view, reading)
    return _Answered(view, outcomes, _list_labels(session, run_id, reading))


def _compare(a: _Answered, b: _Answered, *, among: Collection[int] | None = None) -> RunComparison:
    views, outcomes = (a.view, b.view), [a.outcomes, b.outcomes]
    if among is not None:
        wanted = set(among)
        outcomes = [{key: of[key] for key in of if key in wanted} for of in outcomes]
    correct = [{key: outcome is Outcome.CORRECT for key, outcome in of.items()} for of in outcomes]
    cells = sort_into_cells(*correct)
    both = outcomes[0].keys() & outcomes[1].keys()
    matched = [score_outcomes(of[key] for key in both) for of in outcomes]
    name_a, name_b = name_runs(*views)
    standing_a, standing_b = (run.standing(both) for run in (a, b))
    return RunComparison(
        run_a=views[0],
        run_b=views[1],
        name_a=name_a,
        name_b=name_b,
        score_a=score_outcomes(outcomes[0].values()),
        score_b=score_outcomes(outcomes[1].values()),
        matched_a=matched[0],
        matched_b=matched[1],
        cells=cells,
        found=count_cells(cells),
        standing_a=standing_a,
        standing_b=standing_b,
        differences=_differences(*views),
    )


def _differences(a: RunView, b: RunView) -> str:
    """Return in which settings two runs of one kind are unlike, beside the method."""
    if a.kind is not b.kind:
        return ""
    if a.kind is not RunKind.TRAIN:
        return say_differences(answering_settings(a.config), answering_settings(b.config))
    own_a, own_b = shared_own(a.config, b.config)
    return say_differences(run_settings(a.config) | own_a, run_settings(b.config) | own_b)


def _list_labels(
    session: Session, run_id: int, reading: Reading
) -> list[tuple[int, str | None, str]]:
    """Return question id, the run's answer, read as told, and the key, of each question."""
    is_written = reading is Reading.GENERATED
    answer = PredictionRow.label if is_written else PredictionRow.option_label
    rows = session.execute(
        select(PredictionRow.question_id, answer, QuestionRow.answer_key)
        .join(QuestionRow, QuestionRow.id == PredictionRow.question_id)
        .where(PredictionRow.run_id == run_id, PredictionRow.variant == Variant.MAIN)
    )
    return [(question_id, label, key) for question_id, label, key in rows]


def _outcomes(session: Session, run: RunView, reading: Reading) -> dict[int, Outcome]:
    if reading is Reading.GENERATED:
        outcomes = list_outcomes(session, run.id)
        blind = [key for key, outcome in outcomes.items() if outcome is Outcome.UNSCORED]
        if outcomes and len(blind) == len(outcomes):
            raise InvalidInput(
                f"Run {run.id} ({run.name}) answered questions whose keys are not known. Its "
                "predictions can be exported, not scored."
            )
        for key in blind:
            del outcomes[key]
    else:
        outcomes = list_option_outcomes(session, run.id)
    if not outcomes:
        what = "no predictions" if reading is Reading.GENERATED else "no option scores"
        raise InvalidInput(
            f"Run {run.id} ({run.name}) has {what} on a test split. Choose a run that is done."
        )
    return outcomes


def list_option_outcomes(session: Session, run_id: int) -> dict[int, Outcome]:
    """Return the outcome of the most likely option by question id, where options were scored."""
    rows = session.execute(
        select(PredictionRow.question_id, PredictionRow.option_label, QuestionRow.answer_key)
        .join(QuestionRow, QuestionRow.id == PredictionRow.question_id)
        .where(
            PredictionRow.run_id == run_id,
            PredictionRow.variant == Variant.MAIN,
            PredictionRow.option_label.is_not(None),
            PredictionRow.outcome != Outcome.UNSCORED,
        )
    )
    return {
        question_id: Outcome.CORRECT if label == key else Outcome.INCORRECT
        for question_id, label, key in rows
    }


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
    session: Session, run_ids: Sequence[int], *, reading: Reading = Reading.GENERATED
) -> list[PairRow]:
    """Return every pair of the runs, in the order given, with Holm's adjusted p-values.

    Each run is read once.
    """
    answered = [_load_answered(session, run_id, reading) for run_id in run_ids]
    pairs = [_compare(a, b) for a, b in combinations(answered, 2)]
    adjusted = holm([pair.found.mid_p for pair in pairs])
    return [PairRow(pair, p) for pair, p in zip(pairs, adjusted, strict=True)]
