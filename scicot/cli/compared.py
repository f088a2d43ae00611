"""What `compare` prints: a comparison of runs or of cells, for a person and for scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scicot.pure.evaluation.comparison import say_p
from scicot.pure.evaluation.settings import caption_settings, table_settings
from scicot.pure.evaluation.table_words import say_reasons, with_reasons
from scicot.pure.methods.registry import title_of
from scicot.pure.predictions.metrics import Score
from scicot.pure.predictions.places import Standing
from scicot.pure.shares import say_share
from scicot.pure.statistics import Interval
from scicot.services.evaluation.answered import Reading
from scicot.services.evaluation.cell_comparison import CellComparison
from scicot.services.evaluation.cells import SeedCell
from scicot.services.evaluation.comparison import RunComparison

READ = {
    Reading.GENERATED: "Counted are the answers that were given.",
    Reading.OPTIONS: "Counted are the options that each finds most likely.",
}


def _with_own(name: str, own: int, compared: CellComparison) -> str:
    """Return a cell's name, and how many questions its runs answered where not these alone."""
    return name if own == compared.found.questions else f"{name}, on its own {own:,} questions"


def say_runs(cells: Sequence[SeedCell]) -> str:
    """Return which runs went in, and what they have in common."""
    runs = "; ".join(
        f"{title_of(cell.first.method)} {', '.join(map(str, cell.ids))}" for cell in cells
    )
    shared = [caption_settings(table_settings(cell.first.carried_out)) for cell in cells]
    alike = ", ".join(
        f"{name} {value}"
        for name, value in shared[0].items()
        if all(of.get(name) == value for of in shared)
    )
    return f"Runs on the {cells[0].first.split} split: {runs}. Alike in: {alike}."


def cell_lines(compared: CellComparison, reading: Reading) -> list[str]:
    """Return two cells compared as lines for a person."""
    both = (
        (_with_own(compared.name_a, compared.own_a, compared), compared.standing_a),
        (_with_own(compared.name_b, compared.own_b, compared), compared.standing_b),
    )
    return [
        compared.sentence,
        say_unread(compared),
        _say_places(both),
        *compared.warnings,
        say_runs([compared.cell_a, compared.cell_b]),
        READ[reading],
    ]


def say_unread(compared: CellComparison) -> str:
    """Return the share of each cell's answers that could not be read, and why."""
    both = ((compared.name_a, compared.unread_a), (compared.name_b, compared.unread_b))
    said = [with_reasons(f"{name} {say_share(of.share)}", of.reasons) for name, of in both]
    return f"No answer: {', '.join(said)}."


def describe_cells(compared: CellComparison, reading: Reading) -> dict[str, Any]:
    """Return two cells compared as the JSON that scripts read. Accuracies are fractions; A - B."""
    comparison, first = compared.found, compared.cell_a.first
    return {
        "methods": [cell.first.method for cell in (compared.cell_a, compared.cell_b)],
        "dataset": first.dataset,
        "student": first.training.student,
        "split": first.split,
        "reading": reading,
        "runs_a": compared.cell_a.ids,
        "runs_b": compared.cell_b.ids,
        "seeds_a": comparison.seeds_a,
        "seeds_b": comparison.seeds_b,
        "matched": comparison.questions,
        "questions_a": compared.own_a,
        "questions_b": compared.own_b,
        "accuracy_a": comparison.accuracy_a,
        "accuracy_b": comparison.accuracy_b,
        "no_answer_share_a": compared.unread_a.share,
        "no_answer_share_b": compared.unread_b.share,
        "no_answer_reasons_a": dict(compared.unread_a.reasons),
        "no_answer_reasons_b": dict(compared.unread_b.reasons),
        "difference": comparison.difference,
        "interval": [comparison.interval.low, comparison.interval.high],
        "p": comparison.p,
        "questions_needed": comparison.needed,
        "no_worse_by_2_points": comparison.is_no_worse(),
        "differences": compared.differences,
        "same_place_a": compared.standing_a.same_place,
        "same_place_b": compared.standing_b.same_place,
        "warnings": list(compared.warnings),
        "sentence": compared.sentence,
    }


def _say_score(score: Score, reasons: Mapping[str, int]) -> str:
    """Return an accuracy with its interval, and how many answers could not be read, and why."""
    why = f": {say_reasons(reasons)}" if reasons else ""
    bounds = f" {score.interval.in_brackets('.1f')}" if score.interval else ""
    return f"{say_share(score.accuracy)}{bounds} (no answer {score.no_answer:,}{why})"


def _say_places(both: Sequence[tuple[str, Standing]]) -> str:
    """Return what always the best place would give on each one's questions."""
    said = [
        f"{say_share(standing.same_place)} ({name})"
        for name, standing in both
        if standing.same_place is not None
    ]
    return f"One place always would give {', '.join(said)}." if said else ""


def describe(compared: RunComparison, reading: Reading) -> dict[str, Any]:
    """Return a comparison as the JSON that scripts read. Accuracies are fractions; A - B.

    All of it is over the `matched` questions but `questions_a` and `questions_b`, a run's own.
    """
    comparison = compared.found
    return {
        "run_a": compared.run_a.id,
        "run_b": compared.run_b.id,
        "reading": reading,
        "questions_a": compared.score_a.n,
        "questions_b": compared.score_b.n,
        "matched": comparison.matched,
        "both": comparison.both,
        "only_a": comparison.only_a,
        "only_b": comparison.only_b,
        "neither": comparison.neither,
        "accuracy_a": comparison.accuracy_a,
        "accuracy_b": comparison.accuracy_b,
        "interval_a": _ends(compared.matched_a.interval),
        "interval_b": _ends(compared.matched_b.interval),
        "difference": comparison.difference,
        "interval": _ends(comparison.interval),
        "mcnemar_mid_p": comparison.mid_p,
        "questions_needed": comparison.needed,
        "differences": compared.differences,
        "no_answer_a": compared.matched_a.no_answer,
        "no_answer_b": compared.matched_b.no_answer,
        "no_answer_reasons_a": dict(compared.reasons_a),
        "no_answer_reasons_b": dict(compared.reasons_b),
        "same_place_a": compared.standing_a.same_place,
        "same_place_b": compared.standing_b.same_place,
        "warnings": compared.warnings,
        "sentence": compared.sentence,
    }


def _ends(interval: Interval | None) -> list[float] | None:
    return [interval.low, interval.high] if interval else None


def lines(
    compared: RunComparison, reading: Reading, only_a: Sequence[str], only_b: Sequence[str]
) -> list[str]:
    """Return a comparison as lines for a person."""
    comparison = compared.found
    a, b = compared.name_a, compared.name_b
    return [
        compared.sentence,
        f"Matched {comparison.matched:,} of {compared.score_a.n:,} (A) and "
        f"{compared.score_b.n:,} (B): {a} {_say_score(compared.matched_a, compared.reasons_a)}, "
        f"{b} {_say_score(compared.matched_b, compared.reasons_b)}.",
        READ[reading],
        f"Both right {comparison.both}, only {a} {comparison.only_a}, "
        f"only {b} {comparison.only_b}, neither {comparison.neither}; "
        f"McNemar mid-p {say_p(comparison.mid_p)}.",
        _say_places([(a, compared.standing_a), (b, compared.standing_b)]),
        *compared.warnings,
        f"Only {a}: {' '.join(only_a) or '-'}",
        f"Only {b}: {' '.join(only_b) or '-'}",
    ]
