from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import ReviewRow, RevisionRow
from scicot.services.review.drafts import list_drafts, save_draft
from scicot.services.review.items import load_item
from scicot.services.review.undo import undo
from scicot.services.review.verdicts import decide
from scicot.words.errors import Conflict, InvalidRationale, NotFound, StaleRevision
from scicot.words.records import Actor, Rationale, RationaleStatus, Split, Verdict
from tests.builders import store_questions, store_rationale

ADA, BOB = Actor("Ada"), Actor("Bob")
TEXT = "The moon turns once while it goes round the earth, so one side is seen."


@pytest.fixture
def rationale(session: Session, tmp_path: Path) -> Rationale:
    question = store_questions(session, tmp_path / "demo")[Split.TRAIN][0]
    return load_item(session, ADA, store_rationale(session, question, TEXT)).rationale


def now_of(session: Session, rationale: Rationale) -> Rationale:
    return load_item(session, ADA, rationale.id).rationale


def judge(
    session: Session,
    rationale: Rationale,
    verdict: Verdict,
    *,
    text: str | None = None,
    actor: Actor = ADA,
    operation: str = "one",
) -> Rationale:
    decide(
        session,
        actor,
        rationale.id,
        rationale.revision_id,
        verdict,
        text,
        operation_id=operation,
        seen=rationale.status,
    )
    return now_of(session, rationale)


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        (Verdict.ACCEPT, RationaleStatus.ACCEPTED),
        (Verdict.REJECT, RationaleStatus.REJECTED),
        (Verdict.SKIP, RationaleStatus.SKIPPED),
    ],
)
def test_a_verdict_sets_the_status_and_leaves_the_text(
    session: Session, rationale: Rationale, verdict: Verdict, status: RationaleStatus
) -> None:
    after = judge(session, rationale, verdict)
    assert (after.status, after.text) == (status, TEXT)
    assert after.revision_id == rationale.revision_id


def test_an_edit_appends_a_revision_and_keeps_the_original(
    session: Session, rationale: Rationale
) -> None:
    after = judge(session, rationale, Verdict.EDIT, text="The moon shows us one side.")
    assert after.status is RationaleStatus.EDITED
    assert after.text == "The moon shows us one side."
    assert after.original_text == TEXT
    assert after.revision_number == 2


def test_an_edit_that_changes_nothing_is_an_accept(session: Session, rationale: Rationale) -> None:
    after = judge(session, rationale, Verdict.EDIT, text=TEXT)
    assert after.status is RationaleStatus.ACCEPTED
    assert after.revision_number == 1


@pytest.mark.parametrize("text", [None, "", "  \n", "a\x00b", "x" * 20_001])
def test_an_edit_without_a_usable_text_is_refused(
    session: Session, rationale: Rationale, text: str | None
) -> None:
    with pytest.raises(InvalidRationale):
        judge(session, rationale, Verdict.EDIT, text=text)
    assert now_of(session, rationale).status is RationaleStatus.UNREVIEWED


def test_the_same_operation_again_changes_nothing(session: Session, rationale: Rationale) -> None:
    judge(session, rationale, Verdict.EDIT, text="A new text.", operation="click")
    again = decide(
        session,
        ADA,
        rationale.id,
        rationale.revision_id,
        Verdict.EDIT,
        "A new text.",
        operation_id="click",
    )
    assert again.repeated
    assert session.scalar(select(func.count()).select_from(ReviewRow)) == 1
    assert now_of(session, rationale).revision_number == 2


def test_a_write_on_an_older_revision_is_refused_with_both_texts(
    session: Session, rationale: Rationale
) -> None:
    judge(session, rationale, Verdict.EDIT, text="Bob's text.", actor=BOB, operation="bob")
    with pytest.raises(StaleRevision, match="changed by Bob") as caught:
        judge(session, rationale, Verdict.EDIT, text="Ada's text.", operation="ada")
    assert caught.value.current_text == "Bob's text."
    assert caught.value.submitted_text == "Ada's text."
    assert now_of(session, rationale).text == "Bob's text."


def test_a_rationale_that_is_not_there_is_named(session: Session) -> None:
    with pytest.raises(NotFound, match="no rationale 99"):
        decide(session, ADA, 99, 1, Verdict.ACCEPT, operation_id="one")


def test_undo_goes_back_step_by_step_to_the_beginning(
    session: Session, rationale: Rationale
) -> None:
    accepted = judge(session, rationale, Verdict.ACCEPT, operation="1")
    edited = judge(session, accepted, Verdict.EDIT, text="Another text.", operation="2")
    judge(session, edited, Verdict.REJECT, operation="3")
    seen = []
    while undo(session, ADA):
        one = now_of(session, rationale)
        seen.append((one.status, one.text))
    assert seen == [
        (RationaleStatus.EDITED, "Another text."),
        (RationaleStatus.ACCEPTED, TEXT),
        (RationaleStatus.UNREVIEWED, TEXT),
    ]


def test_undo_rewrites_no_history(session: Session, rationale: Rationale) -> None:
    judge(session, rationale, Verdict.EDIT, text="Another text.")
    undo(session, ADA)
    texts = list(session.scalars(select(RevisionRow.text).order_by(RevisionRow.number)))
    assert texts == [TEXT, "Another text.", TEXT]
    assert session.scalar(select(ReviewRow.undone_at)) is not None


def test_an_undone_edit_can_be_decided_with_the_revision_that_was_read(
    session: Session, rationale: Rationale
) -> None:
    judge(session, rationale, Verdict.EDIT, text="Another text.", operation="1")
    undo(session, ADA)
    assert judge(session, rationale, Verdict.ACCEPT, operation="2").status == "accepted"


def test_undo_takes_back_only_ones_own_verdicts(session: Session, rationale: Rationale) -> None:
    judge(session, rationale, Verdict.ACCEPT, actor=BOB)
    assert undo(session, ADA) == []
    assert now_of(session, rationale).status is RationaleStatus.ACCEPTED


def test_undo_of_a_verdict_that_somebody_built_upon_is_refused(
    session: Session, rationale: Rationale
) -> None:
    accepted = judge(session, rationale, Verdict.ACCEPT, operation="ada")
    judge(session, accepted, Verdict.EDIT, text="Bob's.", actor=BOB, operation="bob")
    with pytest.raises(Conflict, match="cannot be undone"):
        undo(session, ADA, "ada")
    assert undo(session, ADA) == []
    assert now_of(session, rationale).text == "Bob's."


def test_a_draft_is_kept_until_the_verdict(session: Session, rationale: Rationale) -> None:
    save_draft(session, ADA, rationale.id, rationale.revision_id, "half a")
    save_draft(session, ADA, rationale.id, rationale.revision_id, "half a sentence")
    assert list_drafts(session, ADA, [rationale.id]) == {rationale.id: "half a sentence"}
    assert list_drafts(session, BOB, [rationale.id]) == {}
    judge(session, rationale, Verdict.SKIP)
    assert list_drafts(session, ADA, [rationale.id]) == {}


def test_a_draft_equal_to_the_text_is_no_draft(session: Session, rationale: Rationale) -> None:
    save_draft(session, ADA, rationale.id, rationale.revision_id, "half a")
    save_draft(session, ADA, rationale.id, rationale.revision_id, TEXT)
    assert list_drafts(session, ADA, [rationale.id]) == {}
