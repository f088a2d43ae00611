from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from scicot.services.evaluation.question_view import list_notes
from scicot.words.records import Split, StoredQuestion
from tests.builders import store_questions
from tests.pages.driver import open_page
from tests.pages.tables import read_tables
from tests.pages.test_compare import press, texts
from tests.predictions import store_run


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> list[StoredQuestion]:
    return list(store_questions(session, tmp_path / "files", test=6)[Split.TEST])


def test_a_link_shows_the_question_for_the_chosen_runs(
    session: Session, questions: list[StoredQuestion]
) -> None:
    runs = [store_run(session, questions, right=[0], name=f"peer {n}") for n in range(4)]
    app = open_page(
        "evaluate/inspect", question=str(questions[2].id), runs=",".join(map(str, runs[:3]))
    )
    assert not app.exception
    shown = texts(app)
    assert questions[2].stem in shown
    assert [f"· peer {n}**" in shown.replace("\\", "") for n in range(4)] == [True] * 3 + [False]


def test_a_note_is_kept_with_who_wrote_it(
    session: Session, questions: list[StoredQuestion]
) -> None:
    run = store_run(session, questions, right=[0])
    app = open_page("evaluate/inspect", question=str(questions[0].id), runs=str(run))
    app.sidebar.text_input(key="actor_name").set_value("Grace").run()
    app.text_area(key=f"note_{questions[0].id}").set_value("Mixes up <b>heat</b>.").run()
    press(app, "Keep the note")
    (note,) = list_notes(session, questions[0].id)
    assert (note.text, note.actor) == ("Mixes up <b>heat</b>.", "Grace")
    assert "Mixes up <b>heat</b>." in texts(app)


def test_chips_and_a_search_narrow_the_list_and_a_number_opens_its_question(
    session: Session, questions: list[StoredQuestion]
) -> None:
    runs = [store_run(session, questions, right=right, name=f"r{right}") for right in ([0], [0, 1])]
    app = open_page("evaluate/inspect", runs=",".join(map(str, runs)))
    assert len(read_tables(app)["question_list"]["lines"]) == 6
    app.text_input(key="go_to").set_value("3").run()
    assert app.query_params["question"] == str(questions[2].id)
    assert questions[2].stem in texts(app)
    app.button_group(key="only").set_value(["disagreeing"]).run()
    assert not app.exception
    assert len(read_tables(app)["question_list"]["lines"]) == 1
    assert questions[1].stem in texts(app)
    app.text_input(key="find").set_value("nothing says this").run()
    assert "0 of 6 questions" in texts(app)
