"""Results: the paper's tables, filled from the finished runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import DatasetRow, ExperimentRow, PredictionRow, QuestionRow, RunRow
from scicot.adapters.paper_numbers import read_paper_numbers
from scicot.pure.evaluation.baselines import Baselines
from scicot.pure.evaluation.paper_figures import PaperNumbers, Shown
from scicot.pure.evaluation.paper_tables import build_tables
from scicot.pure.evaluation.settings import caption_own, caption_settings, cell_settings
from scicot.pure.evaluation.tables import ResultTable, RunScore
from scicot.pure.hashing import content_hash
from scicot.pure.methods.registry import usual_plan
from scicot.pure.predictions.metrics import Score
from scicot.services.evaluation.asked import load_asked
from scicot.services.evaluation.baselines import load_baselines, load_places
from scicot.services.evaluation.missing_runs import offer_launches
from scicot.services.evaluation.reference import (
    SettingsSet,
    choose_reference,
    list_sets,
    name_snapshots,
)
from scicot.services.evaluation.table_cells import (
    Stored,
    measure_cells,
    measure_others,
    measure_stage2,
    measure_untrained,
)
from scicot.services.runs.runs import list_runs
from scicot.words.errors import NotFound
from scicot.words.records import Outcome, RunKind, RunStatus, Split, Variant
from scicot.words.runs import RunView

MOST_RUNS = 2000
SPLITS = (Split.VALIDATION, Split.TEST)  # settings are chosen on the first, so it is shown first


@dataclass(frozen=True, slots=True)
class Results:
    """The tables with what they were made from.

    `students` and `splits` are those that could be shown, and `sets` the sets of settings, of which
    `shown_set` fills the tables; `settings` are what their cells share, as stored with a run.
    """

    tables: Sequence[ResultTable]
    student: str | None
    students: Sequence[str]
    runs: Sequence[RunView]
    scores: Mapping[int, RunScore]
    paper: PaperNumbers
    split: Split
    splits: Sequence[Split]
    sets: Sequence[SettingsSet]
    shown_set: str | None
    settings: Mapping[str, Any]
    baselines: Mapping[str, Baselines]
    test_reads: Mapping[str, TestReads]


@dataclass(frozen=True, slots=True)
class TestReads:
    """How many runs answered a test split, and with how many settings (seeds aside)."""

    __test__ = False  # no test class, whatever its name begins with

    runs: int
    settings: int

    def say(self, dataset: str) -> str:
        """Return it as a sentence."""
        return (
            f"The test split of {dataset} was read by {self.runs:,} run"
            f"{'' if self.runs == 1 else 's'} with {self.settings:,} setting"
            f"{'' if self.settings == 1 else 's'}."
        )


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
        raise _no_experiment(str(experiment_id), known)
    return known[experiment_id]


def find_experiment_number(session: Session, named: str) -> int:
    """Return the experiment that a number or a name means; raises NotFound with those there are."""
    known = dict(list_experiments(session))
    numbers = {name: number for number, name in known.items()} | {str(key): key for key in known}
    number = numbers.get(named.strip())
    if number is None:
        raise _no_experiment(f"'{named.strip()[:100]}'", known)
    return number


def _no_experiment(named: str, known: Mapping[int, str]) -> NotFound:
    names = ", ".join(f"{key} ({name})" for key, name in known.items()) or "none yet"
    return NotFound(f"There is no experiment {named} (there are: {names}).")


def results_state(session: Session) -> str:
    """Return what results depend on, in short: it changes when a run comes or changes its state.

    A finished run's predictions never change, so that results may be kept under this.
    """
    rows = session.execute(select(RunRow.id, RunRow.status, RunRow.finished_at).order_by(RunRow.id))
    return content_hash([[run_id, status, str(at)] for run_id, status, at in rows])


def load_results(
    session: Session,
    *,
    experiment_id: int | None = None,
    student: str | None = None,
    split: Split | None = None,
    settings: str | None = None,
) -> Results:
    """Return Tables I-IV from the finished runs: all of them, or one experiment's.

    One student's runs on one split fill the tables: the student with the most runs, and the
    validation split before the test split, unless they are named. All cells share one set of
    settings, by its key or else the one that fills the most cells; a figure of other settings says
    what differs.
    """
    if experiment_id is not None:
        find_experiment(session, experiment_id)
    listed = list_runs(session, experiment_id=experiment_id, limit=MOST_RUNS)
    done = [
        run
        for run in listed
        if run.status is RunStatus.DONE and run.kind is not RunKind.GENERATE and run.dataset
    ]
    scores = score_runs(session, [run.id for run in done])
    done = [run for run in done if run.id in scores]
    splits = [kind for kind in SPLITS if any(run.split is kind for run in done)]
    shown_split = split or (splits[0] if splits else Split.TEST)
    runs = [run for run in done if run.split is shown_split]
    trained = [run for run in runs if run.kind is RunKind.TRAIN and run.method]
    students = _by_frequency(run.training.student for run in trained)
    chosen = student if student in students else (students[0] if students else None)
    ours = [run for run in trained if run.training.student == chosen]
    others = [run for run in runs if run not in trained]
    stored = Stored(scores, load_asked(session, [run.id for run in runs]))
    sets = list_sets(ours)
    shown_set = next((one for one in sets if one.key == settings), sets[0] if sets else None)
    reference = choose_reference(
        ours, stored.asked, others, chosen=shown_set.runs if shown_set else []
    )
    paper = read_paper_numbers()
    datasets = [*paper.titles]
    datasets += sorted({run.dataset for run in runs if run.dataset} - set(datasets))
    baselines = load_baselines(session, datasets, shown_split, reference.like)
    shown = Shown(
        measured=measure_cells(session, ours, stored, reference),
        others=measure_others(session, others, stored, reference),
        stage2=measure_stage2(session, ours, stored, reference),
        untrained=measure_untrained(session, ours, stored, reference),
        baselines=baselines,
        student=title_student(chosen),
        split=shown_split,
        settings=caption_settings(reference.settings),
        rationale_tokens=find_limits(shown_set.runs if shown_set else []),
        snapshots=name_snapshots(reference, shown_set.runs if shown_set else []),
        own={method: caption_own(of) for method, of in reference.own.items()},
        lessons={key: caption_own(of) for key, of in reference.lessons.items()},
    )
    alike = [
        run
        for run in listed
        if run.kind is RunKind.TRAIN and chosen in (None, run.training.student)
    ]
    return Results(
        tables=offer_launches(build_tables(paper, shown, datasets), alike),
        student=chosen,
        students=students,
        runs=runs,
        scores=scores,
        paper=paper,
        split=shown_split,
        splits=splits,
        sets=sets,
        shown_set=shown_set.key if shown_set else None,
        settings=reference.settings,
        baselines=baselines,
        test_reads=count_test_reads(session),
    )


def find_limits(runs: Sequence[RunView]) -> dict[str, tuple[int, ...]]:
    """Return by dataset what limit of rationales its runs found, in tokens, least first.

    Only of runs whose method has rationales: where there are none nothing was limited.
    """
    found: dict[str, set[int]] = defaultdict(set)
    for run in runs:
        plan, limit = usual_plan(run.method), run.result.get("max_rationale_tokens")
        if plan is not None and plan.needs_rationales and isinstance(limit, int):
            found[str(run.dataset)].add(limit)
    return {dataset: tuple(sorted(limits)) for dataset, limits in found.items()}


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
        .where(
            PredictionRow.run_id.in_(run_ids),
            PredictionRow.variant == Variant.MAIN,
            PredictionRow.outcome != Outcome.UNSCORED,
        )
        .group_by(PredictionRow.run_id, PredictionRow.outcome)
    )
    for run_id, outcome, count in rows:
        counts[run_id][outcome] = count
    options = _option_accuracies(session, list(counts))
    reasons = _no_answer_reasons(session, list(counts))
    places = load_places(session, list(counts))
    stored = session.execute(select(RunRow.id, RunRow.result).where(RunRow.id.in_(list(counts))))
    results = {run_id: result or {} for run_id, result in stored}
    return {
        run_id: RunScore(
            run_id,
            Score(
                n=sum(of.values()),
                correct=of.get(Outcome.CORRECT, 0),
                no_answer=of.get(Outcome.NO_ANSWER, 0),
            ),
            options[run_id][0] if run_id in options else None,
            per_byte=_figure(results[run_id], "metrics", "option_accuracy_per_byte"),
            letter=_figure(results[run_id], "metrics", "letter_accuracy"),
            reasons=reasons.get(run_id, {}),
            trained=_figure(results[run_id], "training_sample", "accuracy"),
            trained_place=_figure(results[run_id], "training_sample", "same_place"),
            standing=places[run_id].standing,
            option_questions=options[run_id][1] if run_id in options else 0,
        )
        for run_id, of in counts.items()
    }


def _figure(result: Mapping[str, Any], part: str, name: str) -> float | None:
    """Return a figure of a part of a run's result, None where it was not measured."""
    figures = result.get(part)
    figure = figures.get(name) if isinstance(figures, Mapping) else None
    return float(figure) if isinstance(figure, int | float) else None


def _no_answer_reasons(session: Session, run_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Return how often each reason for no answer stands in a run's main predictions."""
    rows = session.execute(
        select(PredictionRow.run_id, PredictionRow.no_answer_reason, func.count())
        .where(
            PredictionRow.run_id.in_(run_ids),
            PredictionRow.variant == Variant.MAIN,
            PredictionRow.outcome == Outcome.NO_ANSWER,
            PredictionRow.no_answer_reason.is_not(None),
        )
        .group_by(PredictionRow.run_id, PredictionRow.no_answer_reason)
    )
    reasons: dict[int, dict[str, int]] = defaultdict(dict)
    for run_id, reason, count in rows:
        reasons[run_id][str(reason)] = count
    return reasons


def _option_accuracies(session: Session, run_ids: Sequence[int]) -> dict[int, tuple[float, int]]:
    """Return each run's accuracy by option scores, and over how many questions it is."""
    is_key = PredictionRow.option_label == QuestionRow.answer_key
    rows = session.execute(
        select(PredictionRow.run_id, func.count(), func.count().filter(is_key))
        .join(QuestionRow, QuestionRow.id == PredictionRow.question_id)
        .where(
            PredictionRow.run_id.in_(run_ids),
            PredictionRow.variant == Variant.MAIN,
            PredictionRow.outcome != Outcome.UNSCORED,
            PredictionRow.option_label.is_not(None),
        )
        .group_by(PredictionRow.run_id)
    )
    return {run_id: (right / n, n) for run_id, n, right in rows}


def count_test_reads(session: Session) -> dict[str, TestReads]:
    """Return how often each dataset's test questions were answered, by how many settings."""
    rows = session.execute(
        select(DatasetRow.name, RunRow.id, RunRow.config)
        .join(DatasetRow, DatasetRow.id == RunRow.dataset_id)
        .where(
            select(PredictionRow.id)
            .join(QuestionRow, QuestionRow.id == PredictionRow.question_id)
            .where(PredictionRow.run_id == RunRow.id, QuestionRow.split == Split.TEST)
            .exists()
        )
    )
    read = list(rows)
    asked = {config["run"] for _, _, config in read if "run" in config}
    configs: dict[int, Any] = dict(
        list(session.execute(select(RunRow.id, RunRow.config).where(RunRow.id.in_(asked))))
    )
    hashes: dict[str, list[str]] = defaultdict(list)
    for dataset, _, config in read:
        # students that are asked again were set as the run was that trained them
        of = configs.get(config.get("run", 0), config)
        hashes[dataset].append(content_hash(cell_settings(of)))
    return {dataset: TestReads(len(listed), len(set(listed))) for dataset, listed in hashes.items()}
