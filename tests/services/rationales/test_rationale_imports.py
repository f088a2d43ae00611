import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import FlagRow, ImportRow, QuestionRow, RationaleRow, RevisionRow
from scicot.services.questions.imports import import_questions
from scicot.services.rationales.imports import RationaleImport, RationaleSource, import_rationales
from scicot.words.errors import InvalidInput
from scicot.words.records import Actor, Origin, RationaleStatus, Split
from tests.builders import store_questions

LLM = RationaleSource("flan-t5", Origin.TEACHER, model="flan-t5-xxl", prompt_note="zero-shot")


@pytest.fixture
def demo(session: Session, tmp_path: Path) -> Path:
    store_questions(session, tmp_path / "data")
    return tmp_path


def bring(
    session: Session, folder: Path, rows: Sequence[object], source: RationaleSource = LLM
) -> RationaleImport:
    path = folder / "rationales.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return import_rationales(session, Actor("Ada"), path, dataset="demo", source=source)


def stored(session: Session) -> list[RationaleRow]:
    return list(session.scalars(select(RationaleRow).order_by(RationaleRow.id)))


def test_an_llms_rationales_go_through_review(
    session: Session, actor: Actor, arc_folder: Path
) -> None:
    path = arc_folder.parent / "llm_rationales" / "flan_t5_arc_challenge_train.jsonl"
    if not path.is_file():
        pytest.skip(f"the LLM's rationales are not at {path}")
    import_questions(session, actor, str(arc_folder), dataset="arc")
    done = import_rationales(session, actor, path, dataset="arc", source=LLM)
    assert (done.added, done.already_there, len(done.unmatched)) == (1117, 0, 0)
    assert done.status is RationaleStatus.UNREVIEWED
    assert {row.status for row in stored(session)} == {RationaleStatus.UNREVIEWED}
    assert {row.origin for row in stored(session)} == {Origin.TEACHER}
    flagged = set(session.scalars(select(FlagRow.rationale_id)))
    assert 100 < len(flagged) < 1117  # checked as if they had been generated here
    again = import_rationales(session, actor, path, dataset="arc", source=LLM)
    assert (again.added, again.already_there) == (0, 1117)


def test_what_people_wrote_comes_in_accepted_unless_told_otherwise(
    session: Session, demo: Path
) -> None:
    rows = [{"id": "Train-0", "rationale": "Because it is so."}]
    bring(session, demo, rows, RationaleSource("book"))
    bring(session, demo, rows, RationaleSource("web", status=RationaleStatus.UNREVIEWED))
    assert [row.status for row in stored(session)] == ["accepted", "unreviewed"]


def test_several_rationales_of_a_question_are_its_samples(session: Session, demo: Path) -> None:
    rows = [
        {"id": "Train-0", "rationale": "First."},
        {"id": "Train-0", "rationale": "Second."},
        {"id": "Train-1", "rationale": ["Third.", "Fourth."]},
    ]
    assert bring(session, demo, rows).added == 4
    assert [row.sample for row in stored(session)] == [0, 1, 0, 1]


def test_a_question_is_found_by_its_text_and_what_is_not_found_is_listed(
    session: Session, demo: Path
) -> None:
    stem = "  which statement number 3 about the LEAF is true?"
    rows = [
        {"question": stem, "explanation": "By text.", "split": "train"},
        {"question": "Who are you?", "explanation": "Nobody asked."},
        {"id": "Nowhere-7", "explanation": "No such id."},
    ]
    done = bring(session, demo, rows)
    assert done.added == 1
    assert [row.row for row in done.unmatched] == [2, 3]
    assert "no question with this text" in done.unmatched[0].reason
    assert "no question 'Nowhere-7' in 'demo'" in done.unmatched[1].reason


def test_an_id_that_stands_in_several_splits_needs_the_split(
    session: Session, actor: Actor, cases_folder: Path, tmp_path: Path
) -> None:
    import_questions(session, actor, str(cases_folder / "06-ids-per-split" / "set"), dataset="demo")
    rows = [{"id": "0", "rationale": "Roots drink."}]
    done = bring(session, tmp_path, rows)
    assert "bear the id '0' (test, train)" in done.unmatched[0].reason
    done = bring(session, tmp_path, rows, RationaleSource("x", split=Split.TRAIN))
    assert (done.added, len(done.unmatched)) == (1, 0)


def test_a_table_with_other_names_is_mapped(session: Session, demo: Path) -> None:
    path = demo / "texts.csv"
    path.write_text("Nummer;Erklärung\nTrain-0;Weil es so ist.\n", encoding="cp1252")
    source = RationaleSource("csv", mapping={"id": "Nummer", "rationale": "Erklärung"})
    done = import_rationales(session, Actor("Ada"), path, dataset="demo", source=source)
    assert done.added == 1
    with pytest.raises(InvalidInput, match="no column 'Text'"):
        import_rationales(
            session,
            Actor("Ada"),
            path,
            dataset="demo",
            source=RationaleSource("csv", mapping={"rationale": "Text"}),
        )


def test_where_a_rationale_came_from_is_remembered(session: Session, demo: Path) -> None:
    bring(session, demo, [{"id": "Train-0", "rationale": "Because."}])
    (row,) = stored(session)
    brought = session.get_one(ImportRow, row.import_id)
    assert brought.result["model"] == "flan-t5-xxl"
    assert brought.result["prompt_note"] == "zero-shot"


def test_another_text_under_the_same_source_is_kept_out_and_counted(
    session: Session, demo: Path
) -> None:
    bring(session, demo, [{"id": "Train-0", "rationale": "Because."}])
    done = bring(session, demo, [{"id": "Train-0", "rationale": "Another."}])
    assert (done.added, done.already_there, done.differing) == (0, 1, 1)


def test_a_reasoning_models_thinking_is_no_rationale(session: Session, demo: Path) -> None:
    body = {"choices": [{"message": {"content": "Iron rusts."}, "finish_reason": "stop"}]}
    no_text = {"choices": [{"message": {"content": ""}, "finish_reason": "length"}]}
    rows = [
        {"id": "Train-0", "rationale": "<think>Is it? Yes.</think>\n\nBecause it is so."},
        {"id": "Train-1", "rationale": "<think>Hm, let me"},
        {"id": "b1", "custom_id": "Train-2", "response": {"status_code": 200, "body": body}},
        {"custom_id": "Train-3", "response": {"status_code": 200, "body": no_text}},
    ]
    first, second = rows[:2], rows[2:]
    said = [
        row.reason for part in (first, second) for row in bring(session, demo, part).without_text
    ]
    assert "never ends" in said[0]
    assert "went into thinking" in said[1]
    texts = list(session.scalars(select(RevisionRow.text).order_by(RevisionRow.id)))
    assert texts == ["Because it is so.", "Iron rusts."]


ASKED = "Which statement number 3 about the leaf is true?"
TEXT = "Because leaves breathe."
SHAPES: dict[str, object] = {
    "texts by id": {"Train-3": TEXT, "Train-4": "Because."},
    "lists of texts by id": {"Train-3": [TEXT], "Train-4": ["Because.", "So."]},
    "a task and what it is given": {"instruction": "Explain.", "input": ASKED, "output": TEXT},
    "a task alone": {"instruction": f"{ASKED}\n(A) a (B) b", "input": "", "output": TEXT},
    "a chat": {
        "conversations": [
            {"from": "human", "value": f"{ASKED} Say why."},
            {"from": "gpt", "value": f"<think>Hm.</think>{TEXT}"},
        ]
    },
    "messages": {
        "messages": [{"role": "user", "content": ASKED}, {"role": "assistant", "content": TEXT}]
    },
    "an annotation": {"question": ASKED, "rationale": [{"value": TEXT, "status": "submitted"}]},
    "another batch's reply": {
        "key": "Train-3",
        "response": {"candidates": [{"content": {"parts": [{"text": TEXT}]}}]},
    },
}


@pytest.mark.parametrize("row", SHAPES.values(), ids=SHAPES)
def test_texts_are_taken_from_the_files_of_other_tools(
    session: Session, demo: Path, row: object
) -> None:
    bring(session, demo, [row])
    question = session.get_one(QuestionRow, stored(session)[0].question_id)
    assert question.external_id == "Train-3"
    assert session.scalars(select(RevisionRow.text)).first() == TEXT


def test_a_file_without_a_column_for_the_texts_says_so(session: Session, demo: Path) -> None:
    with pytest.raises(InvalidInput, match=r"there are 'id', 'warum'\. Correct .*--map rationale="):
        bring(session, demo, [{"id": "Train-3", "warum": TEXT}])
    nested = [
        {"meta": {"id": "Train-3"}, "out": [TEXT]},
        {"meta": {"id": "Train-4"}, "out": ["Because."]},
    ]
    bring(session, demo, nested, replace(LLM, mapping={"id": "meta.id", "rationale": "out.0"}))
    assert len(stored(session)) == 2
