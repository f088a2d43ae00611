"""What stands beside the tables' figures: option scores of unlike runs, and their captions."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from scicot.pure.evaluation.crossed import measure_cell
from scicot.pure.evaluation.table_formats import to_csv, to_latex, to_markdown
from scicot.pure.evaluation.table_words import option_lines, say_caption
from scicot.pure.methods.registry import make_config
from scicot.services.evaluation.report import build_report, report_as_html, report_as_markdown
from scicot.services.evaluation.results import load_results
from scicot.words.records import Split
from tests.predictions import store_run
from tests.services.evaluation.unlike import Questions, ask_of, unmarked_scores


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> Questions:
    return ask_of(session, tmp_path)


def test_option_scores_of_an_untrained_student_in_another_form_are_marked(
    session: Session, questions: Questions
) -> None:
    asked = questions["arc-easy"][Split.TEST]
    text: dict[str, Any] = {"answer_form": "text", "show_options": False}
    for method, seed, form in (("finetune", 0, text), ("finetune", 1, text), ("untrained", 0, {})):
        config = make_config(
            method=method, dataset="arc-easy", seed=seed, evaluate_on="test", **form
        )
        stored = config.model_dump(mode="json")
        store_run(
            session, asked, right=[0], options_right=range(3 + seed), method=method, config=stored
        )
    table = load_results(session, split=Split.TEST).tables[1]
    (differs,) = table.marks
    assert differs.startswith("answer form letter_and_text against text")
    lines = {(line[0], line[1]): line[2] for line in option_lines(table)}
    untrained = "Untrained student, what it writes"
    assert lines[untrained, "by options"] == "30.00† [10.8, 60.3] (1 × 10)"
    tuned = lines["Fine-tune", "by options"]
    assert tuned.startswith("35.00 [")
    assert tuned.endswith("] (2 × 10)")
    assert unmarked_scores(table) == []
    figures = [
        cell.measured for row in table.rows for cell in row.cells if row.label == "Fine-tune"
    ]
    (figure,) = filter(None, figures)
    seeds = [{place: place < right for place in range(10)} for right in (3, 4)]
    assert figure.option_cells["option_accuracy"] == measure_cell(seeds)
    for written in (to_markdown(table), to_latex(table).replace(r"\dag{}", "†")):
        assert "30.00† " in written
    report = build_report(session)
    assert "30.00† " in report_as_markdown(report)
    assert "by options 30.00 [10.8, 60.3]; " in report_as_html(report)


def test_tables_of_unlike_settings_have_captions_of_their_own(
    session: Session, questions: Questions
) -> None:
    asked = questions["arc-easy"][Split.TEST]
    for weight in (1.0, 10.0):
        config = make_config(
            **{"method": "finetune", "dataset": "arc-easy", "snapshot": f"s{weight:g}"},
            evaluate_on="test",
            deciding_weight=weight,
        )
        stored = config.model_dump(mode="json")
        store_run(session, asked, right=[0], method="finetune", config=stored)
    sets = load_results(session, split=Split.TEST).sets
    tables = [load_results(session, split=Split.TEST, settings=one.key).tables[1] for one in sets]
    said = sorted(line for table in tables for line in say_caption(table) if "snapshot" in line)
    assert len({*said}) == 2
    assert [("deciding weight 10" in line, "snapshot s10" in line) for line in said] in (
        [(True, True), (False, False)],
        [(False, False), (True, True)],
    )
    for table in tables:
        (line,) = [
            line
            for line in csv.DictReader(io.StringIO(to_csv(table)))
            if line["row"] == "Fine-tune" and line["ours"]
        ]
        assert ("deciding weight 10" in line["settings"]) == ("snapshot s10" in line["settings"])
