from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from db.models import PredictionRow, QuestionRow
from db.session import write
from scicot.services.evaluation.question_list import (
    AnsweredFilter,
    AnsweredList,
    Only,
    find_listed,
    view_list,
)
from scicot.services.evaluation.tags import add_tag, list_tagged, toggle_tag
from scicot.words.records import Actor, Outcome, Split, StoredQuestion, Variant
from tests.builders import store_questions
from tests.predictions import store_run

ADA = Actor("Ada")


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> list[StoredQuestion]:
    return list(store_questions(session, tmp_path / "files", test=6)[Split.TEST])


def ids_of(found: AnsweredList) -> list[int]:
    return [question.id for question in found.lines]


def everything(session: Session, wanted: AnsweredFilter) -> AnsweredList:
    return view_list(session, wanted, None, around=100)


def test_a_question_that_one_run_was_not_asked_is_listed_with_what_the_other_said(
    session: Session, questions: list[StoredQuestion]
) -> None:
    a = store_run(session, questions, right=[0, 1], unreadable=[5])
    b = store_run(session, questions[:4], right=[0, 2], name="b")
    found = everything(session, AnsweredFilter((a, b)))
    assert ids_of(found) == [question.id for question in questions]
    assert (found.answered, found.listed) == (6, 6)
    assert found.lines[0].outcomes == (Outcome.CORRECT, Outcome.CORRECT)
    assert found.lines[5].outcomes == (Outcome.NO_ANSWER, None)


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ([Only.WRONG], [1, 2, 3, 4]),
        ([Only.NO_ANSWER], [5]),
        ([Only.DISAGREEING], [1, 2]),
        ([Only.WRONG, Only.NO_ANSWER], []),
        ([Only.TAGGED], []),
    ],
)
def test_chips_keep_the_questions_that_have_all_of_it(
    session: Session, questions: list[StoredQuestion], wanted: list[Only], places: list[int]
) -> None:
    a = store_run(session, questions, right=[0, 1], unreadable=[5])
    b = store_run(session, questions[:4], right=[0, 2], name="b")
    kept = everything(session, AnsweredFilter((a, b), frozenset(wanted)))
    assert ids_of(kept) == [questions[place].id for place in places]
    assert (kept.answered, kept.listed) == (6, len(places))


def read_marks(session: Session, runs: Sequence[int], question_id: int) -> set[Only]:
    """What a question has, from its rows read whole."""
    rows = session.scalars(
        select(PredictionRow).where(
            PredictionRow.question_id == question_id,
            PredictionRow.run_id.in_(runs),
            PredictionRow.variant == Variant.MAIN,
        )
    ).all()
    outcomes = [row.outcome for row in rows]
    tagged = {key for run in runs for key in list_tagged(session, run)}
    facts = {
        Only.WRONG: Outcome.INCORRECT in outcomes,
        Only.NO_ANSWER: Outcome.NO_ANSWER in outcomes,
        Only.FLAGGED: any(row.flags for row in rows),
        Only.TAGGED: question_id in tagged,
        Only.DISAGREEING: len({outcome is Outcome.CORRECT for outcome in outcomes}) > 1,
    }
    return {only for only, is_so in facts.items() if is_so}


def test_every_set_of_chips_keeps_what_the_rows_say_for_every_choice_of_runs(
    session: Session, tmp_path: Path
) -> None:
    questions = list(store_questions(session, tmp_path / "files", test=40)[Split.TEST])
    of_a = [key for key in range(40) if key % 2]
    of_b = [key for key in range(30) if key % 3]
    a = store_run(session, questions, right=of_a, unreadable=[4, 9, 14])
    b = store_run(session, questions[:30], right=of_b, unreadable=[8, 9], name="b")
    other = store_run(session, questions[35:], right=[], name="other")
    tag = add_tag(session, ADA, "odd")
    rows = {
        (row.run_id, row.question_id): row.id
        for row in session.scalars(select(PredictionRow)).all()
    }
    for run, place in ((a, 4), (a, 5), (b, 12)):
        toggle_tag(session, ADA, rows[run, questions[place].id], tag.id)
    with write(session):
        for row in session.scalars(select(PredictionRow)).all():
            place = row.question_id % 5
            row.flags = None if place == 0 else [] if place < 3 else ["leak"]
        unscored = session.get_one(PredictionRow, rows[b, questions[20].id])
        unscored.outcome = Outcome.UNSCORED
    seen = set()
    for runs in ((a,), (b,), (a, b), (b, a, other)):
        asked = sorted({key for run, key in rows if run in runs})
        marks = {key: read_marks(session, runs, key) for key in asked}
        for count in range(len(Only) + 1):
            for chosen in combinations(Only, count):
                expected = [key for key in asked if set(chosen) <= marks[key]]
                found = everything(session, AnsweredFilter(runs, frozenset(chosen)))
                assert ids_of(found) == expected, (runs, chosen)
                assert (found.answered, found.listed) == (len(asked), len(expected))
                seen |= {chosen} if expected else set()
    assert {(only,) for only in Only} <= seen  # each chip kept something somewhere


def test_a_search_looks_into_stems_and_ids_whatever_the_case(
    session: Session, questions: list[StoredQuestion]
) -> None:
    run = store_run(session, questions, right=[3])
    with write(session):
        session.get_one(QuestionRow, questions[1].id).stem = "Welche Straße führt zum Öl?"
        session.get_one(QuestionRow, questions[2].id).stem = "100_% of what?"
    found = {
        text: ids_of(everything(session, AnsweredFilter((run,), text=text)))
        for text in (questions[3].external_id.upper(), "STRASSE", "öL", "_%", "no stem says this")
    }
    assert list(found.values()) == [
        [questions[3].id],
        [questions[1].id],
        [questions[1].id],
        [questions[2].id],
        [],
    ]
    wrong = AnsweredFilter((run,), frozenset([Only.WRONG]), questions[3].external_id)
    assert ids_of(everything(session, wrong)) == []


@pytest.mark.parametrize("text", ["", "Q"])
def test_the_lines_around_the_open_question_know_their_places(
    session: Session, tmp_path: Path, text: str
) -> None:
    questions = list(store_questions(session, tmp_path / "files", test=9)[Split.TEST])
    with write(session):
        for question in questions:
            session.get_one(QuestionRow, question.id).stem = "Q"
    a = store_run(session, questions[:6], right=[])
    b = store_run(session, questions[3:], right=[0], name="b")
    ids = [question.id for question in questions]
    wanted = AnsweredFilter((a, b), text=text)
    for place, opened in enumerate(ids):
        found = view_list(session, wanted, opened, around=2)
        first = max(0, place - 2)
        assert (found.place, found.first, found.listed) == (place, first, 9)
        assert ids_of(found) == ids[first : place + 3]
        around = [ids[at] if 0 <= at < 9 else None for at in (place - 1, place, place + 1)]
        assert [found.near(step) for step in (-1, 0, 1)] == around
    for strange in (None, 0, ids[-1] + 7):
        found = view_list(session, wanted, strange, around=2)
        assert (found.place, found.first, ids_of(found)) == (0, 0, ids[:3])
    numbers = (0, 1, 4, 9, 10, 999_999_999)
    assert [find_listed(session, wanted, number) for number in numbers] == [
        ids[0],
        ids[0],
        ids[3],
        ids[8],
        ids[8],
        ids[8],
    ]


def test_nothing_is_open_where_nothing_is_listed(
    session: Session, questions: list[StoredQuestion]
) -> None:
    run = store_run(session, questions, right=range(6))
    wanted = AnsweredFilter((run,), frozenset([Only.WRONG]))
    found = view_list(session, wanted, questions[2].id, around=2)
    assert (found.answered, found.listed, found.near(0), ids_of(found)) == (6, 0, None, [])
    assert find_listed(session, wanted, 1) is None


@pytest.mark.parametrize("only", [(), (Only.WRONG,), (Only.DISAGREEING, Only.FLAGGED)])
def test_no_more_rows_are_read_of_a_large_list_than_are_shown(
    session: Session, tmp_path: Path, only: tuple[Only, ...]
) -> None:
    def rows_read(count: int) -> int:
        """How many rows the database handed over for the middle of such a list."""
        questions = list(store_questions(session, tmp_path / str(count), test=count)[Split.TEST])
        runs = tuple(
            store_run(session, questions, right=[], name=f"{name} {count}") for name in "ab"
        )
        with write(session):
            for row in session.scalars(select(PredictionRow).where(PredictionRow.run_id.in_(runs))):
                is_right = row.run_id == runs[0] and row.question_id != questions[0].id
                row.outcome = Outcome.CORRECT if is_right else Outcome.INCORRECT
                row.flags = ["leak"]
        session.expunge_all()
        handed: list[int] = []
        engine = session.get_bind()

        def count_rows(connection, cursor, statement, parameters, context, many) -> None:  # type: ignore[no-untyped-def]
            if statement.startswith("SELECT"):
                handed.append(len(cursor.connection.execute(statement, parameters).fetchall()))

        event.listen(engine, "after_cursor_execute", count_rows)
        try:
            wanted = AnsweredFilter(runs, frozenset(only))
            found = view_list(session, wanted, questions[count // 2].id, around=5)
        finally:
            event.remove(engine, "after_cursor_execute", count_rows)
        assert len(found.lines) == 11
        assert found.listed >= count - 1
        return sum(handed)

    few, many = rows_read(20), rows_read(200)
    assert few == many
