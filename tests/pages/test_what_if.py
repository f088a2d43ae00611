from pathlib import Path

from sqlalchemy.orm import Session

from scicot.services.evaluation.question_view import list_notes
from scicot.words.records import Split
from scicot.words.settings import Settings
from tests.builders import store_questions
from tests.pages.driver import open_page
from tests.pages.tables import read_tables
from tests.pages.tables import texts as table_texts
from tests.pages.test_compare import press, texts
from tests.predictions import store_run
from tests.services.training_line import prepare, tiny_config, train
from tests.tiny_students import tiny_t5

__all__ = ["tiny_t5"]


def test_an_edit_is_answered_at_once_undone_and_kept_as_a_note(
    session: Session, settings: Settings, tmp_path: Path, tiny_t5: Path
) -> None:
    question = prepare(session, tmp_path / "files", train=6, test=2)[Split.TEST][0]
    run = train(session, settings, tiny_config("sci_cot", tiny_t5))
    app = open_page("evaluate/what_if", run=str(run.id), question=str(question.id))
    assert not app.exception
    assert all(was == now for _, was, now, _ in table_texts(read_tables(app)["what_if_options"]))

    (box,) = [one for one in app.text_area if one.label == "Rationale"]
    first = box.value
    box.set_value("Magnets pull iron, leaves do not.").run()
    assert not app.exception
    lines = read_tables(app)["what_if_options"]["lines"]
    assert any(line["cells"][1]["share"] != line["cells"][2]["share"] for line in lines)

    press(app, "Keep as a note")
    session.commit()
    (note,) = list_notes(session, question.id)
    assert "Rationale: Magnets pull iron, leaves do not." in note.text
    assert note.run_id == run.id

    press(app, "Undo")
    (box,) = [one for one in app.text_area if one.label == "Rationale"]
    assert box.value == first


def test_a_run_from_elsewhere_cannot_be_asked(session: Session, tmp_path: Path) -> None:
    questions = list(store_questions(session, tmp_path / "files")[Split.TEST])
    store_run(session, questions, right=[0])
    app = open_page("evaluate/what_if")
    assert "trained no student that could be asked" in app.info[0].value
    assert "Original" not in texts(app)
    # what it answered is read, and no box offers an edit that nobody can answer
    assert read_tables(app)["options"]["lines"]
    assert not app.text_area
