from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from scicot.pure.cleaning.rules import Rule
from scicot.services.cleaning.batches import apply_saved_rule, list_batches, revert_batch
from scicot.services.cleaning.overview import count_flags
from scicot.services.cleaning.rules import list_rules, preview_rule, proposals, save_rule
from scicot.services.rationales.checks import run_checks
from scicot.services.review.items import load_item
from scicot.services.review.verdicts import decide
from scicot.words.errors import Conflict, InvalidInput
from scicot.words.records import Actor, RationaleStatus, RuleKind, Split, StoredQuestion, Verdict
from tests.builders import store_questions, store_rationale

ADA, BOB = Actor("Ada"), Actor("Bob")
RULE = Rule(RuleKind.LITERAL, "Sure! ", "")


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> list[StoredQuestion]:
    return list(store_questions(session, tmp_path / "demo")[Split.TRAIN])


def standing(session: Session, rationale_id: int) -> tuple[str, RationaleStatus]:
    rationale = load_item(session, ADA, rationale_id).rationale
    return rationale.text, rationale.status


def edit(session: Session, rationale_id: int, text: str, operation: str) -> None:
    now = load_item(session, ADA, rationale_id).rationale
    decide(
        session,
        BOB,
        rationale_id,
        now.revision_id,
        Verdict.EDIT,
        text,
        operation_id=operation,
        seen=now.status,
    )


def test_a_preview_shows_changes_and_writes_nothing(
    session: Session, questions: list[StoredQuestion]
) -> None:
    one = store_rationale(session, questions[0], "Sure! Iron rusts.")
    store_rationale(session, questions[1], "Iron rusts.")
    store_rationale(session, questions[2], "Sure! No.", status=RationaleStatus.REJECTED)
    changes = preview_rule(session, "demo", RULE)
    assert [(one.before, one.after) for one in changes] == [("Sure! Iron rusts.", "Iron rusts.")]
    assert standing(session, one) == ("Sure! Iron rusts.", RationaleStatus.UNREVIEWED)


def test_a_text_that_nothing_would_be_left_of_is_not_offered(
    session: Session, questions: list[StoredQuestion]
) -> None:
    store_rationale(session, questions[0], "Sure! ")
    assert preview_rule(session, "demo", RULE) == []


def test_ticked_changes_are_applied_as_one_batch_and_reverted_as_one(
    session: Session, questions: list[StoredQuestion]
) -> None:
    texts = [f"Sure! Reason {n}." for n in range(3)]
    status = RationaleStatus.ACCEPTED
    ids = [
        store_rationale(session, question, text, status=status)
        for question, text in zip(questions, texts, strict=False)
    ]
    changes = preview_rule(session, "demo", RULE)
    saved = save_rule(session, ADA, "no sure", RULE)
    batch = apply_saved_rule(session, ADA, "demo", saved, changes[:2], operation_id="press")
    again = apply_saved_rule(session, ADA, "demo", saved, changes[:2], operation_id="press")
    assert batch == again
    assert [standing(session, one) for one in ids] == [
        ("Reason 0.", RationaleStatus.EDITED),
        ("Reason 1.", RationaleStatus.EDITED),
        ("Sure! Reason 2.", RationaleStatus.ACCEPTED),
    ]
    assert revert_batch(session, BOB, batch.id) == (2, 0)
    assert revert_batch(session, BOB, batch.id) == (0, 0)
    assert [standing(session, one) for one in ids] == [(text, status) for text in texts]
    assert list_batches(session, "demo")[0].reverted_at is not None


def test_a_text_changed_since_the_preview_stops_the_whole_batch(
    session: Session, questions: list[StoredQuestion]
) -> None:
    ids = [store_rationale(session, one, "Sure! Iron rusts.") for one in questions[:2]]
    changes = preview_rule(session, "demo", RULE)
    edit(session, ids[1], "Bob's text.", "bob")
    saved = save_rule(session, ADA, "no sure", RULE)
    with pytest.raises(Conflict, match="changed since the preview"):
        apply_saved_rule(session, ADA, "demo", saved, changes, operation_id="press")
    assert standing(session, ids[0])[0] == "Sure! Iron rusts."


def test_a_revert_leaves_alone_what_was_changed_since(
    session: Session, questions: list[StoredQuestion]
) -> None:
    ids = [store_rationale(session, one, "Sure! Iron rusts.") for one in questions[:2]]
    changes = preview_rule(session, "demo", RULE)
    saved = save_rule(session, ADA, "no sure", RULE)
    batch = apply_saved_rule(session, ADA, "demo", saved, changes, operation_id="press")
    edit(session, ids[1], "Bob's text.", "bob")
    assert revert_batch(session, ADA, batch.id) == (1, 1)
    assert [standing(session, one)[0] for one in ids] == ["Sure! Iron rusts.", "Bob's text."]


def test_a_rule_changed_under_its_name_is_a_new_version(session: Session) -> None:
    first = save_rule(session, ADA, "no sure", RULE)
    assert save_rule(session, BOB, "no sure", RULE) == first
    second = save_rule(session, BOB, "no sure", Rule(RuleKind.LITERAL, "Sure!", ""))
    assert second.version == 2
    assert list_rules(session) == [second]


def test_nothing_ticked_is_refused(session: Session, questions: list[StoredQuestion]) -> None:
    saved = save_rule(session, ADA, "no sure", RULE)
    with pytest.raises(InvalidInput, match="Tick at least one"):
        apply_saved_rule(session, ADA, "demo", saved, [], operation_id="press")


def test_edits_made_by_hand_again_and_again_are_proposed(
    session: Session, questions: list[StoredQuestion]
) -> None:
    for number, question in enumerate(questions[:3]):
        one = store_rationale(session, question, f"Sure! Reason {number} holds.")
        edit(session, one, f"Reason {number} holds.", f"edit-{number}")
    assert proposals(session, "demo") == [(Rule(RuleKind.STRIP_PREFIX, "Sure!"), 3)]


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    text=st.text(alphabet="ab. \n’é", min_size=1, max_size=40),
    pattern=st.text(alphabet="ab. ’", min_size=1, max_size=3),
    kind=st.sampled_from([one for one in RuleKind if one is not RuleKind.REGEX]),
)
def test_a_revert_restores_every_text_exactly(
    session: Session, questions: list[StoredQuestion], text: str, pattern: str, kind: RuleKind
) -> None:
    rule = Rule(kind, pattern, "x")
    if not pattern.strip() or not text.strip():
        return
    source = f"{kind}-{pattern}-{text}"
    one = store_rationale(session, questions[0], text, source=source)
    changes = [
        change for change in preview_rule(session, "demo", rule) if change.rationale_id == one
    ]
    if changes:
        saved = save_rule(session, ADA, source, rule)
        batch = apply_saved_rule(session, ADA, "demo", saved, changes, operation_id=source)
        assert standing(session, one)[0] == changes[0].after
        assert revert_batch(session, ADA, batch.id) == (1, 0)
    assert standing(session, one) == (text, RationaleStatus.UNREVIEWED)


def test_the_overview_counts_each_check_once_a_rationale_and_what_waits(
    session: Session, questions: list[StoredQuestion]
) -> None:
    store_rationale(session, questions[0], "Sure! Sure! It is (A), since (A) is so.")
    accepted = RationaleStatus.ACCEPTED
    store_rationale(session, questions[1], "Sure! It is (A), since it is so.", status=accepted)
    run_checks(session, "demo")
    counts = {count.check: (count.waiting, count.whole) for count in count_flags(session, "demo")}
    assert counts["chat"] == (1, 2)
