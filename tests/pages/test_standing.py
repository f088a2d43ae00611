"""Beside an accuracy stand what one place always would give, and whether the run chooses at all."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from db.models import RunRow
from db.session import write
from scicot.pure.methods.registry import make_config
from scicot.pure.predictions.metrics import measure
from scicot.services.evaluation.report import build_report, report_as_html, report_as_markdown
from scicot.services.home.overview import look_over
from scicot.services.predictions.store import list_predictions
from scicot.words.records import Actor, Split
from tests.builders import store_questions
from tests.cli.runner import run_command, run_json
from tests.pages.driver import open_page
from tests.pages.tables import read_tables, texts
from tests.predictions import store_run

SAID = "answers place 1 on 100\u00a0%: it has not learned to choose"


@pytest.fixture
def fallen(session: Session, tmp_path: Path) -> int:
    """Store a run that answers A to everything, as one of the paper's claim, and one that is fair.

    The keys go round A to D, so that A is right on a quarter of the eight questions.
    """
    made = store_questions(session, tmp_path / "files", dataset="arc-easy", test=8)
    asked = list(made[Split.TEST])
    ids = []
    for method, right in (("one_stage", range(8)), ("sci_cot", (0, 4))):
        config = make_config(method=method, dataset="arc-easy", snapshot="s", evaluate_on="test")
        stored = config.model_dump(mode="json")
        run_id = store_run(session, asked, right=right, method=method, config=stored)
        metrics = measure(list_predictions(session, run_id), asked)
        with write(session):
            session.get_one(RunRow, run_id).result = {"metrics": metrics}
        ids.append(run_id)
    return ids[1]


def test_my_runs_and_the_runs_table_show_both(fallen: int) -> None:
    mine = read_tables(open_page("evaluate/results"))["my_runs_arc-easy"]
    place = [head["text"] for head in mine["heads"]].index("One place, %")
    line = texts(mine)[-1]
    assert line[0].startswith(f"{fallen} ·")
    assert line[place - 1 : place + 1] == ["25.0 [7.1, 59.1]", "25.0"]
    assert [one["cells"][place - 1]["note"] for one in mine["lines"]] == ["", SAID]
    runs = read_tables(open_page("train/runs"))["runs_table"]
    place = [head["text"] for head in runs["heads"]].index("One place")
    by_run = {one["cells"][1]["press"]: one["cells"] for one in runs["lines"]}
    assert by_run[str(fallen)][place]["text"] == "25.0\u00a0%"
    assert by_run[str(fallen)][place - 1]["note"] == "100\u00a0% at place 1"
    assert by_run[str(fallen)][place - 1]["help"] == SAID


def test_the_command_line_says_both(fallen: int) -> None:
    (line,) = [run for run in run_json("results")["runs"] if run["run"] == fallen]
    assert (line["same_place"], line["warning"]) == (0.25, SAID)
    assert f"Run {fallen} · made {SAID}." in run_command("results").stdout
    assert SAID in run_command("runs", "list").stdout
    found = run_json("compare", fallen - 1, fallen)
    assert (found["same_place_a"], found["same_place_b"]) == (0.25, 0.25)
    (warning,) = found["warnings"]
    assert warning.startswith(f"Sci-CoT {SAID}; the best place always would give 25.0")
    assert "One place always would give 25.0" in run_command("compare", fallen - 1, fallen).stdout
    methods = ("--methods", "sci_cot", "one_stage", "--dataset", "arc-easy")
    of_methods = run_json("compare", *methods)
    assert of_methods["warnings"] == [warning.replace("Sci-CoT", f"Sci-CoT, run {fallen},")]
    assert of_methods["same_place_a"] == 0.25


def test_home_compare_and_the_report_say_both(session: Session, fallen: int) -> None:
    overview = look_over(session, Actor("Ada"), "arc-easy")
    assert overview.compared is not None
    assert SAID in overview.compared[2]
    page = open_page("evaluate/compare", a=str(fallen), b=str(fallen - 1))
    assert any(SAID in one.value.replace("\\", "") for one in page.warning)
    assert any("one place always 25.0\u00a0%" in one.value for one in page.markdown)
    report = build_report(session)
    for text in (report_as_html(report), report_as_markdown(report)):
        assert f"it {SAID}." in text.replace("\\", "")
        assert "one place always would give 25.0\u00a0%" in text


def test_how_many_questions_are_needed_is_the_same_in_every_text(
    session: Session, tmp_path: Path
) -> None:
    asked = list(
        store_questions(session, tmp_path / "files", dataset="arc-easy", test=8)[Split.TEST]
    )
    a, b = (store_run(session, asked, right=right, name=str(right)) for right in ([0, 1], [2]))
    report = build_report(session)
    (pair,) = report.pairs
    assert pair.found.needed == 186
    said = "f the true difference were this large, about 190 questions would be needed"
    page = open_page("evaluate/compare", a=str(a), b=str(b))
    assert any(said in one.value for one in page.caption)
    for text in (report_as_html(report), report_as_markdown(report), pair.sentence):
        assert said in text
        assert "186" not in text
