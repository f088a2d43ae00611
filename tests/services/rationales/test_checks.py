from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import RationaleRow
from scicot.services.rationales.checks import list_flags, refresh_flags, run_checks
from scicot.services.review.items import load_item
from scicot.services.review.verdicts import decide
from scicot.services.training.snapshots import create_snapshot
from scicot.words.records import Actor, RationaleStatus, Split, StoredQuestion, Verdict
from tests.builders import store_questions, store_rationale

ADA = Actor("Ada")
SOUND = "Moon fact b1 holds, because gravity keeps one side turned towards us all year round."
ECHO = "The answer is (A)."


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> list[StoredQuestion]:
    return list(store_questions(session, tmp_path / "demo")[Split.TRAIN])


def checks_of(session: Session, rationale_id: int) -> set[str]:
    return {flag.check for flag in list_flags(session, [rationale_id]).get(rationale_id, ())}


def risk_of(session: Session, rationale_id: int) -> float:
    session.expire_all()
    return session.scalars(select(RationaleRow.risk).where(RationaleRow.id == rationale_id)).one()


def test_flags_are_kept_and_sort_a_rationale_up(
    session: Session, questions: list[StoredQuestion]
) -> None:
    echo = store_rationale(session, questions[1], ECHO)
    refresh_flags(session, [echo])
    assert {"leaks_letter", "contradicts_key"} <= checks_of(session, echo)
    assert risk_of(session, echo) > 0


def test_checking_twice_keeps_one_set_of_flags(
    session: Session, questions: list[StoredQuestion]
) -> None:
    echo = store_rationale(session, questions[1], ECHO)
    refresh_flags(session, [echo])
    before = list_flags(session, [echo])
    refresh_flags(session, [echo])
    assert list_flags(session, [echo]) == before


def test_the_report_counts_rationales_per_check(
    session: Session, questions: list[StoredQuestion]
) -> None:
    store_rationale(session, questions[1], ECHO)
    store_rationale(session, questions[2], ECHO)
    report = run_checks(session, "demo")
    assert (report.rationales, report.flagged) == (2, 2)
    assert report.by_check["leaks_letter"] == 2
    assert report.by_check["near_duplicate"] == 1


def test_a_near_duplicate_stays_known_until_its_text_changes(
    session: Session, questions: list[StoredQuestion]
) -> None:
    store_rationale(session, questions[1], SOUND)
    twin = store_rationale(session, questions[2], SOUND)
    run_checks(session, "demo")
    refresh_flags(session, [twin])
    assert "near_duplicate" in checks_of(session, twin)
    item = load_item(session, ADA, twin)
    text = "River fact c2 is what water does when it cuts its bed into the land over many years."
    decide(
        session,
        ADA,
        twin,
        item.rationale.revision_id,
        Verdict.EDIT,
        text,
        operation_id="one",
    )
    assert "near_duplicate" not in checks_of(session, twin)


def test_an_edit_is_checked_as_it_is_saved(
    session: Session, questions: list[StoredQuestion]
) -> None:
    one = store_rationale(session, questions[1], SOUND)
    refresh_flags(session, [one])
    assert "leaks_letter" not in checks_of(session, one)
    item = load_item(session, ADA, one)
    decide(
        session,
        ADA,
        one,
        item.rationale.revision_id,
        Verdict.EDIT,
        f"{SOUND} So it is (B).",
        operation_id="one",
    )
    assert "leaks_letter" in checks_of(session, one)


def test_too_long_is_what_a_run_on_the_newest_snapshot_would_cut(
    session: Session, questions: list[StoredQuestion]
) -> None:
    long = store_rationale(session, questions[3], " ".join([SOUND] * 3))  # about 50 tokens
    refresh_flags(session, [long])
    assert "too_long" not in checks_of(session, long)
    for question in questions[:3]:
        frozen = store_rationale(session, question, SOUND, status=RationaleStatus.ACCEPTED)
    create_snapshot(session, ADA, name="short", dataset="demo")
    refresh_flags(session, [long, frozen])
    assert "too_long" in checks_of(session, long)
    assert "too_long" not in checks_of(session, frozen)
