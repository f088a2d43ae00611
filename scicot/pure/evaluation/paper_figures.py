"""What the paper's tables are filled with: its published figures, and ours in the same places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from scicot.pure.evaluation.baselines import Baselines
from scicot.pure.evaluation.tables import Measured, TableCell
from scicot.pure.statistics import wilson_interval
from scicot.words.records import Split

PAPER_CHANCE = 0.25  # four options nearly everywhere in ARC


Key = tuple[str, str, float]  # method, dataset, fraction of the training questions


@dataclass(frozen=True, slots=True)
class PublishedModel:
    """One row of the paper's Table I; accuracies are fractions by our datasets' names."""

    name: str
    size: str
    method: str | None
    accuracies: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class PaperNumbers:
    """The published test accuracies as fractions, and where they stand.

    `titles` gives the paper's name of a dataset of ours, `examples` how many training questions
    the paper counts for a fraction, `test_questions` how many its accuracies are over.
    """

    source: str
    models: Sequence[PublishedModel]
    accuracies: Mapping[Key, float]
    examples: Mapping[tuple[str, float], int]
    titles: Mapping[str, str]
    test_questions: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class OtherModel:
    """A row of Table I that no method of ours trains: a few-shot LLM or an imported run."""

    name: str
    size: str
    measured: Mapping[str, Measured]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the tables are filled with besides the paper's figures.

    `stage2` holds Sci-CoT's cells by (setting of stage 2's rationales, dataset), `untrained` those
    of the student as it is by (a key of `UNTRAINED`, dataset); `baselines` are by dataset;
    `settings` are those that the cells share, `own` those of one method alone, by method;
    `lessons` say whose a method learned from, by (method, dataset) and setting;
    `rationale_tokens` the limits of rationales that the runs of a dataset found, and `snapshots`
    what they were trained on, by dataset.
    """

    measured: Mapping[Key, Measured]
    others: Sequence[OtherModel] = ()
    stage2: Mapping[tuple[str, str], Measured] = field(default_factory=dict)
    untrained: Mapping[tuple[str, str], Measured] = field(default_factory=dict)
    baselines: Mapping[str, Baselines] = field(default_factory=dict)
    student: str | None = None
    split: Split = Split.TEST
    settings: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    rationale_tokens: Mapping[str, Sequence[int]] = field(default_factory=dict)
    snapshots: Mapping[str, str] = field(default_factory=dict)
    lessons: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)


def fill_cell(
    paper: PaperNumbers, measured: Mapping[Key, Measured], method: str, dataset: str, share: float
) -> TableCell:
    """Return a method's cell: the paper's figure, ours, and the launch that would fill it."""
    key = (method, dataset, share)
    launch = {"method": method, "dataset": dataset, "fraction": str(share)}
    return published_cell(paper, paper.accuracies.get(key), dataset, measured.get(key), launch)


def published_cell(
    paper: PaperNumbers,
    accuracy: float | None,
    dataset: str,
    measured: Measured | None = None,
    launch: Mapping[str, str] | None = None,
) -> TableCell:
    """Return a cell with the paper's figure, its interval, and whether chance would do better."""
    n = paper.test_questions.get(dataset)
    interval = wilson_interval(round(accuracy * n), n) if accuracy is not None and n else None
    is_below = accuracy is not None and accuracy < PAPER_CHANCE
    return TableCell(accuracy, interval, is_below, measured, launch)


def titles_of(paper: PaperNumbers, datasets: Iterable[str]) -> tuple[str, ...]:
    """Return the datasets' names as the paper has them, ours where it has none."""
    return tuple(paper.titles.get(dataset, dataset) for dataset in datasets)
