"""The plain loop trains on a run's questions, scores as a run does, and refuses what it cannot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from scicot.bench.plain_loop import bench_plain
from scicot.pure.methods.registry import make_config
from scicot.services.evaluation.answered import Reading
from scicot.services.evaluation.seed_answers import load_answers
from scicot.services.runs.worker import run_worker
from scicot.services.training.training import run_training, start_training
from scicot.words.errors import InvalidInput
from scicot.words.records import Actor, RunKind, Split
from scicot.words.settings import Settings
from tests.builders import store_questions
from tests.predictions import store_run
from tests.tiny_students import tiny_causal, tiny_t5

__all__ = ["tiny_causal", "tiny_t5"]


def fine_tune(session: Session, settings: Settings, student: Path, **given: Any) -> int:
    given = {"answer_form": "text", "show_options": False, "evaluate_on": "test"} | given
    config = make_config(method="finetune", dataset="demo", student=str(student), **given)
    run_id = start_training(session, settings, Actor("Ada"), config)
    run_worker(run_id, settings, {RunKind.TRAIN: run_training})
    return run_id


def test_with_no_rate_to_speak_of_both_answer_as_the_untrained_student(
    session: Session, settings: Settings, tiny_causal: Path, tmp_path: Path
) -> None:
    store_questions(session, tmp_path / "files", train=8, test=20)
    settings = settings.model_copy(update={"threads": 1})
    run_id = fine_tune(
        session, settings, tiny_causal, steps=3, questions_per_step=4, learning_rate=1e-12
    )
    found = bench_plain(session, settings, run_id)
    right = load_answers(session, [run_id], Reading.OPTIONS)[run_id]
    assert (found["steps"], found["trained_on"], found["questions"]) == (3, 8, 20)
    assert found["plain"] == found["ours"] == sum(right.values()) / 20


def test_the_loop_learns(
    session: Session, settings: Settings, tiny_causal: Path, tmp_path: Path
) -> None:
    store_questions(session, tmp_path / "files", train=4, test=4)
    settings = settings.model_copy(update={"threads": 1})
    run_id = fine_tune(
        session, settings, tiny_causal, steps=40, questions_per_step=4, learning_rate=0.01
    )
    first, last = bench_plain(session, settings, run_id)["loss"]
    assert last < first / 2


def test_a_run_that_it_cannot_repeat_is_refused(
    session: Session, settings: Settings, tiny_t5: Path, tmp_path: Path
) -> None:
    asked = store_questions(session, tmp_path / "files")[Split.TEST]
    config = make_config(method="finetune", dataset="demo", student=str(tiny_t5))
    run_id = store_run(
        session, asked, right=[0], method="finetune", config=config.model_dump(mode="json")
    )
    with pytest.raises(InvalidInput, match="no finished fine-tune run of a causal student"):
        bench_plain(session, settings, run_id)
