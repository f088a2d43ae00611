"""The first wrong sentence: marked with the rejection, kept, exported as process labels."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from scicot.services.review.desk import ReviewDesk
from scicot.services.review.exports import RationaleFormat, render_rationales
from scicot.services.review.file_imports import import_reviews
from scicot.services.review.files import export_reviews
from scicot.services.review.items import load_item
from scicot.words.records import Actor, RationaleStatus, Split
from tests.builders import store_questions, store_rationale

ADA = Actor("Ada")


@pytest.fixture
def rationale_ids(session: Session, tmp_path: Path) -> list[int]:
    questions = store_questions(session, tmp_path / "data", train=3, validation=0, test=0)
    return [
        store_rationale(session, question, "Ice is cold. Ice is a gas. It flies.")
        for question in questions[Split.TRAIN]
    ]


def press(session: Session, rationale_id: int, verdict: str, first_wrong: int | None) -> str | None:
    revision = load_item(session, ADA, rationale_id).rationale.revision_id
    operation = {
        **{"op": f"{rationale_id}-{first_wrong}", "kind": "decide", "id": rationale_id},
        **{"revision": revision, "verdict": verdict, "text": None, "reason": None},
        "first_wrong": first_wrong,
    }
    (answer,) = ReviewDesk(session, ADA).carry_out([operation]).values()
    return answer.error


def test_the_mark_is_kept_and_exported_as_process_labels(
    session: Session, rationale_ids: list[int], tmp_path: Path
) -> None:
    marked, unmarked, good = rationale_ids
    refused = press(session, marked, "reject", 4)
    assert refused is not None
    assert refused.startswith("The text has 3 sentences, so number 4 cannot be")
    assert load_item(session, ADA, marked).rationale.status is RationaleStatus.UNREVIEWED
    assert press(session, marked, "reject", 2) is None
    assert press(session, unmarked, "reject", None) is None
    assert press(session, good, "accept", None) is None
    assert load_item(session, ADA, marked).first_wrong == 2
    count, content = render_rationales(session, ADA, style=RationaleFormat.PROCESS)
    lines = [json.loads(line) for line in content.decode().splitlines()]
    assert count == 2
    assert [line["labels"] for line in lines] == [[True, False], [True, True, True]]
    assert lines[0]["completions"] == ["Ice is cold.", "Ice is a gas."]


def test_the_mark_travels_with_the_reviews(
    session: Session, rationale_ids: list[int], tmp_path: Path
) -> None:
    press(session, rationale_ids[0], "reject", 2)
    export_reviews(session, ADA, tmp_path / "reviews.jsonl")
    line = json.loads((tmp_path / "reviews.jsonl").read_text("utf-8").splitlines()[0])
    assert line["reviews"][0]["first_wrong"] == 2
    del line["reviews"][0]["first_wrong"]  # a file of an earlier version
    (tmp_path / "earlier.jsonl").write_text(json.dumps(line) + "\n", "utf-8")
    assert import_reviews(session, ADA, tmp_path / "earlier.jsonl").conflicting == 1
    assert import_reviews(session, ADA, tmp_path / "reviews.jsonl").already_there == 3
