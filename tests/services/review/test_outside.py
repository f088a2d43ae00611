import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from scicot.services.review.dataset_export import export_dataset
from scicot.services.review.exports import RationaleFormat, export_rationales
from scicot.services.review.file_imports import ReviewImport
from scicot.services.review.items import load_item
from scicot.services.review.outside import import_decisions
from scicot.services.review.verdicts import decide
from scicot.words.errors import Conflict, InvalidInput
from scicot.words.records import Actor, RationaleStatus, Split, Verdict
from tests.builders import store_questions, store_rationale

ADA = Actor("Ada")
TEXTS = ("The Sun warms it.", "Because so it is.", "Metal carries heat.", "It is a fact.")


@pytest.fixture
def ids(session: Session, tmp_path: Path) -> list[int]:
    questions = store_questions(session, tmp_path / "demo")[Split.TRAIN]
    return [store_rationale(session, q, t) for q, t in zip(questions, TEXTS, strict=False)]


def decided_in_argilla(records: list[dict[str, Any]]) -> str:
    answers = (("accept", None), ("edit", "Metal is a good conductor."), ("reject", None))
    for record, (verdict, text) in zip(records, answers, strict=False):
        record["responses"] = {"verdict": [{"value": verdict, "user_id": "Grace"}]}
        if text:
            record["responses"]["corrected"] = [{"value": text, "user_id": "Grace"}]
    return "".join(f"{json.dumps(record)}\n" for record in records)


def decided_in_label_studio(tasks: list[dict[str, Any]]) -> str:
    def result(name: str, kind: str, values: list[str]) -> dict[str, Any]:
        return {"from_name": name, "to_name": "rationale", "type": kind, "value": {kind: values}}

    results = [
        [result("verdict", "choices", ["accept"])],
        [
            result("verdict", "choices", ["edit"]),
            result("corrected", "text", ["Metal is a good conductor."]),
        ],
        [result("verdict", "choices", ["reject"])],
    ]
    for number, (task, given) in enumerate(zip(tasks, results, strict=False)):
        task |= {"id": 100 + number}  # Label Studio's own
        task["annotations"] = [{"completed_by": {"id": 1, "email": "Grace"}, "result": given}]
    return json.dumps(tasks)


@pytest.mark.parametrize("style", [RationaleFormat.ARGILLA, RationaleFormat.LABEL_STUDIO])
def test_what_was_decided_in_another_tool_counts_here_once(
    session: Session, ids: list[int], tmp_path: Path, style: RationaleFormat
) -> None:
    out, back = tmp_path / "out", tmp_path / "back"
    include = [RationaleStatus.UNREVIEWED]
    assert export_rationales(session, ADA, out, include=include, style=style) == 4
    if style is RationaleFormat.ARGILLA:
        records = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
        back.write_text(decided_in_argilla(records), encoding="utf-8")
    else:
        back.write_text(decided_in_label_studio(json.loads(out.read_text("utf-8"))), "utf-8")
    assert import_decisions(session, ADA, back) == ReviewImport(3, 0, 0, 0)
    first, second, third, fourth = (load_item(session, ADA, number) for number in ids)
    statuses = [item.rationale.status.value for item in (first, second, third, fourth)]
    assert statuses == ["accepted", "edited", "rejected", "unreviewed"]
    assert second.rationale.text == "Metal is a good conductor."
    assert second.reviewer == "Grace"
    assert import_decisions(session, ADA, back) == ReviewImport(0, 3, 0, 0)
    # what came back goes out again with its decisions, and is known
    export_rationales(session, ADA, out, include=list(RationaleStatus), style=style)
    assert import_decisions(session, ADA, out) == ReviewImport(0, 3, 0, 0)


def test_a_decision_on_a_text_that_changed_since_is_left_alone(
    session: Session, ids: list[int], tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    everything = list(RationaleStatus)
    export_rationales(session, ADA, out, include=everything, style=RationaleFormat.ARGILLA)
    records = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    out.write_text(decided_in_argilla(records), encoding="utf-8")
    assert import_decisions(session, ADA, out).added == 3
    records[1]["responses"] = {"verdict": [{"value": "accept", "user_id": "Linus"}]}
    records[2]["fields"]["rationale"] = "A text that nobody here wrote."
    out.write_text("".join(f"{json.dumps(record)}\n" for record in records), encoding="utf-8")
    done = import_decisions(session, ADA, out)
    assert (done.conflicting, done.unmatched) == (1, 1)


def test_a_record_without_its_fields_is_refused_by_row(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text('{"fields": {}, "responses": {"verdict": [{"value": "accept"}]}}\n', "utf-8")
    with pytest.raises(InvalidInput, match=r"records\.jsonl, row 1"):
        import_decisions(session, ADA, path)


def test_a_dataset_opens_with_datasets_and_its_card_says_what_it_is(
    session: Session, ids: list[int], tmp_path: Path
) -> None:
    import datasets

    item = load_item(session, ADA, ids[0])
    for verdict, number in ((Verdict.ACCEPT, ids[0]), (Verdict.REJECT, ids[1])):
        revision = load_item(session, ADA, number).rationale.revision_id
        reason = "Only restates" if verdict is Verdict.REJECT else None
        decide(session, ADA, number, revision, verdict, reason=reason, operation_id=f"d-{number}")
    folder = tmp_path / "out"
    counts = export_dataset(session, ADA, folder, dataset="demo")
    opened = datasets.load_from_disk(str(folder))
    assert {name: len(rows) for name, rows in opened.items()} == counts
    rows = {row["id"]: row for row in opened["train"]}
    first = rows[item.question.external_id]
    assert (first["rationale"], first["answerKey"]) == (TEXTS[0], item.question.answer_key)
    assert first["choices"]["text"] == [choice.text for choice in item.question.choices]
    assert sum(row["rationale"] is not None for row in rows.values()) == 1
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "rejected because “Only restates”: 1" in card
    with pytest.raises(Conflict, match="not empty"):
        export_dataset(session, ADA, folder, dataset="demo")
