"""The judge: each rationale paid for once, its verdicts kept, its agreement with blind ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import JudgementRow
from scicot.pure.judge.rubric import Criterion
from scicot.services.judge.agreement import judge_agreement
from scicot.services.judge.judging import run_judge, start_judge
from scicot.services.judge.rubrics import list_rubrics, save_rubric
from scicot.services.review.items import load_item
from scicot.services.review.verdicts import decide
from scicot.services.runs.runs import get_run
from scicot.services.runs.worker import run_worker
from scicot.words.configs import JudgeConfig
from scicot.words.errors import InvalidConfig, NotFound
from scicot.words.records import RunKind, RunStatus, Split, Verdict
from scicot.words.runs import RunView
from scicot.words.settings import get_settings
from tests.builders import store_questions, store_rationale
from tests.fake_teacher import FakeTeacher
from tests.services.teacher_runs import ADA

CRITERIA = (Criterion("right", "It is true."), Criterion("clean", "It is nothing else."))


def verdict(prompt: str) -> str:
    """A judge of known error: it rejects what says 'wrong', and wrongly what says 'odd'."""
    if "broken" in prompt:
        return "I cannot say."
    fails = "wrong" in prompt or "odd" in prompt
    right = {"verdict": "fail" if fails else "pass", "quote": "wrong" if fails else ""}
    return json.dumps({"right": right, "clean": "pass"})


@pytest.fixture
def rationale_ids(session: Session, tmp_path: Path, teacher: FakeTeacher) -> list[int]:
    teacher.answer = verdict
    questions = store_questions(session, tmp_path / "data", train=4, validation=0, test=0)
    texts = ["A wrong text.", "A good text.", "An odd text.", "Another wrong text."]
    first = [
        store_rationale(session, question, text)
        for question, text in zip(questions[Split.TRAIN], texts, strict=True)
    ]
    return [*first, store_rationale(session, questions[Split.TRAIN][0], "Good too.", sample=1)]


def judge(session: Session, teacher: FakeTeacher, **values: Any) -> RunView:
    config = JudgeConfig.checked(
        **{"dataset": "demo", "teacher": f"{teacher.url}#fake", "rubric": 2, **values}
    )
    run_id = start_judge(session, get_settings(), ADA, config)
    session.rollback()
    run_worker(run_id, get_settings(), {RunKind.JUDGE: run_judge})
    session.rollback()
    return get_run(session, run_id)


def review(session: Session, rationale_id: int, given: Verdict) -> None:
    revision_id = load_item(session, ADA, rationale_id).rationale.revision_id
    decide(session, ADA, rationale_id, revision_id, given, operation_id=f"op-{rationale_id}")


def test_every_rationale_is_judged_once_and_paid_once(
    session: Session, teacher: FakeTeacher, rationale_ids: list[int]
) -> None:
    list_rubrics(session)
    assert save_rubric(session, ADA, CRITERIA).id == 2
    assert save_rubric(session, ADA, CRITERIA).id == 2
    run = judge(session, teacher)
    assert run.status is RunStatus.DONE
    assert {name: run.result[name] for name in ("rationales", "judged", "rejected")} == {
        "rationales": 5,
        "judged": 5,
        "rejected": 3,
    }
    found = session.scalars(select(JudgementRow).order_by(JudgementRow.rationale_id)).all()
    assert [row.rejects for row in found] == [True, False, True, True, False]
    assert found[0].findings[0]["quote"] == "wrong"
    assert teacher.count == 5
    assert judge(session, teacher).result["calls"] == 0
    assert teacher.count == 5


def test_a_reply_that_cannot_be_read_stores_nothing(
    session: Session, teacher: FakeTeacher, rationale_ids: list[int], tmp_path: Path
) -> None:
    list_rubrics(session)
    save_rubric(session, ADA, CRITERIA)
    teacher.answer = lambda _prompt: "I cannot say."
    run = judge(session, teacher)
    assert run.status is RunStatus.FAILED
    assert "No verdict could be read" in (run.error or "")
    assert (run.result["judged"], run.result["unreadable"]) == (0, 5)
    assert session.scalars(select(JudgementRow)).all() == []


def test_only_verdicts_given_before_the_judges_count(
    session: Session, teacher: FakeTeacher, rationale_ids: list[int]
) -> None:
    list_rubrics(session)
    save_rubric(session, ADA, CRITERIA)
    for rationale_id, given in zip(
        rationale_ids, (Verdict.REJECT, Verdict.ACCEPT, Verdict.ACCEPT), strict=False
    ):
        review(session, rationale_id, given)
    judge(session, teacher)
    review(session, rationale_ids[3], Verdict.ACCEPT)  # not blind: the judge was there first
    found = judge_agreement(session, "demo", 2)["fake"]
    assert (found.n, found.both, found.judge_only, found.people_only, found.neither) == (
        *(3, 1, 1, 0),
        1,
    )
    assert (found.precision, found.recall) == (0.5, 1.0)
    assert judge_agreement(session, "demo", 1) == {}


def test_what_is_not_there_is_said(session: Session, teacher: FakeTeacher, tmp_path: Path) -> None:
    store_questions(session, tmp_path / "empty", train=1, validation=0, test=0)
    with pytest.raises(NotFound, match="no rubric 9"):
        judge(session, teacher, rubric=9)
    with pytest.raises(InvalidConfig, match="no rationales"):
        judge(session, teacher, rubric=1)
