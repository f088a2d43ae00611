import codecs
import csv
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db.migrate import migrate
from db.session import open_session
from scicot.services.review.exports import RationaleFormat, export_rationales
from scicot.services.review.file_imports import ReviewImport, import_reviews
from scicot.services.review.files import export_reviews
from scicot.services.review.items import load_item
from scicot.services.review.undo import undo
from scicot.services.review.verdicts import decide
from scicot.words.errors import InvalidInput
from scicot.words.records import Actor, RationaleStatus, Split, StoredQuestion, Verdict
from tests.builders import store_questions, store_rationale

ADA = Actor("Ada")


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> list[StoredQuestion]:
    return list(store_questions(session, tmp_path / "demo")[Split.TRAIN])


@pytest.fixture
def reviewed(session: Session, questions: list[StoredQuestion]) -> list[int]:
    """An accepted, an edited, a rejected, an undone and an untouched rationale."""
    texts = ["=SUM(A1)", "Café\u2028is “warm”.", "No.", "Once.", "Untouched."]
    ids = [store_rationale(session, q, t) for q, t in zip(questions, texts, strict=False)]
    judge(session, ids[0], Verdict.ACCEPT)
    judge(session, ids[1], Verdict.EDIT, text="Café is warm, since 日 shines.")
    judge(session, ids[2], Verdict.REJECT, reason="Wrong science")
    judge(session, ids[3], Verdict.EDIT, text="Twice.")
    undo(session, ADA)
    return ids


def judge(
    session: Session, one: int, verdict: Verdict, text: str | None = None, reason: str | None = None
) -> None:
    revision = load_item(session, ADA, one).rationale.revision_id
    decide(session, ADA, one, revision, verdict, text, reason, operation_id=f"{verdict}-{one}")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def test_decisions_go_out_and_into_an_empty_database_byte_for_byte(
    session: Session, reviewed: list[int], tmp_path: Path
) -> None:
    out, back = tmp_path / "out.jsonl", tmp_path / "back.jsonl"
    assert export_reviews(session, ADA, out) == 5
    url = f"sqlite:///{tmp_path / 'other.db'}"
    migrate(url)
    with open_session(url) as other:
        store_questions(other, tmp_path / "again")
        assert import_reviews(other, ADA, out) == ReviewImport(5, 0, 0, 0)
        assert import_reviews(other, ADA, out) == ReviewImport(0, 5, 0, 0)
        export_reviews(other, ADA, back)
        assert undo(other, ADA)
    assert back.read_bytes() == out.read_bytes()


def test_decisions_are_taken_on_by_a_rationale_nobody_has_worked_on(
    session: Session, reviewed: list[int], tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    export_reviews(session, ADA, out)
    url = f"sqlite:///{tmp_path / 'other.db'}"
    migrate(url)
    with open_session(url) as other:
        questions = store_questions(other, tmp_path / "again")[Split.TRAIN]
        same = store_rationale(other, questions[1], "Café\u2028is “warm”.")
        differs = store_rationale(other, questions[2], "Something else.")
        done = import_reviews(other, ADA, out)
        assert done == ReviewImport(added=4, already_there=0, unmatched=0, conflicting=1)
        assert load_item(other, ADA, same).rationale.status is RationaleStatus.EDITED
        assert load_item(other, ADA, differs).rationale.text == "Something else."


def test_a_line_of_something_else_imports_nothing(
    session: Session, reviewed: list[int], tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    export_reviews(session, ADA, out)
    out.write_text(out.read_text(encoding="utf-8") + '{"id": "Train-1", "dataset": "demo"}\n')
    url = f"sqlite:///{tmp_path / 'other.db'}"
    migrate(url)
    with open_session(url) as other:
        store_questions(other, tmp_path / "again")
        with pytest.raises(InvalidInput, match="row 6"):
            import_reviews(other, ADA, out)
        with pytest.raises(InvalidInput, match="no rationale to write"):
            export_rationales(other, ADA, tmp_path / "none.jsonl")


def test_approved_ones_go_out_with_the_original_beside_the_edit(
    session: Session, reviewed: list[int], tmp_path: Path
) -> None:
    path = tmp_path / "approved.jsonl"
    assert export_rationales(session, ADA, path, dataset="demo") == 2
    first, second = lines(path)
    assert (first["id"], first["status"], first["source"]) == ("Train-0", "accepted", "starter")
    assert (second["rationale"], second["original"]) == (
        "Café is warm, since 日 shines.",
        "Café\u2028is “warm”.",
    )


def test_a_preference_pair_prefers_the_edit(
    session: Session, reviewed: list[int], tmp_path: Path
) -> None:
    path = tmp_path / "dpo.jsonl"
    assert export_rationales(session, ADA, path, style=RationaleFormat.DPO) == 1
    (pair,) = lines(path)
    assert pair["prompt"].startswith("Question: Which statement number 1")
    assert (pair["chosen"], pair["rejected"]) == (
        "Café is warm, since 日 shines.",
        "Café\u2028is “warm”.",
    )


def test_an_argilla_record_holds_fields_and_responses(
    session: Session, reviewed: list[int], tmp_path: Path
) -> None:
    path = tmp_path / "argilla.jsonl"
    export_rationales(session, ADA, path, style=RationaleFormat.ARGILLA)
    record = lines(path)[1]
    assert record["fields"]["rationale"] == "Café\u2028is “warm”."
    assert record["responses"]["verdict"] == [{"value": "edited", "user_id": "Ada"}]


def test_a_spreadsheet_cell_is_never_a_formula(
    session: Session, reviewed: list[int], tmp_path: Path
) -> None:
    path = tmp_path / "approved.csv"
    export_rationales(session, ADA, path, style=RationaleFormat.CSV)
    with path.open(encoding="utf-8", newline="") as file:
        assert next(csv.DictReader(file))["rationale"] == "'=SUM(A1)"
    # the mark by which Excel knows UTF-8: without it French and Greek come out as other signs
    assert path.read_bytes().startswith(codecs.BOM_UTF8)
