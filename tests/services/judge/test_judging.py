"""The judge: each rationale paid for once, its verdicts kept, its agreement with blind ones."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import JudgementRow, RationaleRow
from db.session import write
from scicot.pure.judge.rubric import Criterion
from scicot.services.cleaning.audits import TrustedJudge, start_audit
from scicot.services.judge.agreement import judge_agreement, list_judges
from scicot.services.judge.judging import run_judge, start_judge
from scicot.services.judge.rubrics import list_rubrics, save_rubric
from scicot.services.rationales.judge_order import judgements_of
from scicot.services.review.items import load_item
from scicot.services.review.queue import next_items
from scicot.services.review.verdicts import decide
from scicot.services.runs.runs import get_run
from scicot.services.runs.worker import run_worker
from scicot.words.asking_configs import JudgeConfig
from scicot.words.errors import InvalidConfig, InvalidInput, NotFound, RunNotInState
from scicot.words.records import RunKind, RunStatus, Split, Verdict
from scicot.words.reviewing import QueueFilter
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


def test_a_second_press_starts_no_second_judge(
    session: Session, teacher: FakeTeacher, rationale_ids: list[int]
) -> None:
    config = JudgeConfig.checked(dataset="demo", teacher=f"{teacher.url}#fake", rubric=1)
    list_rubrics(session)
    first = start_judge(session, get_settings(), ADA, config)
    session.rollback()
    with pytest.raises(RunNotInState, match=f"Run {first} has exactly these settings"):
        start_judge(session, get_settings(), ADA, config)


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


def test_corrections_are_shown_but_never_of_the_question_being_judged(
    session: Session, teacher: FakeTeacher, rationale_ids: list[int]
) -> None:
    list_rubrics(session)
    save_rubric(session, ADA, CRITERIA)
    with pytest.raises(InvalidConfig, match="Nobody has corrected fake by rubric 2"):
        judge(session, teacher, examples=2)
    review(session, rationale_ids[0], Verdict.REJECT)
    review(session, rationale_ids[2], Verdict.ACCEPT)  # the judge wrongly rejects what is odd
    judge(session, teacher)
    teacher.seen.clear()
    run = judge(session, teacher, examples=2)
    assert len(run.config["corrections"]) == 1  # type: ignore[arg-type]
    assert str(run.result["judge"]).startswith("fake, 1 correction (")
    shown = [one for one in teacher.seen if "A person accepted this explanation." in one.prompt]
    assert (len(teacher.seen), len(shown)) == (4, 4)  # the corrected one is asked as before
    assert all("An odd text." in one.prompt for one in shown)
    assert judge(session, teacher, examples=2).result["calls"] == 0
    lines = {line.judge: line for line in list_judges(session, "demo")}
    assert [line.judged for line in lines.values()] == [5, 5]


def test_what_a_judge_passes_joins_the_pile_only_where_it_is_surely_right(
    session: Session, teacher: FakeTeacher, rationale_ids: list[int]
) -> None:
    list_rubrics(session)
    save_rubric(session, ADA, CRITERIA)
    question = load_item(session, ADA, rationale_ids[1]).question
    passed = store_rationale(session, question, "Fine as well.", source="another")
    with write(session):  # a check spoke of all of them
        for row in session.scalars(select(RationaleRow)):
            row.risk = 1.0
    trusted = TrustedJudge(2, "fake", 0.2)
    with pytest.raises(InvalidInput, match="Nobody knows how often fake is right"):
        start_audit(session, ADA, "demo", size=5, seed=1, trusted=trusted)
    review(session, rationale_ids[1], Verdict.ACCEPT)
    judge(session, teacher)
    with pytest.raises(InvalidInput, match="100\u00a0% \\[21, 100\\], which is not surely"):
        start_audit(session, ADA, "demo", size=5, seed=1, trusted=TrustedJudge(2, "fake", 0.9))
    audit = start_audit(session, ADA, "demo", size=5, seed=1, trusted=trusted)
    assert list(audit.left) == [passed]  # what leads its samples, is passed and not yet decided


def test_the_queue_begins_with_what_a_judge_rejects_and_the_card_does_not_say_so(
    session: Session, teacher: FakeTeacher, rationale_ids: list[int]
) -> None:
    list_rubrics(session)
    save_rubric(session, ADA, CRITERIA)
    judge(session, teacher, limit=4)
    wanted = QueueFilter("demo", judged_first=True)
    items = next_items(session, ADA, wanted)
    assert {item.rationale.id for item in items[:2]} <= {rationale_ids[n] for n in (0, 2, 3)}
    said = judgements_of(session, rationale_ids[0])
    ((judgement,),) = said.values()
    assert judgement.say() == "fake by rubric 2 rejects it: right (“wrong”)."


@pytest.mark.parametrize("seed", [1, 2])
def test_the_interval_holds_the_error_that_the_judge_is_known_to_have(
    session: Session, teacher: FakeTeacher, tmp_path: Path, seed: int
) -> None:
    """Of what this judge rejects people reject 70 %; of what people reject it finds 80 %."""
    chance = random.Random(seed)
    questions = store_questions(session, tmp_path / "data", train=60, validation=0, test=0)
    fails = {}
    list_rubrics(session)
    save_rubric(session, ADA, CRITERIA)
    for question in questions[Split.TRAIN]:
        text = f"Text number {question.id} of them."
        rationale_id = store_rationale(session, question, text)
        fails[text] = chance.random() < 0.5
        is_bad = chance.random() < (0.7 if fails[text] else 0.175)
        review(session, rationale_id, Verdict.REJECT if is_bad else Verdict.ACCEPT)

    def by_text(prompt: str) -> str:
        said = "fail" if any(fails[text] for text in fails if text in prompt) else "pass"
        return json.dumps({"right": said, "clean": "pass"})

    teacher.answer = by_text
    judge(session, teacher)
    measured = judge_agreement(session, "demo", 2)["fake"]
    assert measured.n == 60
    for interval, known in (
        (measured.precision_interval, 0.7),
        (measured.recall_interval, 0.8),
        (measured.passing_interval, 0.825),
    ):
        assert interval is not None
        assert interval.low <= known <= interval.high


def test_the_built_in_rubric_is_the_first_whoever_saves_another(session: Session) -> None:
    assert save_rubric(session, ADA, CRITERIA).id == 2
    assert [rubric.id for rubric in list_rubrics(session)] == [2, 1]
