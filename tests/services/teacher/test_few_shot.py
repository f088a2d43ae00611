from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from scicot.pure.evaluation.learned import warn_of
from scicot.services.predictions.store import list_predictions
from scicot.services.runs.runs import get_run
from scicot.services.runs.worker import run_worker
from scicot.services.teacher.few_shot import run_few_shot, start_few_shot
from scicot.words.asking_configs import FewShotConfig
from scicot.words.errors import InvalidConfig
from scicot.words.records import Outcome, RationaleStatus, RunKind, Split, StoredQuestion
from scicot.words.settings import get_settings
from tests.builders import store_questions, store_rationale
from tests.fake_teacher import FakeTeacher, in_order, serve
from tests.services.teacher_runs import ADA

SPLITS = dict[Split, Any]


@pytest.fixture
def teacher() -> Iterator[FakeTeacher]:
    with serve(FakeTeacher(answer=lambda _prompt: "Facts say so. The answer is (B).")) as served:
        yield served


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> SPLITS:
    return store_questions(session, tmp_path / "data", train=6, validation=0, test=8)


def answer(session: Session, teacher: FakeTeacher, **values: Any) -> Any:
    config = FewShotConfig.checked(dataset="demo", teacher=f"{teacher.url}#fake", **values)
    run_id = start_few_shot(session, get_settings(), ADA, config)
    session.rollback()
    run_worker(run_id, get_settings(), {RunKind.FEW_SHOT: run_few_shot})
    session.rollback()
    return get_run(session, run_id)


def test_an_llm_stands_in_the_predictions_beside_the_students(
    session: Session, teacher: FakeTeacher, questions: SPLITS
) -> None:
    run = answer(session, teacher, shots=2, chain_of_thought=False)
    predictions = list_predictions(session, run.id)
    assert run.method == "few_shot"
    assert len(predictions) == 8
    assert {one.label for one in predictions} == {"B"}
    expected = {"accuracy": 0.25, "correct": 2, "no_answer": 0, "questions": 8}
    expected |= {"same_place": 0.25, "most_answered_place": 2, "most_answered_share": 1.0}
    assert warn_of(run.result) == [
        "It answers place 2 on 100\u00a0%: it has not learned to choose."
    ]
    assert run.result["metrics"] == expected
    assert predictions[0].rationale == "Facts say so."


def test_examples_come_from_the_training_split_only(
    session: Session, teacher: FakeTeacher, questions: SPLITS
) -> None:
    answer(session, teacher, shots=5, chain_of_thought=False)
    training = [one.stem for one in questions[Split.TRAIN]]
    assert len(teacher.seen) == 8
    for seen in teacher.seen:
        assert sum(stem in seen.prompt for stem in training) >= 5
        assert seen.prompt.count("<question>") == 6


def test_chain_of_thought_shows_approved_rationales(
    session: Session, teacher: FakeTeacher, questions: SPLITS
) -> None:
    train: list[StoredQuestion] = questions[Split.TRAIN]
    store_rationale(session, train[0], "A good reason.", status=RationaleStatus.ACCEPTED)
    store_rationale(session, train[1], "A bad reason.", status=RationaleStatus.REJECTED)
    answer(session, teacher, shots=1)
    assert len(teacher.seen) == 8
    assert all("A good reason. The answer is (A)" in seen.prompt for seen in teacher.seen)
    with pytest.raises(InvalidConfig, match="there are 1"):
        answer(session, teacher, shots=2)


def test_without_examples_it_is_asked_to_think_step_by_step(
    session: Session, teacher: FakeTeacher, questions: SPLITS
) -> None:
    answer(session, teacher, shots=0)
    assert len(teacher.seen) == 8
    assert all("Let's think step by step." in seen.prompt for seen in teacher.seen)


def test_what_cannot_be_read_is_no_answer(
    session: Session, teacher: FakeTeacher, questions: SPLITS
) -> None:
    teacher.answer = lambda _prompt: "It could be anything."
    run = answer(session, teacher, shots=0)
    assert {one.outcome for one in list_predictions(session, run.id)} == {Outcome.NO_ANSWER}
    assert run.result["metrics"]["no_answer"] == 8


def test_the_same_questions_again_cost_nothing(
    session: Session, teacher: FakeTeacher, questions: SPLITS
) -> None:
    answer(session, teacher, shots=2, chain_of_thought=False)
    again = answer(session, teacher, shots=2, chain_of_thought=False)
    assert again.result["calls"] == 0
    assert again.result["metrics"]["questions"] == 8


def test_a_technical_failure_is_no_prediction(
    session: Session, teacher: FakeTeacher, questions: SPLITS
) -> None:
    teacher.faults = in_order("400", "refusal")
    run = answer(session, teacher, shots=0, concurrency=1)
    assert run.result["failed"] == 2
    assert run.result["metrics"]["questions"] == 7
    assert run.result["metrics"]["no_answer"] == 1  # the refusal is the model's own


def test_of_several_samples_the_majority_counts_and_the_votes_are_kept(
    session: Session, questions: SPLITS
) -> None:
    said = iter(["The answer is (A).", "The answer is (C).", "I doubt it.", "Option C is correct."])

    with serve(FakeTeacher(answer=lambda _prompt: next(said))) as teacher:
        run = answer(session, teacher, shots=0, limit=1, samples=4, temperature=0.7, concurrency=1)
    (prediction,) = list_predictions(session, run.id)
    assert prediction.label == "C"
    assert prediction.votes == {"C": 2, "A": 1, "no_answer": 1}
    assert prediction.output == "The answer is (C)."
    assert [seen.parameters.get("seed") for seen in teacher.seen] == [None, 1, 2, 3]


def test_samples_at_temperature_zero_are_refused(
    session: Session, teacher: FakeTeacher, questions: SPLITS
) -> None:
    with pytest.raises(InvalidConfig, match="temperature"):
        answer(session, teacher, shots=0, samples=3)


def test_an_answer_that_cannot_be_read_is_asked_for_once_more_and_no_other(
    session: Session, questions: SPLITS
) -> None:
    def reply(prompt: str) -> str:
        if "Therefore, among (A) to (D), the answer is" in prompt:
            return "(D)"
        return "Well, it depends." if "number 3" in prompt else "The answer is (A)."

    with serve(FakeTeacher(answer=reply)) as teacher:
        run = answer(session, teacher, shots=0, second_call=True)
        again = answer(session, teacher, shots=0, second_call=True)
        assert (teacher.count, again.result["calls"]) == (9, 0)
    by_label = [one.label for one in list_predictions(session, run.id)]
    assert sorted(filter(None, by_label)) == ["A"] * 7 + ["D"]
    second = next(one for one in list_predictions(session, run.id) if one.label == "D")
    assert second.rationale == "Well, it depends."


def test_why_answers_cannot_be_read_is_counted(session: Session, questions: SPLITS) -> None:
    said = ["The answer is (A) or (B).", "No idea.", "The answer is (B).", "No idea."]

    with serve(FakeTeacher(answer=lambda _prompt: said.pop())) as teacher:
        run = answer(session, teacher, shots=0, limit=4, concurrency=1)
    metrics = run.result["metrics"]
    assert metrics["no_answer_reasons"] == {"two_labels": 1, "none": 2}
    assert metrics["no_answer"] == 3
