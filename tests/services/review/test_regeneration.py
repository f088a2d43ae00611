from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from scicot.services.review.regeneration import ask_again
from scicot.services.runs.runs import get_run
from scicot.services.teacher.prompts import get_prompt
from scicot.words.errors import InvalidInput
from scicot.words.records import Actor, RunKind, Split
from scicot.words.settings import get_settings
from tests.builders import store_questions, store_rationale

ADA = Actor("Ada")


def test_a_note_becomes_part_of_a_prompt_for_this_one_question(
    session: Session, tmp_path: Path
) -> None:
    question = store_questions(session, tmp_path / "demo")[Split.TRAIN][0]
    one = store_rationale(session, question)
    run = get_run(session, ask_again(session, get_settings(), ADA, one, "Name no letter."))
    assert run.kind is RunKind.GENERATE
    assert run.config["question_ids"] == [question.id]
    prompt = get_prompt(session, int(str(run.config["prompt_id"])))
    assert prompt.parts.specificity.endswith("Take care: Name no letter.")
    assert get_prompt(session).parts != prompt.parts  # the usual prompt stays as it was


@pytest.mark.parametrize("note", ["  ", "x" * 501])
def test_an_empty_or_endless_note_is_refused(session: Session, tmp_path: Path, note: str) -> None:
    question = store_questions(session, tmp_path / "demo")[Split.TRAIN][0]
    with pytest.raises(InvalidInput, match="note of 1 to"):
        ask_again(session, get_settings(), ADA, store_rationale(session, question), note)
