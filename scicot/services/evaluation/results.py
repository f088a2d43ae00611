"""Results: the paper's tables, filled from the finished runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import ExperimentRow, PredictionRow, QuestionRow, RunRow
from scicot.adapters.paper_numbers import read_paper_numbers
from scicot.pure.evaluation.paper_tables import Key, OtherModel, PaperNumbers, build_tables
from scicot.pure.evaluation.tables import Measured, ResultTable, RunScore, measure
from scicot.pure.hashing import content_hash
from scicot.pure.predictions.metrics import Score
from scicot.pure.teacher.names import parse_teacher
from scicot.services.evaluation.cells import group_cells, measure_seeds
from scicot.services.evaluation.missing_runs import key_of, offer_launches
from scicot.services.runs.runs import list_runs
from scicot.words.errors import NotFound
from scicot.words.records import Outcome, RunKind, RunStatus, RunView, Split, Variant

MOST_RUNS = 2000


@dataclass(frozen=True, slots=True)
class Results:
    """The tables with what they were made from; `students` are those that could be shown."""

    tables: Sequence[ResultTable]
    student: str | None
    students: Sequence[str]
    runs: Sequence[RunView]
    scores: Mapping[int, RunScore]
    paper: PaperNumbers


def list_experiments(session: Session) -> list[tuple[int, str]]:
    """Return the experiments' ids and names, newest first."""
    rows = session.execute(
        select(ExperimentRow.id, ExperimentRow.name).order_by(ExperimentRow.id.desc())
    )
    return [(experiment_id, name) for experiment_id, name in rows]


def find_experiment(session: Session, experiment_id: int) -> str:
    """Return an experiment's name; raises NotFound with the ones there are."""
    known = dict(list_experiments(session))
    if experiment_id not in known:
        names = ", ".join(f"{key} ({name})" for key, name in known.items()) or "none yet"
        raise NotFound(f"There is no experiment {experiment_id} (there are: {names}).")
    return known[experiment_id]


def results_state(session: Session) -> str:
    """Return what results depend on, in short: it changes when a run comes or changes its state.

    A finished run's predictions never change, so that results may be kept under this.
    """
    rows = session.execute(select(RunRow.id, RunRow.status, RunRow.finished_at).order_by(RunRow.id))
    return content_hash([[run_id, status, str(at)] for run_id, status, at in rows])


def load_results(
    session: Session, *, experiment_id: int | None = None, student: str | None = None
) -> Results:
    """Return Tables I-IV from the finished runs: all of them, or one experiment's.

    One student's runs fill the tables, the one with the most runs unless it is named.
    """
    if experiment_id is not None:
        find_experiment(session, experiment_id)
    listed = list_runs(session, experiment_id=experiment_id, limit=MOST_RUNS)
    runs = [
        run
        for run in listed
        if run.status is RunStatus.DONE
        and run.kind is not RunKind.GENERATE
        and run.dataset
        # the tables are of the test split; a trained run's own predictions always are
        and run.config.get("split", Split.TEST) == Split.TEST
    ]
    scores = score_runs(session, [run.id for run in runs])
    runs = [run for run in runs if run.id in scores]
    trained = [run for run in runs if run.kind is RunKind.TRAIN and run.method]
    students = _by_frequency(str(run.config.get("student", "")) for run in trained)
    chosen = student if student in students else (students[0] if students else None)
    measured = _measure_cells(
        session, [run for run in trained if run.config.get("student") == chosen], scores
    )
    others = _measure_others(session, [run for run in runs if run not in trained], scores)
    paper = read_paper_numbers()
    datasets = [*paper.titles]
    datasets += sorted({run.dataset for run in runs if run.dataset} - set(datasets))
    tables = build_tables(paper, measured, others, datasets, title_student(chosen))
    alike = [
        run
        for run in listed
        if run.kind is RunKind.TRAIN and chosen in (None, run.config.get("student"))
    ]
    return Results(
        tables=offer_launches(tables, alike),
        student=chosen,
        students=students,
        runs=runs,
        scores=scores,
        paper=paper,
    )


def title_student(student: str | None) -> str | None:
    """Return a student's name as tables show it: of a folder its last part."""
    return student if student is None or not student.startswith("/") else Path(student).name


def _by_frequency(names: Iterable[str]) -> list[str]:
    counts: dict[str, int] = defaultdict(int)
    for name in names:
        counts[name] += 1
    return sorted(counts, key=lambda name: (-counts[name], name))


def score_runs(session: Session, run_ids: Sequence[int]) -> dict[int, RunScore]:
    """Return the score of each run that has main predictions."""
    counts: dict[int, dict[Outcome, int]] = defaultdict(dict)
    rows = session.execute(
        select(PredictionRow.run_id, PredictionRow.outcome, func.count())
        .where(PredictionRow.run_id.in_(run_ids), PredictionRow.variant == Variant.MAIN)
        .group_by(PredictionRow.run_id, PredictionRow.outcome)
    )
    for run_id, outcome, count in rows:
        counts[run_id][outcome] = count
    options = _option_accuracies(session, list(counts))
    return {
        run_id: RunScore(
            run_id,
            Score(
                n=sum(of.values()),
                correct=of.get(Outcome.CORRECT, 0),
                no_answer=of.get(Outcome.NO_ANSWER, 0),
            ),
            options.get(run_id),
        )
        for run_id, of in counts.items()
    }


def _option_accuracies(session: Session, run_ids: Sequence[int]) -> dict[int, float]:
    is_key = PredictionRow.option_label == QuestionRow.answer_key
    rows = session.execute(
        select(PredictionRow.run_id, func.count(), func.count().filter(is_key))
        .join(QuestionRow, QuestionRow.id == PredictionRow.question_id)
        .where(
            PredictionRow.run_id.in_(run_ids),
            PredictionRow.variant == Variant.MAIN,
            PredictionRow.option_label.is_not(None),
        )
        .group_by(PredictionRow.run_id)
    )
    return {run_id: right / n for run_id, n, right in rows}


def _measure_cells(
    session: Session, runs: Sequence[RunView], scores: Mapping[int, RunScore]
) -> dict[Key, Measured]:
    cells: dict[Key, list[RunView]] = defaultdict(list)
    for run in runs:
        cells[key_of(run)].append(run)
    measured = {key: _measure_alike(session, listed, scores) for key, listed in cells.items()}
    return {key: figure for key, figure in measured.items() if figure is not None}


def _measure_alike(
    session: Session, runs: Sequence[RunView], scores: Mapping[int, RunScore]
) -> Measured | None:
    """Measure the largest group of runs that differ in nothing but the seed, newest on a tie."""
    largest, *others = group_cells(runs)
    left_out = sum(len(cell.runs) for cell in others)
    measured = measure(
        [scores[run_id] for run_id in largest.ids], measure_seeds(session, largest.ids), left_out
    )
    limit = largest.first.config.get("limit_train")
    return measured and replace(measured, limit_train=limit if isinstance(limit, int) else None)


def _measure_others(
    session: Session, runs: Sequence[RunView], scores: Mapping[int, RunScore]
) -> list[OtherModel]:
    rows: dict[tuple[str, str], dict[str, list[RunView]]] = {}
    for run in reversed(runs):  # oldest first, so that rows keep their place
        by_dataset = rows.setdefault(_name_other(run), {})
        by_dataset.setdefault(str(run.dataset), []).append(run)
    others = []
    for (name, size), by_dataset in rows.items():
        measured = {
            dataset: _measure_alike(session, listed, scores)
            for dataset, listed in by_dataset.items()
        }
        others.append(
            OtherModel(name, size, {key: figure for key, figure in measured.items() if figure})
        )
    return others


def _name_other(run: RunView) -> tuple[str, str]:
    """Return a row's label and note for a run that trained nothing."""
    if run.kind is RunKind.FEW_SHOT:
        teacher = parse_teacher(str(run.config["teacher"])).model
        thinking = ", chain of thought" if run.config.get("chain_of_thought") else ""
        return f"{teacher} (few-shot k={run.config.get('shots')}{thinking})", "LLM"
    return run.name, "imported" if run.kind is RunKind.IMPORTED else run.kind.value
