"""A report's comparisons: which runs stand side by side, and what each pair comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from sqlalchemy.orm import Session

from scicot.pure.evaluation.comparison import Cell
from scicot.pure.evaluation.report import ReportAnswer, ReportExample, ReportPair
from scicot.pure.evaluation.settings import caption_own, method_settings, table_settings
from scicot.pure.evaluation.slices import Dimension, SliceRow
from scicot.pure.hashing import content_hash
from scicot.pure.methods.registry import CLAIM, learns, list_methods, title_of
from scicot.pure.shares import say_share
from scicot.pure.statistics import holm
from scicot.services.evaluation.answered import Reading, load_answered
from scicot.services.evaluation.cell_comparison import adjust_cells, find_siblings
from scicot.services.evaluation.comparison import RunComparison, compare_answered
from scicot.services.evaluation.slices import load_slices
from scicot.services.predictions.store import list_predictions
from scicot.services.questions.lookup import get_questions
from scicot.services.rationales.references import list_references
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


def list_pairs(
    session: Session, runs: Sequence[RunView], settings: Mapping[int, str], examples: int
) -> list[ReportPair]:
    """Return every comparison of the chosen runs; p adjusted over all of them (Holm).

    `settings` says by run what its set of settings is, `examples` how many questions of each cell
    are shown. Each run is read once.
    """
    compared = []
    for group in choose_runs(runs):
        answered = [load_answered(session, run.id, Reading.GENERATED) for run in group]
        compared += [
            _named_apart(compare_answered(a, b), group) for a, b in combinations(answered, 2)
        ]
    adjusted = holm([pair.found.mid_p for pair in compared])
    seeds = _over_seeds(session, compared)
    return [
        _pair(session, pair, p, over_seeds, examples, settings)
        for pair, p, over_seeds in zip(compared, adjusted, seeds, strict=True)
    ]


def choose_runs(runs: Sequence[RunView]) -> list[list[RunView]]:
    """Return the runs to compare: in each group one a method, way of its own, or imported name.

    Of a method's runs the one on the largest share of the training questions with the smallest
    seed stands for it, the newest of several; the methods in the paper's order, Sci-CoT first. A
    group's trained runs have a dataset and the settings that most methods have in common, so that
    they differ in the method alone; a student as it came is in the group of each that was told the
    same, in whatever precision it was trained, and what is no student of ours in that of most runs.
    """
    groups: dict[tuple[str, str, str], list[RunView]] = {}
    trained = [run for run in runs if run.kind is RunKind.TRAIN]
    for run in trained:
        if learns(run.method):
            groups.setdefault((*_where(run), _alike(run.carried_out)), []).append(run)
    told = {key: {_alike(run.config) for run in group} for key, group in groups.items()}
    for run in trained:
        if not learns(run.method):
            alike = _alike(run.config)
            there = [key for key, of in told.items() if key[:2] == _where(run) and alike in of]
            for key in there or [(*_where(run), alike)]:
                groups.setdefault(key, []).append(run)
    for run in [run for run in runs if run.kind is not RunKind.TRAIN]:
        there = [key for key in groups if key[:2] == _where(run)]
        most = max(there, key=lambda key: len(groups[key]), default=(*_where(run), ""))
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


def _where(run: RunView) -> tuple[str, str]:
    """Return whose questions a run answered."""
    return str(run.dataset), str(run.split)


def _alike(config: Mapping[str, object]) -> str:
    return content_hash(table_settings(config))


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
        matched_a=compared.matched_a,
        matched_b=compared.matched_b,
        found=compared.found,
        sentence=compared.sentence,
        adjusted_p=adjusted_p,
        over_seeds=over_seeds,
        slices=shown,
        examples=_examples(session, compared, examples) if examples else {},
        learned=_say_places(compared),
        reasons_a=compared.reasons_a,
        reasons_b=compared.reasons_b,
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
