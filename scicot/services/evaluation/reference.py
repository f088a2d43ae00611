"""The one set of settings, and of questions, that all cells of a table share."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from scicot.pure.evaluation.paper_captions import ABOUT_STAGE2
from scicot.pure.evaluation.settings import (
    OF_ANSWERING,
    differing_settings,
    lesson_setting,
    list_unlike,
    method_settings,
    say_differences,
    say_engines,
    say_settings,
    table_settings,
    usual_settings,
)
from scicot.pure.hashing import content_hash
from scicot.pure.methods.registry import CLAIM, has_recipe, learns
from scicot.services.evaluation.asked import Asked, say_asked
from scicot.services.evaluation.cells import SeedCell
from scicot.services.evaluation.missing_runs import key_of
from scicot.words.runs import RunView


@dataclass(frozen=True, slots=True)
class Reference:
    """The one set of settings that a table's cells share; a snapshot belongs to its dataset.

    `own` are the settings that only one method has, by method, and `lessons` those that say whose
    lessons it learned from, by method and dataset; `asked` the questions of each dataset that were
    answered, and `like` a run that answered them; `engines` the version of the training engine that
    most runs are of, none where no run says it.
    """

    settings: Mapping[str, Any]
    snapshots: Mapping[str, tuple[str, int | None]]  # name, training questions, by dataset
    own: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    lessons: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    asked: Mapping[str, Asked] = field(default_factory=dict)
    engines: tuple[str, ...] = ()
    like: Mapping[str, int] = field(default_factory=dict)

    def of(self, cell: SeedCell) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return what the cell should have, and what it has."""
        theirs = table_settings(cell.first.carried_out)
        if not learns(cell.first.method):
            return (
                {name: self.settings.get(name) for name in OF_ANSWERING},
                {name: theirs.get(name) for name in OF_ANSWERING},
            )
        method, dataset = str(cell.first.method), str(cell.first.dataset)
        ours = {
            **self.settings,
            **self.own.get(method, {}),
            **self.lessons.get((method, dataset), {}),
        }
        theirs |= method_settings(cell.first.config)
        expected = self.snapshots.get(dataset)
        given = cell.first.training.snapshot
        if expected is None or given == expected[0] or self._took_as_many(cell, expected[1]):
            return ours, theirs
        return ours | {"snapshot": expected[0]}, theirs | {"snapshot": given}

    def say(self, cell: SeedCell, asked: Mapping[int, Asked], meant: Collection[str] = ()) -> str:
        """Return in what a cell is unlike the others, in words; `meant` settings are none.

        `asked` are the questions by run; where the limit of questions differs, it says as much.
        """
        ours, theirs = (
            {name: value for name, value in settings.items() if name not in meant}
            for settings in self.of(cell)
        )
        said = [say_differences(theirs, ours)]
        if "limit_test" not in differing_settings(ours, theirs):
            said.append(say_other_questions(self, cell.first.dataset, cell.ids, asked))
        said.append(say_engines(cell.engines, self.engines))
        return "; ".join(filter(None, said))

    @staticmethod
    def _took_as_many(cell: SeedCell, expected: int | None) -> bool:
        """Return whether a run without a snapshot trained on as many questions all the same."""
        config = cell.first.training
        if config.snapshot is not None or expected is None:
            return False
        share = max(1, math.floor(expected * config.fraction))
        return cell.first.result.get("training_questions") == share


def say_other_questions(
    reference: Reference,
    dataset: str | None,
    run_ids: Sequence[int],
    asked: Mapping[int, Asked],
) -> str:
    """Return how the runs' questions are unlike the table's, empty where they are the same."""
    expected = reference.asked.get(str(dataset))
    if expected is None:
        return ""
    given = (say_asked(asked[run_id], expected) for run_id in run_ids if run_id in asked)
    return next(filter(None, given), "")


@dataclass(frozen=True, slots=True)
class SettingsSet:
    """Runs of one student with one set of settings: those that a table can show side by side.

    `key` names the settings in links and on the command line; `said` is in what they are unlike
    the other sets', empty for the only one.
    """

    key: str
    said: str
    runs: Sequence[RunView]

    @property
    def title(self) -> str:
        """In what these settings are unlike the others', and how many runs have them."""
        return f"{self.said} ({len(self.runs):,} run{'' if len(self.runs) == 1 else 's'})"


def list_sets(runs: Sequence[RunView]) -> list[SettingsSet]:
    """Return the sets of settings of training runs; those that fill the most cells come first.

    Of equals those of the most, then of the newest runs. `runs` are of one student, newest first;
    an untrained student's belong to every set.
    """
    groups: dict[str, list[RunView]] = defaultdict(list)
    for run in runs:
        if learns(run.method):
            groups[content_hash(table_settings(run.carried_out))].append(run)
    ordered = sorted(
        groups.items(),
        key=lambda group: (len({key_of(run) for run in group[1]}), len(group[1])),
        reverse=True,
    )
    settings = [table_settings(group[0].carried_out) for _, group in ordered]
    unlike = list_unlike(settings)
    return [
        SettingsSet(key[:8], say_settings(of, unlike), group)
        for (key, group), of in zip(ordered, settings, strict=True)
    ]


def choose_reference(
    runs: Sequence[RunView],
    asked: Mapping[int, Asked] | None = None,
    others: Sequence[RunView] = (),
    chosen: Sequence[RunView] | None = None,
) -> Reference:
    """Return the settings of the `chosen` runs, unless told those that fill the most cells.

    `runs` are training runs of one student, `others` what no method of ours trained, newest first;
    `asked` the questions that each answered.
    """
    if chosen is None:
        chosen = next((one.runs for one in list_sets(runs)), [])
    settings = chosen or runs[:1]
    found = Reference(
        table_settings(settings[0].carried_out) if settings else {},
        _choose_snapshots(chosen),
        {
            method: _choose_own([run for run in some if run.method == method])
            # a method that no chosen run is of is taken from the others
            for some in (runs, chosen)
            for method in {str(run.method) for run in some if learns(run.method)}
        },
        _choose_lessons(runs),
        engines=_choose_engines(chosen),
    )
    return _with_questions(found, (chosen, runs, others), asked or {})


def _choose_snapshots(chosen: Sequence[RunView]) -> dict[str, tuple[str, int | None]]:
    snapshots: dict[str, list[tuple[str, int | None]]] = defaultdict(list)
    # a method with rationales of its own has a snapshot of its own, which is no table's
    for run in [run for run in chosen if not has_recipe(run.method)] or chosen:
        if run.training.snapshot and run.training.fraction == 1.0:
            trained = run.result.get("training_questions")
            snapshots[str(run.dataset)].append(
                (run.training.snapshot, trained if isinstance(trained, int) else None)
            )
    return {dataset: max(named, key=named.count) for dataset, named in snapshots.items()}


def name_snapshots(reference: Reference, runs: Sequence[RunView]) -> dict[str, str]:
    """Return the snapshot of each dataset's cells by its name; `runs` fill them, newest first.

    Where no run took all its questions it is the newest's.
    """
    found: dict[str, str] = {dataset: name for dataset, (name, _) in reference.snapshots.items()}
    for run in runs:
        if run.training.snapshot:
            found.setdefault(str(run.dataset), run.training.snapshot)
    return found


def _choose_lessons(runs: Sequence[RunView]) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Return whose lessons most runs of a method and dataset learned from, of equals the newest."""
    given: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for run in runs:
        if learned_from := lesson_setting(run.config):
            given[str(run.method), str(run.dataset)].append(learned_from)
    return {key: max(listed, key=listed.count) for key, listed in given.items()}


def _choose_engines(runs: Sequence[RunView]) -> tuple[str, ...]:
    """Return the version of the training engine that most runs are of, of equals the newest's."""
    known = [run.engines for run in runs if run.engines]
    return max(known, key=known.count, default=())


def _own_of(run: RunView) -> dict[str, Any]:
    """Return the settings that all cells of a method have alike."""
    lessons = lesson_setting(run.config)
    own = method_settings(run.config)
    return {name: value for name, value in own.items() if name not in lessons}


def _choose_own(runs: Sequence[RunView]) -> Mapping[str, Any]:
    """Return the settings of a method's own that fill the most cells; of equals the usual ones."""
    groups: dict[str, list[RunView]] = defaultdict(list)
    for run in runs:
        groups[content_hash(_own_of(run))].append(run)
    usual = usual_settings(str(runs[0].method))
    chosen = max(
        groups.values(),
        key=lambda group: (
            len({key_of(run) for run in group}),
            _own_of(group[0]).items() <= usual.items(),
            len(group),
        ),
    )
    return _own_of(chosen[0])


def _with_questions(
    reference: Reference, piles: Sequence[Sequence[RunView]], asked: Mapping[int, Asked]
) -> Reference:
    """Return the reference with the questions that most runs of each dataset answered.

    The first pile that has runs of a dataset decides.
    """
    expected: dict[str, Asked] = {}
    for runs in piles:
        counts: dict[str, Counter[Asked]] = defaultdict(Counter)
        for run in runs:
            if run.id in asked:
                counts[str(run.dataset)][asked[run.id]] += 1
        expected = {name: of.most_common(1)[0][0] for name, of in counts.items()} | expected
    like = {
        str(run.dataset): run.id
        for runs in piles
        for run in runs
        if run.id in asked and asked[run.id] == expected.get(str(run.dataset))
    }
    return replace(reference, asked=expected, like=like)


def of_stage2(reference: Reference, setting: str, runs: Sequence[RunView]) -> Reference:
    """Return what the cells of one row of the table of stage 2 share: its setting, else the same.

    `runs` are those of the row.
    """
    folds = Counter(method_settings(run.config).get("folds") for run in runs)
    about = dict(zip(ABOUT_STAGE2, (setting, folds.most_common(1)[0][0]), strict=True))
    own = {**reference.own.get(CLAIM[0], {}), **about}
    return replace(reference, own={**reference.own, CLAIM[0]: own})
