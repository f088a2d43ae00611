from pathlib import Path

from sqlalchemy.orm import Session

from scicot.words.configs import TrainingConfig
from scicot.words.records import Method, Split
from tests.builders import store_questions
from tests.pages.driver import open_page
from tests.predictions import store_run


def test_an_empty_database_shows_the_published_figures_and_what_to_launch() -> None:
    app = open_page("evaluate/results")
    assert not app.exception
    shown = "\n".join(table.value.to_csv() for table in app.table)
    assert "43.73" in shown
    assert "launch?method=sci_cot&dataset=arc-easy&fraction=0.125" in shown


def test_a_finished_run_stands_beside_the_published_figure(
    session: Session, tmp_path: Path
) -> None:
    questions = list(
        store_questions(session, tmp_path / "files", dataset="arc-easy", test=10)[Split.TEST]
    )
    made = TrainingConfig(method=Method.SCI_COT, dataset="arc-easy", snapshot="s")
    store_run(
        session,
        questions,
        right=range(4),
        method=Method.SCI_COT,
        config=made.model_dump(mode="json"),
    )
    app = open_page("evaluate/results")
    assert not app.exception
    assert "**40.00 " in app.table[1].value.to_csv()
