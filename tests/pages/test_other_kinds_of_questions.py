"""Blind questions and free answers on the screens that show questions and runs."""

import json
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from scicot.services.predictions.files import import_predictions
from scicot.services.questions.imports import import_questions
from scicot.services.questions.lookup import list_questions
from scicot.words.records import Actor, Split
from tests.pages.driver import open_page
from tests.pages.test_compare import texts

BLIND = {"id": "k", "question": "Which is a planet?", "choices": ["Sun", "Mars"], "answer": None}
FREE = {"id": "k", "question": "How many legs has a spider?", "answer": "#### 8"}
PAGES = ("evaluate/inspect", "evaluate/results", "evaluate/compare", "prepare/questions")


@pytest.mark.parametrize(
    ("row", "shown"), [(BLIND, "the key is not known"), (FREE, "Answer: 8")], ids=["blind", "free"]
)
def test_a_question_of_another_kind_is_shown_on_every_screen(
    session: Session, actor: Actor, tmp_path: Path, row: dict[str, object], shown: str
) -> None:
    path, outputs = tmp_path / "mine-test.jsonl", tmp_path / "outputs.jsonl"
    path.write_text(json.dumps(row))
    outputs.write_text(json.dumps({"id": "k", "output": "Answer: (B)" if row is BLIND else "8"}))
    import_questions(session, actor, str(path), dataset="mine")
    for name in ("one", "two"):
        import_predictions(session, actor, outputs, dataset="mine", split=Split.TEST, name=name)
    (question,) = list_questions(session, "mine", Split.TEST)
    for name in PAGES:
        app = open_page(name, dataset="mine", question=str(question.id), runs="1,2")
        assert not app.exception, name
        if name == "evaluate/inspect":
            assert shown in texts(app)
