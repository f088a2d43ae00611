"""Runs of every method, some unlike the others in what a test names."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from db.models import RunRow
from db.session import write
from scicot.pure.evaluation.settings import WITHOUT_EFFECT
from scicot.pure.evaluation.table_words import option_lines
from scicot.pure.evaluation.tables import OPTION_SCORES, ResultTable
from scicot.pure.methods.registry import make_config
from scicot.words.records import Split, StoredQuestion
from tests.builders import store_questions
from tests.predictions import store_run

SETS = ("arc-easy", "arc-challenge")
Questions = Mapping[str, Mapping[Split, list[StoredQuestion]]]
# what sets some of the runs apart: (method, which of its runs, settings). Steps before and after
# (epochs, selection), the form, the split, the limits, and what only one method has.
UNLIKE: Mapping[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "epochs": ("finetune", {}, {"epochs": 1}),
    "steps": ("finetune", {"dataset": "arc-easy"}, {"steps": 20}),
    "form": ("one_stage", {}, {"answer_form": "letter"}),
    "selection": ("one_stage", {"seed": 1}, {"selection": "validation"}),
    "split": ("finetune", {"seed": 0}, {"evaluate_on": "validation"}),
    "limit of training": ("sci_cot", {"dataset": "arc-easy"}, {"limit_train": 4}),
    "limit of test": ("sci_cot", {"dataset": "arc-challenge"}, {"limit_test": 6}),
    "folds": (
        "sci_cot",
        {"dataset": "arc-challenge"},
        {"stage2_rationales": "cross_fit", "folds": 5},
    ),
    "stage 2": ("sci_cot", {"dataset": "arc-easy"}, {"stage2_rationales": "teacher"}),
    "start of stage 2": ("sci_cot", {"fraction": 0.25}, {"stage2_init": "stage1"}),
    "weight": ("step_by_step", {"dataset": "arc-easy"}, {"rationale_weight": 2.0}),
    "snapshot": ("one_stage", {"dataset": "arc-easy"}, {"snapshot": "another"}),
}
ALIKE = ("method", "dataset", "fraction", "seed", "snapshot", *WITHOUT_EFFECT)


def ask_of(session: Session, folder: Path) -> Questions:
    """Store both datasets and return their questions."""
    return {
        dataset: {
            split: list(of)
            for split, of in store_questions(
                session, folder / dataset, dataset=dataset, validation=8, test=10
            ).items()
        }
        for dataset in SETS
    }


def store_all(session: Session, questions: Questions, *kinds: str) -> list[int]:
    """Store every method on both sets, shares and seeds, those of these kinds told otherwise."""
    ids = []
    for method in ("finetune", "one_stage", "sci_cot", "step_by_step"):
        for dataset in SETS:
            for fraction, seed in ((1.0, 0), (1.0, 1), (0.25, 0)):
                told: dict[str, Any] = {
                    **{"method": method, "dataset": dataset, "fraction": fraction},
                    **{"seed": seed, "snapshot": f"of {dataset}", "evaluate_on": "test"},
                }
                for kind in kinds:
                    whose, which, otherwise = UNLIKE[kind]
                    if method == whose and told | which == told:
                        told |= otherwise
                config = make_config(**told)
                asked = questions[dataset][Split(config.evaluate_on)][: config.limit_test]
                stored = config.model_dump(mode="json")
                ids.append(
                    store_run(
                        session,
                        asked,
                        right=range(seed + 2),
                        name=f"{method} {dataset} {fraction} {seed}",
                        method=method,
                        config=stored,
                    )
                )
    return ids


def trained_by(session: Session, run_id: int, **stage: str) -> None:
    """Store what the run's stage says of the machine that trained it: precision, engine."""
    with write(session):
        row = session.get_one(RunRow, run_id)
        row.result = {**(row.result or {}), "stages": {"answer": stage}}


def unmarked_scores(table: ResultTable) -> list[str]:
    """Return the lines of the option scores that lack a cell's mark, seeds, n or interval."""
    lacking = []
    lines = {(line[0], line[1]): line[2:] for line in option_lines(table)}
    for row in table.rows:
        for place, cell in enumerate(row.cells):
            figure = cell.measured
            for name, scored in figure.option_cells.items() if figure else ():
                said = lines[row.label, OPTION_SCORES[name]][place]
                mark = table.marks.get(figure.differs, "") if figure else ""
                interval = scored.interval
                assert interval is not None
                if said != (
                    f"{scored.accuracy * 100:.2f}{mark} {interval.in_brackets('.1f')} "
                    f"({scored.seeds} × {scored.questions})"
                ):
                    lacking.append(said)
    return lacking
