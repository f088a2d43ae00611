from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from scicot.services.rationales.revisions import list_revisions
from scicot.services.review.desk import ReviewDesk
from scicot.services.review.items import load_item
from scicot.services.review.similar import find_similar
from scicot.services.review.undo import restore_revision
from scicot.words.errors import StaleRevision
from scicot.words.records import Actor, Cause, RationaleStatus, Split, StoredQuestion
from scicot.words.reviewing import REASONS, ReviewItem
from tests.builders import store_questions, store_rationale

ADA, BOB = Actor("Ada"), Actor("Bob")


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> list[StoredQuestion]:
    return list(store_questions(session, tmp_path / "demo")[Split.TRAIN])


@pytest.fixture
def item(session: Session, questions: list[StoredQuestion]) -> ReviewItem:
    return load_item(session, ADA, store_rationale(session, questions[0], "First text."))


def press(item: ReviewItem, op: str, verdict: str, **more: Any) -> dict[str, Any]:
    return {
        "op": op,
        "kind": "decide",
        "id": item.rationale.id,
        "revision": item.rationale.revision_id,
        "after": None,
        "verdict": verdict,
        "text": None,
        "reason": None,
        **more,
    }


def test_presses_are_carried_out_in_order_and_once(session: Session, item: ReviewItem) -> None:
    desk = ReviewDesk(session, ADA)
    outbox = [
        press(item, "1", "edit", text="Second text."),
        press(item, "2", "accept", after="1"),
        {"op": "3", "kind": "undo", "target": "2", "id": item.rationale.id},
        {"op": "4", "kind": "undo", "target": None, "id": None},
    ]
    for _ in range(2):  # the answer was lost, so everything comes again
        answers = desk.carry_out(outbox)
        assert [one for one, answer in answers.items() if answer.error] == []
    now = load_item(session, ADA, item.rationale.id).rationale
    assert (now.text, now.status) == ("First text.", RationaleStatus.UNREVIEWED)


def test_a_press_after_an_edit_that_is_under_way_judges_the_edited_text(
    session: Session, item: ReviewItem
) -> None:
    desk = ReviewDesk(session, ADA)
    desk.carry_out([press(item, "1", "edit", text="Second text.")])
    answer = desk.carry_out([press(item, "2", "reject", after="1", reason=REASONS[0])])["2"]
    assert answer.error is None
    now = load_item(session, ADA, item.rationale.id)
    assert (now.rationale.status, now.reason) == (RationaleStatus.REJECTED, REASONS[0])
    assert desk.reasons("demo")[0] == (REASONS[0], 1)


def test_a_conflict_comes_back_with_the_text_as_it_is(session: Session, item: ReviewItem) -> None:
    ReviewDesk(session, BOB).carry_out([press(item, "bob", "edit", text="Bob's text.")])
    answer = ReviewDesk(session, ADA).carry_out([press(item, "ada", "accept")])["ada"]
    assert answer.error is not None
    assert "changed by Bob" in answer.error
    assert answer.conflict is not None
    assert answer.conflict.rationale.text == "Bob's text."


def test_a_draft_lands_on_the_revision_that_an_earlier_press_left(
    session: Session, item: ReviewItem
) -> None:
    draft = {"kind": "draft", "id": item.rationale.id, "revision": item.rationale.revision_id}
    desk = ReviewDesk(session, ADA)
    answers = desk.carry_out(
        [
            press(item, "1", "edit", text="Second text."),
            {**draft, "op": "2", "after": "1", "text": "Third"},
        ]
    )
    assert answers["2"].error is None
    assert load_item(session, ADA, item.rationale.id).draft == "Third"


def test_nothing_left_to_undo_is_said(session: Session, item: ReviewItem) -> None:
    undo = {"op": "1", "kind": "undo", "target": None, "id": None}
    assert ReviewDesk(session, ADA).carry_out([undo])["1"].error == "There is nothing left to undo."


def test_work_on_another_database_has_another_scope(session: Session, item: ReviewItem) -> None:
    assert ReviewDesk(session, ADA).scope("demo") != ReviewDesk(session, BOB).scope("demo")


def test_an_older_text_is_restored_as_a_new_revision(session: Session, item: ReviewItem) -> None:
    desk = ReviewDesk(session, ADA)
    desk.carry_out([press(item, "1", "edit", text="Second text.")])
    first, second = list_revisions(session, item.rationale.id)
    for _ in range(2):
        restore_revision(
            session,
            BOB,
            item.rationale.id,
            first.id,
            current_revision_id=second.id,
            seen=RationaleStatus.EDITED,
            operation_id="restore",
        )
    revisions = list_revisions(session, item.rationale.id)
    assert [one.text for one in revisions] == ["First text.", "Second text.", "First text."]
    assert (revisions[-1].cause, revisions[-1].author) == (Cause.RESTORED, "Bob")
    with pytest.raises(StaleRevision):
        restore_revision(
            session,
            BOB,
            item.rationale.id,
            first.id,
            current_revision_id=second.id,
            seen=RationaleStatus.EDITED,
            operation_id="again",
        )


def test_the_likest_rationales_come_first(
    session: Session, questions: list[StoredQuestion]
) -> None:
    text = "Gravity keeps the moon in its orbit around the earth."
    one = store_rationale(session, questions[0], text)
    near = store_rationale(session, questions[1], text.replace("moon", "small moon"))
    store_rationale(session, questions[2], "Rivers cut valleys into soft rock over many years.")
    found = find_similar(session, ADA, one)
    assert [other.rationale_id for other in found] == [near]
    assert 0.8 < found[0].similarity < 1


def test_a_press_of_an_unknown_kind_is_refused_and_the_next_is_carried_out(
    session: Session, item: ReviewItem
) -> None:
    answers = ReviewDesk(session, ADA).carry_out(
        [press(item, "1", "accept", kind="mark"), press(item, "2", "accept")]
    )
    assert answers["1"].error is not None
    assert "no press of the kind 'mark'" in answers["1"].error
    assert answers["2"].error is None
    assert load_item(session, ADA, item.rationale.id).rationale.status is RationaleStatus.ACCEPTED


@pytest.mark.parametrize("field", ["kind", "id", "revision", "verdict", "text", "reason"])
def test_a_missing_field_answers_that_press_alone(
    session: Session, item: ReviewItem, field: str
) -> None:
    broken = press(item, "1", "reject")
    del broken[field]
    answers = ReviewDesk(session, ADA).carry_out([broken, press(item, "2", "accept")])
    assert answers["1"].error
    assert answers["2"].error is None


@pytest.mark.parametrize(
    "strange",
    [
        {"id": 2**63},
        {"id": "1 or 1"},
        {"revision": 0},
        {"revision": None},
        {"verdict": "adore"},
        {"verdict": "edit", "text": "half an emoji: \ud83d"},
        {"verdict": "edit", "text": "a\x00b"},
        {"verdict": "edit", "text": "x" * 20_001},
        {"verdict": "edit", "text": ["x"]},
        {"op": ""},
        {"after": "x" * 65},
    ],
)
def test_a_strange_press_is_answered_and_the_next_is_carried_out(
    session: Session, item: ReviewItem, strange: dict[str, Any]
) -> None:
    first = {**press(item, "1", "accept"), **strange}
    answers = ReviewDesk(session, ADA).carry_out([first, press(item, "2", "accept")])
    assert answers[str(first["op"])].error
    assert answers["2"].error is None
    assert load_item(session, ADA, item.rationale.id).rationale.text == "First text."


@pytest.mark.parametrize("text", ["x" * 20_001, "half: \ud83d", "a\x00b"])
def test_a_draft_is_checked_like_an_edit(session: Session, item: ReviewItem, text: str) -> None:
    draft = {"op": "1", "kind": "draft", "id": item.rationale.id, "text": text}
    draft["revision"] = item.rationale.revision_id
    answers = ReviewDesk(session, ADA).carry_out([draft])
    assert answers["1"].error
    assert load_item(session, ADA, item.rationale.id).draft is None


def test_a_page_older_than_the_app_is_told_to_reload(session: Session, item: ReviewItem) -> None:
    answers = ReviewDesk(session, ADA).carry_out([press(item, "1", "accept")], protocol=0)
    assert answers["1"].error is not None
    assert "Reload" in answers["1"].error
    assert load_item(session, ADA, item.rationale.id).rationale.status is not (
        RationaleStatus.ACCEPTED
    )


def test_an_error_that_nobody_foresaw_answers_its_press_with_an_id(
    session: Session, item: ReviewItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    desk = ReviewDesk(session, ADA)
    with monkeypatch.context() as patched:
        patched.setattr("scicot.services.review.desk.decide", fail)
        answers = desk.carry_out([press(item, "1", "accept"), press(item, "2", "accept")])
    assert [answer.busy for answer in answers.values()] == [False, False]
    assert answers["1"].error is not None
    assert "OSError (error " in answers["1"].error
    assert desk.carry_out([press(item, "1", "accept")])["1"].error is None
