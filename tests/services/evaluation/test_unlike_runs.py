"""Runs of unlike settings: no table, export or sentence sets them side by side unmarked."""

import csv
import io
from itertools import combinations
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from scicot.cli.results import describe
from scicot.pure.evaluation.settings import WITHOUT_EFFECT
from scicot.pure.evaluation.table_formats import to_csv, to_latex, to_markdown
from scicot.pure.evaluation.tables import Measured, ResultTable
from scicot.pure.methods.registry import make_config
from scicot.services.evaluation.cell_comparison import compare_methods
from scicot.services.evaluation.comparison import compare_runs
from scicot.services.evaluation.report import build_report, report_as_html, report_as_markdown
from scicot.services.evaluation.results import Results, load_results
from scicot.services.home.overview import look_over
from scicot.services.runs.runs import get_run
from scicot.words.records import Actor, Split
from tests.predictions import store_run
from tests.services.evaluation.unlike import (
    ALIKE,
    UNLIKE,
    Questions,
    ask_of,
    store_all,
    trained_by,
    unmarked_scores,
)


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> Questions:
    return ask_of(session, tmp_path)


def figures_of(table: ResultTable) -> list[tuple[str, Measured]]:
    """Return our figures with their row, but for those that needed no student."""
    return [
        (row.label, cell.measured)
        for row in table.rows
        for cell in row.cells
        if cell.measured and cell.measured.run_ids
    ]


def told_apart(table: ResultTable, results: Results) -> list[str]:
    """Return in which settings figures without a mark are unlike that should be alike."""
    by_run = {run.id: run for run in results.runs}
    common: dict[str, set[str]] = {}
    for row, figure in figures_of(table):
        if figure.differs:
            continue
        for run_id in figure.run_ids:
            run = by_run[run_id]
            about_row = ("stage2_rationales", "folds") if table.key == "stage_2" else ()
            for name, value in run.config.items():
                if name in ALIKE:
                    continue
                is_own = name in ("stage2_rationales", "folds", "stage2_init", "rationale_weight")
                of = f"{run.method} {row if name in about_row else ''} " if is_own else ""
                common.setdefault(f"{of}{name}", set()).add(repr(value))
            common.setdefault(f"{run.dataset} snapshot", set()).add(repr(run.config["snapshot"]))
            asked = results.scores[run_id].score.n
            common.setdefault(f"{run.dataset} questions", set()).add(repr(asked))
    return [name for name, values in common.items() if len(values) > 1]


TOGETHER = {
    **{kind: (kind,) for kind in UNLIKE},
    "own": ("stage 2", "start of stage 2", "weight"),
    "all": tuple(UNLIKE),
}


@pytest.mark.parametrize(
    ("together", "split"),
    [
        *((together, Split.TEST) for together in TOGETHER),
        *(("split", Split.VALIDATION), ("all", Split.VALIDATION)),
    ],
)
def test_no_table_or_export_shows_unlike_runs_side_by_side_unmarked(
    session: Session, questions: Questions, together: str, split: Split
) -> None:
    kinds = TOGETHER[together]
    store_all(session, questions, *kinds)
    results = load_results(session, split=split)
    assert {run.split for run in results.runs} == {split}
    for table in results.tables:
        assert told_apart(table, results) == [], table.title
        marked = [figure for _, figure in figures_of(table) if figure.differs]
        written = [to_markdown(table).replace("\\", ""), to_latex(table)]
        for figure in marked:
            assert all(
                f"{figure.differs} in the other cells." in said
                for said in [text.replace("\\_", "_") for text in written]
            )
            below = "▽" if figure.is_below_chance else ""
            mark = f"{below}{table.marks[figure.differs]}"
            assert f"{figure.accuracy * 100:.2f}{mark}" in written[0]
        assert unmarked_scores(table) == []
        lines = list(csv.DictReader(io.StringIO(to_csv(table))))
        said = [figure.differs for figure in marked]
        assert [line["differs"] for line in lines if line["differs"]] == said
        cells = [cell for row in describe(table)["rows"] for cell in row["cells"].values()]
        assert [cell["differs"] for cell in cells if cell.get("differs")] == said


@pytest.mark.parametrize("kind", UNLIKE)
def test_what_is_unlike_is_marked_by_its_name(
    session: Session, questions: Questions, kind: str
) -> None:
    store_all(session, questions, kind)
    marks = {
        mark for table in load_results(session, split=Split.TEST).tables for mark in table.marks
    }
    if kind in ("split", "selection"):  # other runs of the cell are alike: the unlike ones are out
        assert marks == set()
        return
    _, _, otherwise = UNLIKE[kind]
    names = [name.replace("_", " ") for name in otherwise]
    assert any(all(name in mark for name in names) for mark in marks), marks


def test_no_sentence_sets_unlike_runs_side_by_side_without_saying_so(
    session: Session, questions: Questions
) -> None:
    ids = store_all(session, questions, *UNLIKE)
    runs = [get_run(session, run_id) for run_id in ids]
    for a, b in combinations(runs, 2):
        if a.dataset != b.dataset or a.split != b.split:
            continue
        sentence = compare_runs(session, a.id, b.id).sentence
        unlike = [
            name
            for name in a.config.keys() & b.config.keys()
            if a.config[name] != b.config[name] and name not in ("method", *WITHOUT_EFFECT)
        ]
        missing = [name for name in unlike if name.replace("_", " ") not in sentence]
        assert missing == [], (a.name, b.name)


def test_the_report_says_what_sets_the_runs_apart_that_it_compares(
    session: Session, questions: Questions
) -> None:
    store_all(session, questions, "snapshot")
    report = build_report(session)
    names = ("One-stage", "Sci-CoT")
    (pair,) = [
        pair
        for pair in report.pairs
        if pair.of.startswith("arc-easy,") and {pair.name_a, pair.name_b} == set(names)
    ]
    unlike = "These runs differ in snapshot of arc-easy against another."
    assert pair.sentence.endswith(unlike)
    assert unlike in report_as_html(report)
    assert unlike in report_as_markdown(report).replace("\\", "")


def test_home_says_what_sets_the_newest_two_runs_apart(
    session: Session, questions: Questions
) -> None:
    one = questions["arc-easy"][Split.TEST]
    for method, epochs in (("sci_cot", 2), ("one_stage", 3)):
        config = make_config(method=method, dataset="arc-easy", epochs=epochs, snapshot="s")
        store_run(session, one, right=[0], method=method, config=config.model_dump(mode="json"))
    compared = look_over(session, Actor("Ada"), "arc-easy").compared
    assert compared is not None
    assert compared[2].endswith("These runs differ in epochs 2 against 3.")


def test_two_methods_are_compared_in_what_both_have_of_their_own(
    session: Session, questions: Questions
) -> None:
    store_all(session, questions, "stage 2", "start of stage 2")
    found = compare_methods(
        session, "sci_cot", "finetune", dataset="arc-easy", student="google/flan-t5-small"
    )
    assert found.differences == ""  # what only Sci-CoT has is Sci-CoT
    runs = [cell.first for cell in (found.cell_a, found.cell_b)]
    assert [run.method for run in runs] == ["sci_cot", "finetune"]


def test_seeds_trained_in_unlike_precision_are_no_one_cell(
    session: Session, questions: Questions
) -> None:
    asked = questions["arc-easy"][Split.TEST]
    ids = []
    for seed, precision in ((0, "bf16"), (1, "bf16"), (2, "fp32")):
        config = make_config(method="finetune", dataset="arc-easy", seed=seed, evaluate_on="test")
        stored = config.model_dump(mode="json")
        ids.append(store_run(session, asked, right=[seed], method="finetune", config=stored))
        trained_by(session, ids[-1], precision=precision)
    results = load_results(session, split=Split.TEST)
    assert [one.said for one in results.sets] == ["precision bf16", "precision fp32"]
    (of_cell,) = {figure.run_ids for table in results.tables for _, figure in figures_of(table)}
    assert of_cell == tuple(ids[:2])
    assert {table.settings["precision"] for table in results.tables} == {"bf16"}
    said = compare_runs(session, ids[0], ids[2]).sentence
    assert "precision bf16 against fp32" in said


def test_a_cell_in_another_precision_or_of_another_engine_is_marked(
    session: Session, questions: Questions
) -> None:
    for run_id in store_all(session, questions):
        run = get_run(session, run_id)
        is_other = run.method == "one_stage"
        trained_by(session, run_id, precision="fp32" if is_other else "bf16", engine="6")
        if run.method == "finetune" and run.seed == 1:
            trained_by(session, run_id, precision="bf16", engine="5")
    marks = {
        mark for table in load_results(session, split=Split.TEST).tables for mark in table.marks
    }
    assert marks == {"precision fp32 against bf16", "training engine 5 and 6 against 6"}
