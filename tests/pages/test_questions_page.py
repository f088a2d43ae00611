from pathlib import Path

from sqlalchemy.orm import Session

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
