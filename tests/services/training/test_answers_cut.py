"""`strip_answer` treats all texts alike that a student learns or reads, and counts them all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from scicot.cli.handlers import HANDLERS
from scicot.pure.evaluation.between_stages import read_between
from scicot.pure.evaluation.learned import say_learned
from scicot.pure.methods.tasks import input_text
from scicot.services.evaluation.asking import start_attribution
from scicot.services.evaluation.what_if import answer_draft, to_draft
from scicot.services.runs.runs import get_run
from scicot.services.runs.worker import run_worker
from scicot.services.students import answers
from scicot.services.students.predicting import start_prediction
from scicot.services.training.snapshots import create_snapshot
from scicot.services.worth.run import start_worth
from scicot.words.configs import AttributionConfig, PredictionConfig, WorthConfig
from scicot.words.records import Actor, RationaleStatus, RunStatus, Split
from scicot.words.runs import RunView
from scicot.words.settings import Settings
from tests.builders import store_questions, store_rationale
from tests.services.training_line import Questions, tiny_config, train
from tests.tiny_students import tiny_t5

__all__ = ["tiny_t5"]

ADA = Actor("Ada")
STATES = "Seven turns take a week. So the answer is (B)."


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> Questions:
    """Questions whose rationales state the answer: one says nothing else, one does not."""
    stored = store_questions(session, tmp_path / "files", train=4, validation=2, test=3)
    texts = ["The answer is (B).", "Seven turns take a week.", STATES, STATES]
    for question, text in zip(stored[Split.TRAIN], texts, strict=True):
        store_rationale(session, question, text, status=RationaleStatus.ACCEPTED)
    for split in (Split.VALIDATION, Split.TEST):
        store_rationale(session, stored[split][0], STATES, status=RationaleStatus.ACCEPTED)
    create_snapshot(session, ADA, name="approved", dataset="demo")
    return stored


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let the first student state the answer always; return all that a student is asked."""
    inputs: list[str] = []
    original = input_text

    def remember(*given: Any) -> str:
        inputs.append(original(*given))
        return inputs[-1]

    monkeypatch.setattr(answers, "read_rationale", lambda _: STATES)
    monkeypatch.setattr(answers, "input_text", remember)
    return inputs


def carry_out(session: Session, settings: Settings, run_id: int) -> RunView:
    session.rollback()
    assert run_worker(run_id, settings, HANDLERS) is RunStatus.DONE
    session.rollback()
    return get_run(session, run_id)


def kinds_of(run: RunView) -> dict[str, tuple[int, int, int]]:
    kinds: dict[str, dict[str, int]] = dict(run.result)["stripped"]["kinds"]  # type: ignore[index]
    return {kind: (cut["texts"], cut["changed"], cut["emptied"]) for kind, cut in kinds.items()}


def test_every_kind_of_text_is_cut_and_counted_wherever_a_student_reads_it(
    session: Session, settings: Settings, questions: Questions, asked: list[str], tiny_t5: Path
) -> None:
    config = tiny_config(
        "sci_cot", tiny_t5, strip_answer="sentence", selection="validation", epochs=1
    )
    run = train(session, settings, config)
    assert kinds_of(run) == {
        "training": (4, 3, 1),
        "validation references": (1, 1, 0),
        "written for training": (4, 4, 0),
        "written for selection": (2, 2, 0),
        "written for test": (3, 3, 0),
        "written for training sample": (4, 4, 0),
        "teacher, training sample": (4, 3, 1),
        "written for validation sample": (2, 2, 0),
    }
    assert dict(run.result)["stripped"]["changed"] == 3  # type: ignore[index]
    assert "training 3 of 4, 1 left empty" in " ".join(say_learned(run.result))
    between = read_between(run.result)
    assert between is not None
    assert between.kinds["validation"].overlap == 1.0  # both as they are read

    whole, shards = (
        carry_out(
            session,
            settings,
            start_prediction(
                session,
                settings,
                ADA,
                PredictionConfig(
                    run=run.id, dataset="demo", split=Split.TEST, questions_per_shard=at_once
                ),
            ),
        )
        for at_once in (100, 1)
    )
    assert kinds_of(whole) == kinds_of(shards) == {"written for test": (3, 3, 0)}

    attribution = carry_out(
        session, settings, start_attribution(session, ADA, AttributionConfig(run=run.id))
    )
    found = kinds_of(attribution)
    assert found["teacher_rationale"] == (1, 1, 0)
    assert found["other_rationale"] == (3, 3, 0)
    assert "no_rationale" not in found  # nothing to read

    worth = carry_out(
        session,
        settings,
        start_worth(session, settings, ADA, WorthConfig(dataset="demo", run=run.id)),
    )
    # four of the training questions, and one of validation and of test each
    assert kinds_of(worth) == {"measured": (6, 5, 1)}
    assert "measured 5 of 6, 1 left empty" in " ".join(say_learned(worth.result))

    question = questions[Split.TEST][0]
    stated, plain = (
        answer_draft(session, settings, run.id, question, to_draft(question, text))
        for text in (STATES, "Seven turns take a week.")
    )
    assert (stated.cut.changed, plain.cut.changed) == (1, 0)
    assert stated.output == plain.output
    assert asked
    assert not any("the answer is (B)" in text for text in asked)


def test_nothing_is_counted_where_nothing_is_cut(
    session: Session, settings: Settings, questions: Questions, asked: list[str], tiny_t5: Path
) -> None:
    run = train(session, settings, tiny_config("sci_cot", tiny_t5, epochs=1))
    assert dict(run.result)["stripped"] == {"changed": 0, "emptied": 0, "kinds": {}}
    assert any("the answer is (B)" in text for text in asked)
