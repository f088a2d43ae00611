from pathlib import Path

from sqlalchemy import event
from sqlalchemy.orm import Session

from scicot.services.questions.browser import (
    QuestionFilter,
    count_matching,
    find_questions,
    list_matching,
)
from scicot.words.records import Split
from tests.builders import store_questions


def test_pages_follow_each_other_without_gap_or_repeat(session: Session, tmp_path: Path) -> None:
    questions = store_questions(session, tmp_path / "files", train=3, validation=0, test=8)
    wanted = QuestionFilter("demo")
    pages = [list_matching(session, wanted, limit=4, offset=at) for at in (0, 4, 8, 12)]
    assert [len(page) for page in pages] == [4, 4, 3, 0]
    stored = [question.id for split in questions.values() for question in split]
    listed = [line.id for page in pages for line in page]
    assert sorted(listed) == sorted(stored)
    whole, total = find_questions(session, wanted)
    assert ([line.id for line in whole], total) == (listed, 11)
    of_test = QuestionFilter("demo", Split.TEST)
    assert count_matching(session, of_test) == 8
    found = [line.id for line in list_matching(session, of_test, limit=3, offset=4)]
    assert found == [question.id for question in questions[Split.TEST]][4:7]


def test_texts_are_read_of_no_question_that_is_skipped(session: Session, tmp_path: Path) -> None:
    store_questions(session, tmp_path / "files", test=8)
    said: list[str] = []

    def keep(connection, cursor, statement, *_of_the_query) -> None:  # type: ignore[no-untyped-def]
        said.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", keep)
    try:
        list_matching(session, QuestionFilter("demo"), limit=2, offset=5)
    finally:
        event.remove(engine, "before_cursor_execute", keep)
    skipping = [statement for statement in said if "OFFSET" in statement]
    assert len(skipping) == 1
    assert "stem" not in skipping[0]
    assert "rationale" not in skipping[0]
