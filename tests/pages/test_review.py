"""The Review and Clean pages under Streamlit's harness; the keys are tested in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from scicot.pure.cleaning.rules import Rule
from scicot.services.cleaning.rules import save_rule
from scicot.services.rationales.checks import run_checks
from scicot.services.review.items import load_item
from scicot.services.runs.runs import create_run
from scicot.services.worth.store import store_worths
from scicot.words.records import Actor, RationaleStatus, RuleKind, RunKind, Split, StoredQuestion
from scicot.words.worth import Worth
from tests.builders import TOPICS, store_questions, store_rationale
from tests.pages.driver import open_page
from tests.pages.tables import read_tables, texts

ADA = Actor("Ada")


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> list[StoredQuestion]:
    return list(store_questions(session, tmp_path / "demo")[Split.TRAIN])


def card_data(app: AppTest) -> dict[str, Any]:
    """Return what the page sends to the card."""
    import json

    for element in app.main:
        proto: Any = getattr(element, "proto", None)
        if getattr(proto, "component_name", "") == "review_card":
            return dict(json.loads(proto.json))
    raise AssertionError("the page shows no review card")


def press(app: AppTest, label: str) -> AppTest:
    return next(one for one in app.button if one.label == label).click().run()


def text_input(app: AppTest, label: str) -> Any:
    return next(one for one in app.text_input if one.label == label)


def test_the_card_holds_question_options_key_and_flags(
    session: Session, questions: list[StoredQuestion]
) -> None:
    store_rationale(session, questions[0], "The answer is (A).")
    run_checks(session, "demo")
    (record,) = card_data(open_page("prepare/review", dataset="demo"))["records"]
    assert record["stem"] == questions[0].stem
    assert record["answer_key"] == "A"
    assert record["text"] == "The answer is (A)."
    assert "Names an option letter" in {flag["name"] for flag in record["flags"]}


def test_a_dataset_without_rationales_says_where_they_come_from(
    session: Session, questions: list[StoredQuestion]
) -> None:
    app = open_page("prepare/review", dataset="demo")
    assert not app.exception
    assert "no rationales yet" in app.info[0].value


def test_a_link_restores_queue_and_filter(
    session: Session, questions: list[StoredQuestion]
) -> None:
    store_rationale(session, questions[0], "Iron rusts.", status=RationaleStatus.ACCEPTED)
    wanted = store_rationale(
        session, questions[1], "Ice melts.", status=RationaleStatus.ACCEPTED, source="peer"
    )
    app = open_page("prepare/review", dataset="demo", queue="accepted", source="peer")
    assert not app.exception
    assert [one["id"] for one in card_data(app)["records"]] == [wanted]


def test_a_link_to_one_rationale_shows_it_first(
    session: Session, questions: list[StoredQuestion]
) -> None:
    ids = [store_rationale(session, question) for question in questions[:3]]
    app = open_page("prepare/review", dataset="demo", rationale=str(ids[0]))
    assert card_data(app)["records"][0]["id"] == ids[0]


def test_a_pattern_that_is_none_is_said(session: Session, questions: list[StoredQuestion]) -> None:
    store_rationale(session, questions[0])
    app = open_page("prepare/review", dataset="demo", pattern="(a")
    assert "not a regular expression" in app.error[0].value


def test_a_rule_is_previewed_applied_and_reverted(
    session: Session, questions: list[StoredQuestion]
) -> None:
    one = store_rationale(session, questions[0], "Sure! Iron rusts.")
    app = open_page("prepare/clean", dataset="demo")
    text_input(app, "Looks for").set_value("Sure! ")
    text_input(app, "Name of the rule").set_value("no sure")
    app = press(app.run(), "Preview")
    app = press(app, "Apply to 1 of 1 rationales")
    assert not app.exception
    session.expire_all()
    session.rollback()
    assert load_item(session, ADA, one).rationale.text == "Iron rusts."
    session.rollback()
    app = press(app, "Revert")
    assert load_item(session, ADA, one).rationale.text == "Sure! Iron rusts."


def test_what_is_unticked_just_before_the_press_is_not_changed(
    session: Session, questions: list[StoredQuestion]
) -> None:
    kept, changed = (
        store_rationale(session, question, "Sure! Iron rusts.") for question in questions[:2]
    )
    app = open_page("prepare/clean", dataset="demo")
    text_input(app, "Looks for").set_value("Sure! ")
    text_input(app, "Name of the rule").set_value("no sure")
    app = press(app.run(), "Preview")
    (box,) = [box for box in app.checkbox if str(box.key).endswith(f"_{kept}")]
    box.uncheck()  # not drawn again before the press: the label still says 2 of 2
    app = press(app, "Apply to 2 of 2 rationales")
    session.expire_all()
    session.rollback()
    assert load_item(session, ADA, kept).rationale.text == "Sure! Iron rusts."
    assert load_item(session, ADA, changed).rationale.text == "Iron rusts."


def test_a_saved_rule_fills_the_form(session: Session, questions: list[StoredQuestion]) -> None:
    save_rule(session, ADA, "no sure", Rule(RuleKind.STRIP_PREFIX, "Sure!"))
    app = open_page("prepare/clean", dataset="demo")
    next(one for one in app.selectbox if one.label == "Saved rules").set_value("no sure")
    app = app.run()
    assert not app.exception
    assert text_input(app, "Looks for").value == "Sure!"


def test_the_clean_pile_is_audited_accepted_and_taken_back(
    session: Session, questions: list[StoredQuestion]
) -> None:
    ids = []
    for number, question in enumerate(questions[:3]):
        text = (
            f"Look how {TOPICS[number]} {question.key_text} behaves: gravity pulls, year by year."
        )
        ids.append(store_rationale(session, question, text))
    run_checks(session, "demo")
    app = press(open_page("prepare/clean", dataset="demo"), "Draw a sample")
    for answer in ("Right", "Right", "Wrong"):
        app = press(app, answer)
    assert "1 of 3 are wrong: 33.3\u00a0%" in "".join(one.value for one in app.markdown)
    app = press(app, "Accept the pile of 3, without the 1 found wrong")
    session.rollback()
    statuses = [load_item(session, ADA, one).rationale.status for one in ids]
    assert statuses.count(RationaleStatus.ACCEPTED) == 2
    session.rollback()
    press(app, "Undo")
    statuses = [load_item(session, ADA, one).rationale.status for one in ids]
    assert set(statuses) == {RationaleStatus.UNREVIEWED}


def test_approved_rationales_are_offered_as_a_file(
    session: Session, questions: list[StoredQuestion]
) -> None:
    store_rationale(session, questions[0], "Iron rusts.", status=RationaleStatus.ACCEPTED)
    app = press(open_page("prepare/clean", dataset="demo"), "Make the file")
    assert not app.exception
    assert [one.label for one in app.download_button] == ["Download 1 rationales"]


def test_guidelines_are_saved_and_shown_beside_the_card(
    session: Session, questions: list[StoredQuestion]
) -> None:
    store_rationale(session, questions[0])
    app = open_page("prepare/clean", dataset="demo")
    next(one for one in app.text_area if "Guidelines" in one.label).set_value("Read slowly.")
    app = press(app, "Save")
    assert not app.exception
    shown = card_data(open_page("prepare/review", dataset="demo"))
    assert shown["guidelines"] == "Read slowly."


def test_a_person_has_keys_of_their_own(session: Session, questions: list[StoredQuestion]) -> None:
    store_rationale(session, questions[0])
    app = open_page("prepare/review", dataset="demo")
    app.text_input(key="key_accept_a").set_value("Q")
    app = press(app, "Save my keys")
    assert not app.error
    keys = {binding["act"]: binding["key"] for binding in card_data(app)["keys"]}
    assert (keys["accept"], keys["edit"]) == ("q", "e")
    app.text_input(key="key_edit_e").set_value("q")  # would mean two things
    app = press(app, "Save my keys")
    assert "Q would be both accept and edit" in app.error[0].value
    assert {one["act"]: one["key"] for one in card_data(app)["keys"]} == keys


def test_the_card_says_what_a_student_found_the_text_to_be_worth(
    session: Session, questions: list[StoredQuestion]
) -> None:
    measured = store_rationale(session, questions[0], "Iron rusts.")
    store_rationale(session, questions[1], "Ice melts.")
    revision = load_item(session, ADA, measured).rationale.revision_id
    run_id = create_run(session, ADA, kind=RunKind.WORTH, name="worth", config={})
    worth = Worth(-0.7, 0.0, questions[0].answer_key, "D", "D")
    store_worths(session, run_id, "run 1", {(measured, revision): worth})
    app = open_page("prepare/review", dataset="demo", worth="harms")
    (record,) = card_data(app)["records"]
    assert record["own"] == (
        "To a student it moves the answer from the key to (D), the key 0.5 times as likely."
    )


def test_the_overview_suggests_a_rule_that_a_press_puts_into_the_form(
    session: Session, questions: list[StoredQuestion]
) -> None:
    for number, question in enumerate(questions[:3]):
        store_rationale(session, question, f"Sure! Reason {number} is that iron rusts in rain.")
    run_checks(session, "demo")
    app = open_page("prepare/clean", dataset="demo")
    assert not app.exception
    assert texts(read_tables(app)["clean_states"])[0] == ["unreviewed", "3"]
    assert texts(read_tables(app)["clean_flags"])[0][1] == "3"
    (suggestion,) = [one for one in app.button if "3 rationales begin so" in one.label]
    app = suggestion.click().run()
    assert text_input(app, "Looks for").value == "Sure!"
    assert app.query_params["tab"] == "Rules"
