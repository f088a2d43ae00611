"""Messages of the card as nobody would send them: each press is answered, and the page goes on."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from scicot.services.review.desk import ReviewDesk
from scicot.services.review.items import load_item
from scicot.services.system.invariants import find_violations
from scicot.words.records import Actor, RationaleStatus, Split
from scicot.words.review_operations import LARGEST, Outbox
from scicot.words.reviewing import QueueFilter, ReviewItem
from scicot.words.settings import Settings
from tests.builders import store_questions, store_rationale

ADA = Actor("Ada")
HALF = "\ud83d"
NUMBERS = [0, -1, 1, 2, 2**63 - 1, 2**63, 2**64, 10**40, 1.5, 1e400, float("nan"), True, None]
TEXTS = ["", "a", HALF, "\udc00\ud800", "\x00", "x" * 100_000, "\u202e", "1", "accept", "None"]
VALUES = st.one_of(
    st.sampled_from([*NUMBERS, *TEXTS]),
    st.lists(st.sampled_from([*NUMBERS, *TEXTS]), max_size=3),
    st.dictionaries(st.sampled_from(["id", "op", HALF]), st.sampled_from(NUMBERS), max_size=2),
)
KINDS = st.sampled_from(["decide", "undo", "draft", "again", "look", "", HALF, None, 7])
FIELDS = ("op", "id", "revision", "after", "status", "verdict", "text", "reason", "target")
OPERATIONS = st.one_of(
    VALUES, st.fixed_dictionaries({"kind": KINDS}, optional=dict.fromkeys(FIELDS, VALUES))
)
MESSAGES = st.one_of(
    VALUES,
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(("n", "have", "want", "first", "token", "protocol"), VALUES)
        | {"ops": st.one_of(VALUES, st.lists(OPERATIONS, max_size=4))},
    ),
)


@pytest.fixture
def settings_of_test(request: pytest.FixtureRequest) -> Settings:
    """What the fixture `settings` gives; hypothesis has that name here."""
    given: Settings = request.getfixturevalue("settings")
    return given


@pytest.fixture
def item(session: Session, tmp_path: Path) -> ReviewItem:
    question = store_questions(session, tmp_path / "demo")[Split.TRAIN][0]
    return load_item(session, ADA, store_rationale(session, question, "First text."))


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(message=MESSAGES)
@example(message={"have": [2**31, 2**63 - 1], "first": 2**31})  # larger than PostgreSQL keeps
@example(message={"have": [2**31 - 1], "first": 2**31 - 1, "want": 2**63 - 1})
def test_any_message_is_answered_and_leaves_the_database_whole(
    session: Session, item: ReviewItem, message: Any
) -> None:
    outbox = Outbox.read(message)
    desk = ReviewDesk(session, ADA)
    answers = desk.carry_out(outbox.operations, protocol=1)
    assert set(answers) == {str(operation.get("op")) for operation in outbox.operations}
    json.dumps([answer.error for answer in answers.values()])
    wanted = QueueFilter("demo")
    desk.next_items(wanted, size=outbox.want % 5, have=outbox.have, first=outbox.first)
    assert find_violations(session) == []


def press(item: ReviewItem, op: str, **more: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {"op": op, "kind": "decide", "id": item.rationale.id, "text": None}
    fields |= {"revision": item.rationale.revision_id, "verdict": "reject", "reason": None}
    return fields | more


@pytest.mark.parametrize(
    "wrong",
    [
        *({"id": LARGEST + 1}, {"id": LARGEST}, {"revision": 10**30}, {"id": -1}, {"id": None}),
        *({"verdict": "edit", "text": f"half {HALF}"}, {"verdict": "edit", "text": "a\x00b"}),
        *({"reason": "x" * 201}, {"reason": f"half {HALF}"}, {"reason": "a\x00b"}),
        *({"after": "x" * 65}, {"after": HALF}, {"status": "praised"}, {"verdict": HALF}),
        *({"kind": "draft", "text": f"half {HALF}"}, {"kind": "draft", "text": "x" * 20_001}),
        *({"kind": "look", "id": "seven"}, {"kind": "undo", "target": HALF}, {"kind": "again"}),
    ],
)
def test_one_wrong_press_is_answered_by_a_sentence_and_the_next_is_carried_out(
    session: Session, item: ReviewItem, wrong: dict[str, Any]
) -> None:
    desk = ReviewDesk(session, ADA)
    answers = desk.carry_out([press(item, "wrong", **wrong), press(item, "right")])
    assert answers["wrong"].error
    assert "error" not in answers["wrong"].error, "it has a sentence of its own"
    assert answers["right"].error is None
    now = load_item(session, ADA, item.rationale.id).rationale
    assert now.status is RationaleStatus.REJECTED


def test_a_press_under_the_name_of_another_one_is_not_taken_for_done(
    session: Session, item: ReviewItem, tmp_path: Path
) -> None:
    (question,) = store_questions(session, tmp_path / "more", dataset="more", train=1)[Split.TRAIN]
    other = load_item(session, ADA, store_rationale(session, question, "Another text."))
    assert ReviewDesk(session, ADA).carry_out([press(item, "same")])["same"].error is None
    for actor, again in ((ADA, press(other, "same")), (Actor("Bob"), press(item, "same"))):
        answer = ReviewDesk(session, actor).carry_out([again])["same"]
        assert "name of another one" in str(answer.error)
    assert ReviewDesk(session, ADA).carry_out([press(item, "same")])["same"].error is None
    now = load_item(session, ADA, other.rationale.id).rationale
    assert now.status is RationaleStatus.UNREVIEWED


def test_a_press_that_fails_in_a_way_nobody_knows_stands_in_the_log_of_errors_alone(
    session: Session,
    item: ReviewItem,
    settings_of_test: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def burst(*_: Any, **_named: Any) -> None:
        raise RuntimeError("SELECT somebody's text")

    monkeypatch.setattr("scicot.services.review.desk.decide", burst)
    said = ReviewDesk(session, ADA).carry_out([press(item, "a")])["a"].error
    found = re.search(r"error ([0-9a-f]{8})", str(said))
    assert found is not None
    assert "somebody's text" not in str(said) + caplog.text
    log = (settings_of_test.home_folder / "logs" / "errors.log").read_text()
    assert found[1] in log
    assert "somebody's text" in log


def test_a_rationale_that_has_gone_meanwhile_answers_its_press_alone(
    session: Session, item: ReviewItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scicot.services.review import desk as desks
    from scicot.words.errors import NotFound

    def gone(*_: Any) -> None:
        raise NotFound("There is no rationale 1. Reload the page.")

    monkeypatch.setattr(desks, "load_item", gone)
    stale = press(item, "stale", revision=2**31 - 1)
    answers = ReviewDesk(session, ADA).carry_out([stale, press(item, "right")])
    assert answers["stale"].error == "There is no rationale 1. Reload the page."
    assert answers["right"].error is None
