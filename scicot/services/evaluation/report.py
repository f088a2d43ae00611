"""Reports: an experiment's tables, comparisons, examples and settings in one file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from scicot.adapters.atomic_files import write_atomically
from scicot.adapters.clock import utc_now
from scicot.adapters.figures import render_svg
from scicot.adapters.report_html import render_html
from scicot.pure.evaluation.attribution import say_control
from scicot.pure.evaluation.between_stages import read_between
from scicot.pure.evaluation.learned import say_learned, warn_of
from scicot.pure.evaluation.report import (
    EXAMPLES,
    Report,
    ReportFaults,
    ReportRun,
    ReportTables,
)
from scicot.pure.evaluation.report_markdown import to_report_markdown
from scicot.pure.evaluation.tables import RunScore
from scicot.pure.predictions.places import Standing, read_standing
from scicot.services.evaluation.attribution import (
    attribute_errors,
    attribute_seeds,
    is_two_stage,
)
from scicot.services.evaluation.figures import draw_figures
from scicot.services.evaluation.report_pairs import list_pairs
from scicot.services.evaluation.results import (
    Results,
    find_experiment,
    load_results,
    title_student,
)
from scicot.services.training.snapshots import Snapshot, list_snapshots
from scicot.words.errors import InvalidInput
from scicot.words.runs import RunView


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
    snapshots = {snapshot.id: snapshot for snapshot in list_snapshots(session)}
    return Report(
        title=title,
        created_at=utc_now(),
        source=shown.paper.source,
        parts=[_tables(part, is_only=len(parts) == 1) for part in parts],
        pairs=list_pairs(session, list(runs.values()), said, examples),
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
            (figure["title"]["text"], render_svg(figure))
            for _, figure in draw_figures(list(results.tables))
        ],
    )


def _faults(session: Session, runs: Sequence[RunView]) -> list[ReportFaults]:
    listed = []
    for run in sorted(runs, key=lambda run: run.id):
        if not is_two_stage(run):
            continue
        attribution = attribute_errors(session, run.id)
        if attribution.was_run:
            counts = {fault: len(ids) for fault, ids in attribution.faults.items()}
            control = say_control(attribution.flips, attribution.flips_masked)
            listed.append(
                ReportFaults(
                    run_id=run.id,
                    name=run.name,
                    errors=attribution.errors,
                    faults=counts,
                    variants=attribution.variants,
                    own=attribution.own,
                    same_place=attribution.same_place,
                    followed=attribution.followed,
                    control=control,
                    tells_blame=attribution.tells_blame,
                    over_seeds=_over_seeds(session, run),
                )
            )
    return listed


def _over_seeds(session: Session, run: RunView) -> list[str]:
    """Return what the control says over the run's seeds, where it is the first of them."""
    seeds = attribute_seeds(session, run)
    if seeds is None or run.id != min(seeds.runs):
        return []
    runs = ", ".join(str(run_id) for run_id in seeds.runs)
    first, *others = seeds.sentences
    return [f"Runs {runs} together. {first}", *others]


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
        split=run.split.value,
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
