"""Option scores stand in every file with their mark, seeds, questions and interval."""

import csv
import io
from dataclasses import replace

from scicot.adapters.paper_numbers import read_paper_numbers
from scicot.cli.results import describe
from scicot.pure.evaluation.crossed import CellAccuracy
from scicot.pure.evaluation.paper_figures import Shown
from scicot.pure.evaluation.paper_tables import build_tables
from scicot.pure.evaluation.table_formats import to_csv, to_latex, to_markdown
from scicot.pure.evaluation.table_words import describe_basis
from scicot.pure.evaluation.tables import ResultTable, RunScore, TableCell, measure
from scicot.pure.predictions.metrics import Score
from scicot.pure.statistics import Interval

OVER_SEEDS = {
    "option_accuracy": CellAccuracy(0.41, Interval(0.35, 0.47), 3, 300),
    "per_byte": CellAccuracy(0.43, Interval(0.37, 0.49), 3, 300),
}


def score(run_id: int) -> RunScore:
    return RunScore(run_id, Score(300, 90, 0), option_accuracy=0.41, per_byte=0.43)


def table() -> ResultTable:
    alone = measure([score(1)])
    whole = CellAccuracy(0.3, Interval(0.25, 0.35), 3, 300)
    seeds = measure([score(2), score(3), score(4)], whole, options=OVER_SEEDS)
    assert alone is not None
    assert seeds is not None
    measured = {
        ("finetune", "arc-easy", 1.0): replace(alone, differs="answer form letter against text"),
        ("sci_cot", "arc-easy", 1.0): seeds,
    }
    shown = Shown(measured=measured, settings={"epochs": "2", "deciding weight": "10"})
    return build_tables(read_paper_numbers(), shown, ["arc-easy"])[1]


def cell(label: str) -> TableCell:
    (found,) = [row.cells[0] for row in table().rows if row.label == label]
    return found


def test_the_block_marks_what_the_table_marks_and_has_seeds_questions_and_interval() -> None:
    markdown, latex = to_markdown(table()), to_latex(table())
    assert "| Fine-tune | by options | 41.00† \\[35.6, 46.6\\] (1 × 300) |" in markdown
    assert "| Fine-tune | per byte | 43.00† \\[37.5, 48.7\\] (1 × 300) |" in markdown
    assert "| Sci-CoT | by options | 41.00 \\[35.0, 47.0\\] (3 × 300) |" in markdown
    assert r"Fine-tune & by options & 41.00\dag{} [35.6, 46.6] (1 $\times$ 300) \\" in latex
    assert r"Sci-CoT & per byte & 43.00 [37.0, 49.0] (3 $\times$ 300) \\" in latex
    assert "| letter |" not in markdown  # which no run has


def test_the_block_says_which_intervals_it_has() -> None:
    for written in (to_markdown(table()), to_latex(table())):
        assert "the 95 % intervals are as above" in written.replace("\\%", "%")


def test_numbers_for_programs_have_the_option_scores_with_seeds_questions_and_interval() -> None:
    lines = {line["row"]: line for line in csv.DictReader(io.StringIO(to_csv(table())))}
    assert lines["Fine-tune"]["differs"] == "answer form letter against text"
    of_seeds = lines["Sci-CoT"]
    assert (of_seeds["option_low"], of_seeds["option_high"]) == ("35.00", "47.00")
    assert (of_seeds["per_byte_low"], of_seeds["per_byte_high"]) == ("37.00", "49.00")
    assert (of_seeds["option_seeds"], of_seeds["option_questions"]) == ("3", "300")
    assert of_seeds["letter_low"] == ""
    cells = {row["label"]: row["cells"]["ARC-E"] for row in describe(table())["rows"]}
    assert cells["Sci-CoT"]["option_scores"]["option_accuracy"] == {
        "accuracy": 0.41,
        "interval": [0.35, 0.47],
        "seeds": 3,
        "questions": 300,
    }


def test_what_stands_under_a_figure_has_its_option_scores_intervals() -> None:
    assert "by options 41.00 [35.0, 47.0] (per byte 43.00 [37.0, 49.0])" in describe_basis(
        cell("Sci-CoT")
    )
    assert "differs: answer form letter against text" in describe_basis(cell("Fine-tune"))


def test_a_spreadsheets_figures_have_the_settings_that_the_caption_names() -> None:
    lines = list(csv.DictReader(io.StringIO(to_csv(table()))))
    settings = {line["row"]: line["settings"] for line in lines}
    assert settings["Sci-CoT"] == "epochs 2, deciding weight 10"
    assert settings["One-stage"] == ""  # which was not run
    assert describe(table())["settings"] == {"epochs": "2", "deciding weight": "10"}


def test_shares_of_several_seeds_without_their_single_answers_have_no_interval() -> None:
    whole = CellAccuracy(0.3, Interval(0.25, 0.35), 2, 300)
    figure = measure([score(2), score(3)], whole)
    assert figure is not None
    assert figure.option_cells["option_accuracy"] == CellAccuracy(0.41, None, 2, 300)
