"""What fills a table's cells: runs with one set of settings, and a mark on those without."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from scicot.pure.evaluation.paper_figures import Key, OtherModel
from scicot.pure.evaluation.paper_tables import PAPER_STAGE2
from scicot.pure.evaluation.settings import (
    OF_ANSWERING,
    differing_settings,
    say_differences,
    table_settings,
)
from scicot.pure.evaluation.tables import Measured, RunScore, measure
from scicot.pure.hashing import content_hash
from scicot.pure.methods.registry import (
    CLAIM,
    has_recipe,
    learns,
    read_config,
    second_stage_trains_on,
)
from scicot.pure.statistics import wilson_interval
from scicot.pure.teacher.names import parse_teacher
from scicot.services.evaluation.baselines import load_places
from scicot.services.evaluation.cells import SeedCell, group_cells, measure_seeds
from scicot.services.evaluation.missing_runs import key_of
from scicot.words.records import RunKind
from scicot.words.runs import RunView

CLOZE = {"answer_form": "text", "show_options": False}  # the form of lm-evaluation-harness


@dataclass(frozen=True, slots=True)
class Reference:
    """The one set of settings that a table's cells share; a snapshot belongs to its dataset."""

    settings: Mapping[str, Any]
    snapshots: Mapping[str, tuple[str, int | None]]  # name, training questions, by dataset

    def of(self, cell: SeedCell) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return what the cell should have, and what it has."""
        theirs = table_settings(cell.first.config)
        if not learns(cell.first.method):
            return (
                {name: self.settings.get(name) for name in OF_ANSWERING},
                {name: theirs.get(name) for name in OF_ANSWERING},
            )
        ours = dict(self.settings)
        expected = self.snapshots.get(str(cell.first.dataset))
        given = cell.first.training.snapshot
        if expected is None or given == expected[0] or self._took_as_many(cell, expected[1]):
            return ours, theirs
        return ours | {"snapshot": expected[0]}, theirs | {"snapshot": given}

    @staticmethod
    def _took_as_many(cell: SeedCell, expected: int | None) -> bool:
        """Return whether a run without a snapshot trained on as many questions all the same."""
        config = cell.first.training
        if config.snapshot is not None or expected is None:
            return False
        share = max(1, math.floor(expected * config.fraction))
        return cell.first.result.get("training_questions") == share


def choose_reference(runs: Sequence[RunView]) -> Reference:
    """Return the settings that fill the most cells; of equals those of the most, then newest runs.

    `runs` are training runs of one student, newest first.
    """
    groups: dict[str, list[RunView]] = defaultdict(list)
    for run in runs:
        if learns(run.method):
            groups[content_hash(table_settings(run.config))].append(run)
    if not groups:
        return Reference(table_settings(runs[0].config) if runs else {}, {})
    chosen = max(
        groups.values(), key=lambda group: (len({key_of(run) for run in group}), len(group))
    )
    snapshots: dict[str, list[tuple[str, int | None]]] = defaultdict(list)
    # a method with rationales of its own has a snapshot of its own, which is no table's
    for run in [run for run in chosen if not has_recipe(run.method)] or chosen:
        if run.training.snapshot and run.training.fraction == 1.0:
            trained = run.result.get("training_questions")
            snapshots[str(run.dataset)].append(
                (run.training.snapshot, trained if isinstance(trained, int) else None)
            )
    return Reference(
        table_settings(chosen[0].config),
        {dataset: max(named, key=named.count) for dataset, named in snapshots.items()},
    )


def measure_cells(
    session: Session,
    runs: Sequence[RunView],
    scores: Mapping[int, RunScore],
    reference: Reference,
) -> dict[Key, Measured]:
    """Return each cell's figure: of runs like the reference, else of the nearest, marked."""
    by_key: dict[Key, list[RunView]] = defaultdict(list)
    for run in runs:
        by_key[key_of(run)].append(run)
    figures = {
        key: _measure_nearest(session, listed, scores, reference) for key, listed in by_key.items()
    }
    return {key: figure for key, figure in figures.items() if figure is not None}


def measure_stage2(
    session: Session,
    runs: Sequence[RunView],
    scores: Mapping[int, RunScore],
    reference: Reference,
) -> dict[tuple[str, str], Measured]:
    """Return Sci-CoT's figures by what its second stage was trained on, and dataset."""
    by_setting: dict[tuple[str, str], list[RunView]] = defaultdict(list)
    for run in runs:
        if run.method == CLAIM[0] and run.training.fraction == 1.0:
            by_setting[_stage2_of(run), str(run.dataset)].append(run)
    figures = {
        key: _measure_nearest(session, listed, scores, reference)
        for key, listed in by_setting.items()
    }
    return {key: figure for key, figure in figures.items() if figure is not None}


def _stage2_of(run: RunView) -> str:
    """Return what a run's second stage was trained on; the paper's choice where it has none."""
    if run.method != CLAIM[0]:  # a method may be unknown here, and its settings unreadable
        return PAPER_STAGE2
    return second_stage_trains_on(read_config(run.config)) or PAPER_STAGE2


def measure_untrained(
    session: Session,
    runs: Sequence[RunView],
    scores: Mapping[int, RunScore],
    reference: Reference,
) -> dict[tuple[str, str], Measured]:
    """Return what the student as it is comes to, by (a key of `UNTRAINED`, dataset).

    What it writes and its option scores are those in the table's form, or the nearest, marked; the
    cloze form needs a run of its own.
    """
    by_dataset: dict[str, list[RunView]] = defaultdict(list)
    for run in runs:
        if not learns(run.method):
            by_dataset[str(run.dataset)].append(run)
    figures: dict[tuple[str, str], Measured | None] = {}
    for dataset, listed in by_dataset.items():
        nearest = _find_nearest(listed, reference)
        figures["generated", dataset] = _measure_nearest(
            session, listed, scores, reference, is_one=True
        )
        figures["options", dataset] = _by_options(nearest, scores, reference)
        cloze = [run for run in listed if {**run.config, **CLOZE} == run.config]
        if cloze:
            nearest = _find_nearest(cloze, reference)
            figures["cloze", dataset] = _by_options(nearest, scores, reference, CLOZE)
            figures["cloze_per_byte", dataset] = _by_options(
                nearest, scores, reference, CLOZE, is_per_byte=True
            )
    return {key: figure for key, figure in figures.items() if figure is not None}


def _by_options(
    cell: SeedCell,
    scores: Mapping[int, RunScore],
    reference: Reference,
    meant: Mapping[str, Any] | None = None,
    *,
    is_per_byte: bool = False,
) -> Measured | None:
    """Return a cell's first run by its option scores; `meant` settings are no difference.

    One run stands for all: a student that was not trained has no seed.
    """
    found = scores[cell.first.id]
    share = found.per_byte if is_per_byte else found.option_accuracy
    if share is None:
        return None
    expected, given = (
        {name: value for name, value in settings.items() if name not in (meant or {})}
        for settings in reference.of(cell)
    )
    n = found.score.n
    return Measured(
        accuracy=share,
        interval=wilson_interval(round(share * n), n),
        over="questions",
        run_ids=(cell.first.id,),
        questions=n,
        option_accuracy=None,
        no_answer_share=0.0,
        differs=say_differences(given, expected),
    )


def _measure_nearest(
    session: Session,
    runs: Sequence[RunView],
    scores: Mapping[int, RunScore],
    reference: Reference,
    *,
    is_one: bool = False,
) -> Measured | None:
    nearest = _find_nearest(runs, reference)
    measured = SeedCell((nearest.first,)) if is_one else nearest
    figure = _measure(session, measured, scores, len(runs) - len(nearest.runs))
    expected, given = reference.of(nearest)
    return figure and replace(figure, differs=say_differences(given, expected))


def _find_nearest(runs: Sequence[RunView], reference: Reference) -> SeedCell:
    """Return the cell most like the reference; of equals the most seeds, then the newest."""

    def distance(cell: SeedCell) -> tuple[int, bool]:
        is_papers = _stage2_of(cell.first) == PAPER_STAGE2
        return len(differing_settings(*reference.of(cell))), not is_papers

    return min(group_cells(runs), key=distance)


def _measure(
    session: Session, cell: SeedCell, scores: Mapping[int, RunScore], left_out: int
) -> Measured | None:
    figure = measure(
        [scores[run_id] for run_id in cell.ids], measure_seeds(session, cell.ids), left_out
    )
    if figure is None:
        return None
    places = load_places(session, cell.ids)
    warnings = [place.warning for place in places.values() if place.warning]
    first = places.get(cell.first.id)
    is_trained = cell.first.kind is RunKind.TRAIN
    trained = cell.first.result.get("training_questions")
    return replace(
        figure,
        limit_train=cell.first.training.limit_train if is_trained else None,
        examples=trained if isinstance(trained, int) else None,
        same_place=first.same_place if first else None,
        warning=warnings[0] if warnings else "",
    )


def measure_others(
    session: Session, runs: Sequence[RunView], scores: Mapping[int, RunScore]
) -> list[OtherModel]:
    """Return the rows of what no method of ours trained, oldest first."""
    rows: dict[tuple[str, str], dict[str, list[RunView]]] = {}
    for run in reversed(runs):  # oldest first, so that rows keep their place
        by_dataset = rows.setdefault(_name_other(run), {})
        by_dataset.setdefault(str(run.dataset), []).append(run)
    others = []
    for (name, size), by_dataset in rows.items():
        figures = {}
        for dataset, listed in by_dataset.items():
            largest = group_cells(listed)[0]
            figure = _measure(session, largest, scores, len(listed) - len(largest.runs))
            if figure is not None:
                figures[dataset] = figure
        others.append(OtherModel(name, size, figures))
    return others


def _name_other(run: RunView) -> tuple[str, str]:
    """Return a row's label and note for a run that trained nothing."""
    if run.kind is RunKind.FEW_SHOT:
        asked = run.few_shot
        teacher = parse_teacher(asked.teacher).model
        thinking = ", chain of thought" if asked.chain_of_thought else ""
        thinking += f", majority of {asked.samples}" if asked.samples != 1 else ""
        thinking += ", second call" if asked.second_call else ""
        # the paper's LLM rows are base models whose options were ranked
        return f"{teacher} (few-shot k={asked.shots}{thinking})", "LLM, generated"
    return run.name, "imported" if run.kind is RunKind.IMPORTED else run.kind.value
