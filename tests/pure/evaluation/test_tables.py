from pathlib import Path

import pytest

from scicot.adapters.paper_numbers import read_paper_numbers
from scicot.pure.evaluation.crossed import CellAccuracy, measure_cell
from scicot.pure.evaluation.paper_tables import OtherModel, build_tables
from scicot.pure.evaluation.table_formats import (
    escape_latex,
    neutralise,
    to_csv,
    to_latex,
    to_markdown,
)
from scicot.pure.evaluation.tables import ResultTable, RunScore, measure
from scicot.pure.predictions.metrics import Score

GOLDEN = Path(__file__).parents[2] / "golden"


def score(run_id: int, correct: int, n: int = 1172, no_answer: int = 0) -> RunScore:
    return RunScore(run_id, Score(n, correct, no_answer), option_accuracy=0.4)


def three_seeds() -> CellAccuracy:
    found = measure_cell([{key: key < right for key in range(1172)} for right in (350, 362, 371)])
    assert found is not None
    return found


def tables() -> list[ResultTable]:
    seeds = measure([score(1, 350), score(2, 362, no_answer=4), score(3, 371)], three_seeds())
    alone = measure([score(4, 290)], left_out=2)
    peer = measure([score(5, 400)])
    assert seeds is not None
    assert alone is not None
    assert peer is not None
    return build_tables(
        read_paper_numbers(),
        {
            ("sci_cot", "arc-challenge", 1.0): seeds,
            ("one_stage", "arc-challenge", 1.0): alone,
            ("finetune", "arc-challenge", 0.25): alone,
        },
        [OtherModel("peer_model 50%", "imported", {"arc-challenge": peer})],
        ["arc-easy", "arc-challenge"],
        "google/flan-t5-small",
    )


def test_latex_is_the_golden_file() -> None:
    written = "\n".join(to_latex(table) for table in tables())
    assert written == (GOLDEN / "tables.tex").read_text(encoding="utf-8")


def test_the_published_figures_stand_in_their_cells() -> None:
    first, second, third, fourth = tables()
    by_label = {row.label: row for row in first.rows}
    published = [cell.published for cell in by_label["Sci-CoT"].cells]
    assert published == pytest.approx([0.4373, 0.3105])
    assert by_label["BLOOM (few-shot k=5)"].cells[0].published == pytest.approx(0.407)
    assert [row.label for row in second.rows] == ["Fine-tune", "One-stage", "Sci-CoT"]
    assert [row.note for row in third.rows] == ["281", "562", "1,125", "2,251"]
    assert fourth.rows[0].cells[0].published == pytest.approx(0.1578)


def test_several_seeds_give_a_mean_and_an_interval_over_questions_and_seeds() -> None:
    found = measure([score(1, 350), score(2, 362, no_answer=4), score(3, 371)], three_seeds())
    assert found is not None
    assert found.accuracy == pytest.approx((350 + 362 + 371) / 3 / 1172)
    assert (found.over, found.questions, found.option_accuracy) == (
        "questions and seeds",
        1172,
        0.4,
    )
    assert found.interval == three_seeds().interval
    assert found.no_answer_share == pytest.approx(4 / 3 / 1172)


def test_one_run_has_an_interval_over_its_questions() -> None:
    found = measure([score(1, 350)])
    assert found is not None
    assert found.over == "questions"
    assert found.interval == score(1, 350).score.interval


def test_no_run_measures_nothing() -> None:
    assert measure([]) is None
    assert measure([RunScore(1, Score(0, 0, 0))]) is None


def test_what_was_not_run_is_empty_and_says_what_would_fill_it() -> None:
    cell = tables()[1].rows[0].cells[0]
    assert cell.measured is None
    assert cell.launch == {"method": "finetune", "dataset": "arc-easy", "fraction": "1.0"}
    assert "| 38.04 | – |" in to_markdown(tables()[1])


def test_a_spreadsheet_takes_no_cell_for_a_formula() -> None:
    assert neutralise("=cmd()") == "'=cmd()"
    assert neutralise("Sci-CoT") == "Sci-CoT"
    assert "peer_model 50%" in to_csv(tables()[0])


def test_latex_writes_special_characters_out() -> None:
    assert escape_latex(r"50% of a_b & \c {d}") == r"50\% of a\_b \& \textbackslash{}c \{d\}"
