"""Reports: an experiment's tables, comparisons, examples and settings in one file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations
from pathlib import Path

from sqlalchemy.orm import Session

from scicot.adapters.atomic_files import write_atomically
from scicot.adapters.clock import utc_now
from scicot.adapters.figures import render_svg
from scicot.adapters.report_html import render_html
from scicot.pure.evaluation.between_stages import read_between
from scicot.pure.evaluation.comparison import Cell
from scicot.pure.evaluation.learned import say_learned, warn_of
from scicot.pure.evaluation.report import (
    EXAMPLES,
    Report,
    ReportAnswer,
    ReportExample,
    ReportFaults,
    ReportPair,
    ReportRun,
    ReportTables,
)
from scicot.pure.evaluation.report_markdown import to_report_markdown
from scicot.pure.evaluation.settings import caption_own, method_settings, table_settings
from scicot.pure.evaluation.slices import Dimension, SliceRow
from scicot.pure.evaluation.tables import RunScore
from scicot.pure.hashing import content_hash
from scicot.pure.methods.registry import CLAIM, list_methods, title_of
from scicot.pure.predictions.places import Standing, read_standing
from scicot.pure.shares import say_share
from scicot.pure.statistics import holm
from scicot.services.evaluation.attribution import attribute_errors, is_two_stage
from scicot.services.evaluation.cells import adjust_cells, find_siblings
from scicot.services.evaluation.comparison import RunComparison, compare_runs
from scicot.services.evaluation.figures import draw_figures
from scicot.services.evaluation.results import (
    Results,
    find_experiment,
    load_results,
    title_student,
)
from scicot.services.evaluation.slices import load_slices
from scicot.services.predictions.store import list_predictions
from scicot.services.questions.lookup import get_questions
from scicot.services.rationales.references import list_references
from scicot.services.training.snapshots import Snapshot, list_snapshots
from scicot.words.errors import InvalidInput
from scicot.words.records import Origin, RunKind
from scicot.words.runs import RunView

SHOWN_SLICES = (
    Dimension.QUESTION_WORD,
    Dimension.OPTIONS,
    Dimension.STEM_LENGTH,
    Dimension.KEY_POSITION,
    Dimension.FLAG_A,
    Dimension.FLAG_B,
)


def write_report(
    session: Session,
    path: Path,
    *,
    experiment_id: int | None = None,
    examples: int = EXAMPLES,
) -> Report:
    """Write the report as HTML, or as Markdown where the file's name ends in .md; return it."""
    report = build_report(session, experiment_id=experiment_id, examples=examples)
    is_markdown = path.suffix.lower() in (".md", ".markdown")
    text = report_as_markdown(report) if is_markdown else report_as_html(report)
    write_atomically(path, text.encode("utf-8"))
    return report


def report_as_html(report: Report) -> str:
    """Return the report as one page that opens without the app or the network."""
    return render_html(report)


def report_as_markdown(report: Report) -> str:
    """Return the report in Markdown."""
    return to_report_markdown(report)


def build_report(
    session: Session, *, experiment_id: int | None = None, examples: int = EXAMPLES
) -> Report:
    """Return the report of an experiment, or of all finished runs: every split and all settings.

    `examples` is how many questions of each cell of a comparison are shown; with 0 it holds no
    text of the questions' and can be passed on where they cannot. Raises NotFound for the
    experiment, InvalidInput when it has no finished run.
    """
    title = "All finished runs"
    if experiment_id is not None:
        title = find_experiment(session, experiment_id)
    shown = load_results(session, experiment_id=experiment_id)
    if not shown.runs:
        raise InvalidInput(
            f"'{title}' has no finished run with predictions yet. Wait for one, or choose another."
        )
    parts = list(_load_parts(session, experiment_id, shown))
    runs = {run.id: run for part in parts for run in part.runs}
    said = {run.id: one.said for part in parts for one in part.sets for run in one.runs}
    scores = {run_id: score for part in parts for run_id, score in part.scores.items()}
    compared = [
        _named_apart(compare_runs(session, a.id, b.id), group)
        for group in choose_runs(list(runs.values()))
        for a, b in combinations(group, 2)
    ]
    adjusted = holm([pair.found.mid_p for pair in compared])
    seeds = _over_seeds(session, compared)
    snapshots = {snapshot.id: snapshot for snapshot in list_snapshots(session)}
    return Report(
        title=title,
        created_at=utc_now(),
        source=shown.paper.source,
        parts=[_tables(part, is_only=len(parts) == 1) for part in parts],
        pairs=[
            _pair(session, pair, p, over_seeds, examples, said)
            for pair, p, over_seeds in zip(compared, adjusted, seeds, strict=True)
        ],
        faults=_faults(session, list(runs.values())),
        test_reads=[reads.say(dataset) for dataset, reads in shown.test_reads.items()],
        runs=[
            _run(run, scores[run.id], snapshots.get(run.snapshot_id or 0))
            for _, run in sorted(runs.items())
        ],
    )


def _load_parts(session: Session, experiment_id: int | None, shown: Results) -> Iterator[Results]:
    """Yield what fills tables of its own: each split, student and set of settings."""
    load = partial(load_results, session, experiment_id=experiment_id)
    for split in shown.splits:
        of_split = shown if split is shown.split else load(split=split)
        students: Sequence[str | None] = of_split.students or (None,)
        for student in students:
            found = of_split if student == of_split.student else load(split=split, student=student)
            yield found
            for one in found.sets:
                if one.key != found.shown_set:
                    yield load(split=split, student=student, settings=one.key)


def _tables(results: Results, *, is_only: bool) -> ReportTables:
    sets = {one.key: one.said for one in results.sets}
    said = [results.student and title_student(results.student), f"the {results.split} split"]
    said.append(sets.get(results.shown_set or ""))
    return ReportTables(
        said="" if is_only else " · ".join(filter(None, said)),
        tables=results.tables,
        figures=[
            (str(figure["title"]), render_svg(figure))
            for _, figure in draw_figures(list(results.tables))
        ],
    )


def choose_runs(runs: Sequence[RunView]) -> list[list[RunView]]:
    """Return the runs to compare: in each group one a method, way of its own, or imported name.

    Of a method's runs the one on the largest share of the training questions with the smallest
    seed stands for it, the newest of several; the methods in the paper's order, Sci-CoT first. A
    group's trained runs have a dataset and the settings that most methods have in common, so that
    they differ in the method alone; what was not trained is in the group of most runs.
    """
    groups: dict[tuple[str, str, str], list[RunView]] = {}
    for run in runs:
        if run.kind is RunKind.TRAIN:
            alike = content_hash(table_settings(run.config))
            groups.setdefault((str(run.dataset), str(run.split), alike), []).append(run)
    for run in [run for run in runs if run.kind is not RunKind.TRAIN]:
        where = (str(run.dataset), str(run.split))
        there = [key for key in groups if key[:2] == where]
        most = max(there, key=lambda key: len(groups[key]), default=(*where, ""))
        groups.setdefault(most, []).append(run)
    order = dict.fromkeys([*CLAIM, *(method.name for method in list_methods())])
    ranks = {method: place for place, method in enumerate(order)}
    chosen = []
    for _, group in sorted(groups.items(), key=lambda item: (item[0][:2], -len(item[1]))):
        by_name: dict[str, RunView] = {}
        for run in sorted(group, key=_standing):
            by_name.setdefault(_name_of(run), run)
        chosen.append(
            sorted(
                by_name.values(), key=lambda run: (ranks.get(run.method or "", len(ranks)), run.id)
            )
        )
    return chosen


def _name_of(run: RunView) -> str:
    """Return what tells a run of a group from its others: its method's own way, or its name."""
    if run.kind is not RunKind.TRAIN:
        return run.name
    return content_hash([run.method, method_settings(run.config)])


def _named_apart(compared: RunComparison, group: Sequence[RunView]) -> RunComparison:
    """Return a pair in whose names a method says its own way, where the group has it in several."""
    return replace(
        compared,
        name_a=_with_way(compared.run_a, compared.name_a, group),
        name_b=_with_way(compared.run_b, compared.name_b, group),
    )


def _with_way(run: RunView, name: str, group: Sequence[RunView]) -> str:
    if run.kind is not RunKind.TRAIN:
        return name
    ways = [method_settings(other.config) for other in group if other.method == run.method]
    way = method_settings(run.config)
    unlike = [key for key in way if any(of.get(key) != way[key] for of in ways)]
    # what only one of the ways has at all follows from the others
    told = {key: way[key] for key in unlike if all(of.get(key) is not None for of in ways)}
    said = ", ".join(f"{key} {value}" for key, value in caption_own(told).items())
    return f"{title_of(str(run.method))} ({said})" if said else name


def _standing(run: RunView) -> tuple[float, int, int]:
    if run.kind is not RunKind.TRAIN:  # another's answers: of the whole set
        return -1.0, 0, -run.id
    return -run.training.fraction, run.training.seed, -run.id


def _over_seeds(session: Session, compared: Sequence[RunComparison]) -> list[str]:
    """Return what all seeds of each pair say, empty where there are no more; Holm over them all."""
    siblings = find_siblings(session, [(pair.run_a, pair.run_b) for pair in compared])
    found = [
        of and replace(of, name_a=pair.name_a, name_b=pair.name_b)
        for pair, of in zip(compared, siblings, strict=True)
    ]
    adjusted = iter(adjust_cells([pair for pair in found if pair is not None]))
    return [
        " ".join([next(adjusted).sentence, *pair.warnings]) if pair is not None else ""
        for pair in found
    ]


def _pair(
    session: Session,
    compared: RunComparison,
    adjusted_p: float,
    over_seeds: str,
    examples: int,
    settings: Mapping[int, str],
) -> ReportPair:
    a, b = compared.run_a, compared.run_b
    where = [f"{a.dataset}, {a.split} split", settings.get(a.id) or settings.get(b.id)]
    slices = load_slices(session, a.id, b.id)
    shown: dict[Dimension, Sequence[SliceRow]] = {
        dimension: rows for dimension in SHOWN_SLICES if (rows := slices.rows(dimension))
    }
    return ReportPair(
        of=", ".join(filter(None, where)),
        run_a=a.id,
        run_b=b.id,
        name_a=compared.name_a,
        name_b=compared.name_b,
        score_a=compared.score_a,
        score_b=compared.score_b,
        found=compared.found,
        sentence=compared.sentence,
        adjusted_p=adjusted_p,
        over_seeds=over_seeds,
        slices=shown,
        examples=_examples(session, compared, examples) if examples else {},
        learned=_say_places(compared),
    )


def _say_places(compared: RunComparison) -> list[str]:
    """Return what one place always would give each run, and whether a run does little else."""
    both = ((compared.name_a, compared.standing_a), (compared.name_b, compared.standing_b))
    return [
        f"{name}: one place always would give {say_share(standing.same_place)}"
        + (f"; it {standing.warning}." if standing.has_fallen else ".")
        for name, standing in both
        if standing.same_place is not None
    ]


def _examples(
    session: Session, compared: RunComparison, most: int
) -> Mapping[Cell, list[ReportExample]]:
    chosen = {
        cell: sorted(ids, key=lambda key: content_hash(["example", key]))[:most]
        for cell, ids in compared.cells.items()
    }
    wanted = [key for ids in chosen.values() for key in ids]
    questions = get_questions(session, wanted)
    references = list_references(session, wanted, Origin.HUMAN)
    references |= list_references(session, wanted, Origin.TEACHER)
    answers: dict[int, list[ReportAnswer]] = {key: [] for key in wanted}
    for run, name in ((compared.run_a, compared.name_a), (compared.run_b, compared.name_b)):
        for prediction in list_predictions(session, run.id, question_ids=wanted):
            answers[prediction.question_id].append(
                ReportAnswer(
                    name,
                    prediction.rationale,
                    prediction.output,
                    prediction.label,
                    prediction.outcome,
                )
            )
    return {
        cell: [ReportExample(questions[key], answers[key], references.get(key)) for key in ids]
        for cell, ids in chosen.items()
    }


def _faults(session: Session, runs: Sequence[RunView]) -> list[ReportFaults]:
    listed = []
    for run in sorted(runs, key=lambda run: run.id):
        if not is_two_stage(run):
            continue
        attribution = attribute_errors(session, run.id)
        if attribution.was_run:
            counts = {fault: len(ids) for fault, ids in attribution.faults.items()}
            flips, masked = attribution.flips, attribution.flips_masked
            control = [flips.sentence] if flips else []
            if masked and masked.gain is not None:
                control.append(
                    f"Without its answer sentence and the options' words: {masked.sentence}"
                )
            control.append(attribution.followed.sentence)
            listed.append(
                ReportFaults(
                    run_id=run.id,
                    name=run.name,
                    errors=attribution.errors,
                    faults=counts,
                    variants=attribution.variants,
                    control=control,
                    tells_blame=flips is not None and flips.tells_blame,
                )
            )
    return listed


def _run(run: RunView, scored: RunScore, snapshot: Snapshot | None) -> ReportRun:
    stages = run.result.get("stages")
    hashes = (
        {role: stage.get("hash") for role, stage in stages.items()}
        if isinstance(stages, dict)
        else {}
    )
    return ReportRun(
        id=run.id,
        name=run.name,
        dataset=str(run.dataset),
        score=scored.score,
        option_accuracy=scored.option_accuracy,
        reasons=scored.reasons,
        config=json.dumps(dict(run.config), indent=1, sort_keys=True, ensure_ascii=False),
        config_hash=run.config_hash,
        snapshot=snapshot.name if snapshot else None,
        snapshot_hash=snapshot.content_hash if snapshot else None,
        stages=json.dumps(hashes, indent=1),
        code_version=run.code_version,
        packages=", ".join(f"{name} {version}" for name, version in run.packages.items()),
        actor=run.actor,
        created_at=run.created_at,
        learned=_learned(run, scored.standing),
    )


def _learned(run: RunView, standing: Standing) -> list[str]:
    """Return whether the run learned to choose, from its predictions where its result lacks it."""
    known = read_standing(run.metrics)
    measures = {
        "same_place": standing.same_place,
        "most_answered_place": standing.place,
        "most_answered_share": standing.share,
    }
    result = (
        run.result
        if known.same_place is not None
        else {**run.result, "metrics": {**(run.metrics or {}), **measures}}
    )
    between = read_between(result)
    return [*warn_of(result), *say_learned(result), *(between.sentences if between else ())]
