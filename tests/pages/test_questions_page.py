from pathlib import Path

from sqlalchemy.orm import Session

from scicot.services.questions.lookup import list_questions
from scicot.words.records import Split
from tests.builders import store_questions, store_rationale
from tests.pages.driver import open_page


def test_a_newcomer_imports_the_starter_set() -> None:
    page = open_page("prepare/questions")
    page.button_group[0].set_value("Starter set").run()
    next(one for one in page.button if one.label == "Import").click().run()
    assert not page.exception
    assert [one.value for one in page.success] == ["Added 60 questions; 0 were already there."]


def test_a_path_without_questions_is_said_and_not_raised() -> None:
    page = open_page("prepare/questions")
    page.text_input(key="questions_path").set_value("/nowhere").run()
    next(one for one in page.button if one.label == "Import").click().run()
    assert not page.exception
    assert "There is no file /nowhere" in page.error[0].value


def test_a_file_that_states_no_split_asks_for_it_by_its_box(
    session: Session, cases_folder: Path
) -> None:
    page = open_page("prepare/questions")
    path = cases_folder / "03-csv-excel" / "semicolon-bom.csv"
    page.text_input(key="questions_path").set_value(str(path)).run()
    assert "does not say which split it is. Choose it in the box Split." in page.error[0].value
    page.selectbox(key="questions_split").set_value("train").run()
    assert not page.error
    next(one for one in page.button if one.label == "Import").click().run()
    assert len(list_questions(session, "arc", Split.TRAIN)) == 6


def test_the_search_narrows_the_table(session: Session, tmp_path: Path) -> None:
    questions = store_questions(session, tmp_path / "data")
    store_rationale(session, questions[Split.TRAIN][0])
    page = open_page("prepare/questions", dataset="demo")
    assert "16 questions" in [one.value for one in page.caption]
    page.text_input(key="search").set_value("moon").run()
    assert not page.exception
    assert "3 questions" in [one.value for one in page.caption]


def test_a_broken_pattern_is_explained(session: Session, tmp_path: Path) -> None:
    store_questions(session, tmp_path / "data")
    page = open_page("prepare/questions", dataset="demo")
    page.text_input(key="search").set_value("(").run()
    page.toggle(key="regex").set_value(True).run()
    assert "is not a regular expression" in page.error[0].value
