"""What fills a table's cells: runs with one set of settings, and a mark on those without."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from scicot.pure.evaluation.paper_figures import Key, OtherModel
from scicot.pure.evaluation.paper_tables import PAPER_STAGE2
from scicot.pure.evaluation.settings import (
    asking_settings,
    differing_settings,
    say_differences,
)
from scicot.pure.evaluation.tables import Measured, RunScore, measure
from scicot.pure.hashing import content_hash
from scicot.pure.methods.registry import CLAIM, learns, read_config, second_stage_trains_on
from scicot.pure.predictions.places import warn_of_seeds
from scicot.pure.statistics import wilson_interval
from scicot.pure.teacher.names import parse_teacher
from scicot.services.evaluation.asked import Asked
from scicot.services.evaluation.cells import (
    SeedCell,
    group_cells,
    measure_readings,
)
from scicot.services.evaluation.missing_runs import key_of
from scicot.services.evaluation.reference import Reference, of_stage2, say_other_questions
from scicot.words.records import RunKind
from scicot.words.runs import RunView

CLOZE = {"answer_form": "text", "show_options": False}  # the form of lm-evaluation-harness


Scores = Mapping[int, RunScore]


@dataclass(frozen=True, slots=True)
class Stored:
    """What is read once for all cells: each run's score, and the questions that it answered."""

    scores: Scores
    asked: Mapping[int, Asked]


def measure_cells(
    session: Session,
    runs: Sequence[RunView],
    stored: Stored,
    reference: Reference,
) -> dict[Key, Measured]:
    """Return each cell's figure: of runs like the reference, else of the nearest, marked."""
    by_key: dict[Key, list[RunView]] = defaultdict(list)
    for run in runs:
        by_key[key_of(run)].append(run)
    figures = {
        key: _measure_nearest(session, listed, stored, reference) for key, listed in by_key.items()
    }
    return {key: figure for key, figure in figures.items() if figure is not None}


def measure_stage2(
    session: Session,
    runs: Sequence[RunView],
    stored: Stored,
    reference: Reference,
) -> dict[tuple[str, str], Measured]:
    """Return Sci-CoT's figures by what its second stage was trained on, and dataset."""
    by_setting: dict[str, dict[str, list[RunView]]] = defaultdict(lambda: defaultdict(list))
    for run in runs:
        if run.method == CLAIM[0] and run.training.fraction == 1.0:
            by_setting[_stage2_of(run)][str(run.dataset)].append(run)
    figures = {}
    for setting, by_dataset in by_setting.items():
        of_row = of_stage2(reference, setting, [run for of in by_dataset.values() for run in of])
        for dataset, listed in by_dataset.items():
            figures[setting, dataset] = _measure_nearest(session, listed, stored, of_row)
    return {key: figure for key, figure in figures.items() if figure is not None}


def _stage2_of(run: RunView) -> str:
    """Return what a run's second stage was trained on; the paper's choice where it has none."""
    if run.method != CLAIM[0]:  # a method may be unknown here, and its settings unreadable
        return PAPER_STAGE2
    return second_stage_trains_on(read_config(run.config)) or PAPER_STAGE2


def measure_untrained(
    session: Session,
    runs: Sequence[RunView],
    stored: Stored,
    reference: Reference,
) -> dict[tuple[str, str], Measured]:
    """Return what the student as it is comes to, by (a key of `UNTRAINED`, dataset).

    What it writes and its option scores are those in the table's form, or the nearest, marked. It
    writes an answer only where it was shown the options; the cloze form needs a run of its own.
    """
    by_dataset: dict[str, list[RunView]] = defaultdict(list)
    for run in runs:
        if not learns(run.method):
            by_dataset[str(run.dataset)].append(run)
    figures: dict[tuple[str, str], Measured | None] = {}
    for dataset, listed in by_dataset.items():
        nearest = _find_nearest(listed, reference)
        # what was not shown the options can write none of them: its answer is its option score
        writing = [run for run in listed if run.training.show_options]
        if writing:
            figures["generated", dataset] = _measure_nearest(
                session, writing, stored, reference, is_one=True
            )
        figures["options", dataset] = _by_options(nearest, stored, reference)
        cloze = [run for run in listed if {**run.config, **CLOZE} == run.config]
        if cloze:
            nearest = _find_nearest(cloze, reference)
            figures["cloze", dataset] = _by_options(nearest, stored, reference, CLOZE)
            figures["cloze_per_byte", dataset] = _by_options(
                nearest, stored, reference, CLOZE, is_per_byte=True
            )
    return {key: figure for key, figure in figures.items() if figure is not None}


def _by_options(
    cell: SeedCell,
    stored: Stored,
    reference: Reference,
    meant: Mapping[str, Any] | None = None,
    *,
    is_per_byte: bool = False,
) -> Measured | None:
    """Return a cell's first run by its option scores; `meant` settings are no difference.

    One run stands for all: a student that was not trained has no seed.
    """
    found = stored.scores[cell.first.id]
    share = found.per_byte if is_per_byte else found.option_accuracy
    if share is None:
        return None
    n = found.option_questions or found.score.n
    return Measured(
        accuracy=share,
        interval=wilson_interval(round(share * n), n),
        over="questions",
        run_ids=(cell.first.id,),
        questions=n,
        option_accuracy=None,
        no_answer_share=0.0,
        differs=reference.say(SeedCell((cell.first,)), stored.asked, meant or {}),
        same_place=found.standing.same_place,
    )


def _measure_nearest(
    session: Session,
    runs: Sequence[RunView],
    stored: Stored,
    reference: Reference,
    *,
    is_one: bool = False,
) -> Measured | None:
    nearest = _find_nearest(runs, reference)
    measured = SeedCell((nearest.first,)) if is_one else nearest
    figure = _measure(session, measured, stored.scores, len(runs) - len(nearest.runs))
    return figure and replace(figure, differs=reference.say(measured, stored.asked))


def _find_nearest(runs: Sequence[RunView], reference: Reference) -> SeedCell:
    """Return the cell most like the reference; of equals the most seeds, then the newest."""
    return min(group_cells(runs), key=lambda cell: len(differing_settings(*reference.of(cell))))


def _measure(session: Session, cell: SeedCell, scores: Scores, left_out: int) -> Measured | None:
    of_runs = [scores[run_id] for run_id in cell.ids]
    written, likely = measure_readings(session, cell.ids)
    options = {"option_accuracy": likely} if likely else None
    figure = measure(of_runs, written, left_out, options)
    if figure is None:
        return None
    is_trained = cell.first.kind is RunKind.TRAIN
    trained = cell.first.result.get("training_questions")
    return replace(
        figure,
        limit_train=cell.first.training.limit_train if is_trained else None,
        examples=trained if isinstance(trained, int) else None,
        same_place=of_runs[0].standing.same_place,
        warning=warn_of_seeds([(run.seed, scores[run.id].standing) for run in cell.runs]),
    )


def measure_others(
    session: Session, runs: Sequence[RunView], stored: Stored, reference: Reference
) -> list[OtherModel]:
    """Return the rows of what no method of ours trained, oldest first.

    A row has one set of settings too, that of the most of its runs; a cell of others says so.
    """
    rows: dict[tuple[str, str], dict[str, list[RunView]]] = {}
    for run in reversed(runs):  # oldest first, so that rows keep their place
        by_dataset = rows.setdefault(_name_other(run), {})
        by_dataset.setdefault(str(run.dataset), []).append(run)
    others = []
    for (name, size), by_dataset in rows.items():
        told = _usual_of_row(by_dataset)
        figures = {}
        for dataset, listed in by_dataset.items():
            cell = _nearest_other(listed, told)
            figure = _measure(session, cell, stored.scores, len(listed) - len(cell.runs))
            if figure is not None:
                said = (
                    say_differences(asking_settings(cell.first.config), told),
                    say_other_questions(reference, dataset, cell.ids, stored.asked),
                )
                figures[dataset] = replace(figure, differs="; ".join(filter(None, said)))
        others.append(OtherModel(name, size, figures))
    return others


def _usual_of_row(by_dataset: Mapping[str, Sequence[RunView]]) -> Mapping[str, Any]:
    """Return the settings that fill the most cells of a row; of equals the oldest."""
    groups: dict[str, list[RunView]] = defaultdict(list)
    for listed in by_dataset.values():
        for run in listed:
            groups[content_hash(asking_settings(run.config))].append(run)
    chosen = max(groups.values(), key=lambda of: (len({run.dataset for run in of}), len(of)))
    return asking_settings(chosen[0].config)


def _nearest_other(runs: Sequence[RunView], told: Mapping[str, Any]) -> SeedCell:
    """Return the cell most like its row; of equals the most seeds, then the newest."""

    def distance(cell: SeedCell) -> int:
        return len(differing_settings(asking_settings(cell.first.config), told))

    return min(group_cells(runs), key=distance)


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
