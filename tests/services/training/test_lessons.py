"""Methods that learn what a teacher says beside rationales."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from db.models import LessonRow
from db.session import write
from scicot.cli.handlers import HANDLERS
from scicot.pure.methods.registry import make_config
from scicot.pure.teacher.other_options import other_option
from scicot.services.evaluation.what_if import answer_draft, to_draft
from scicot.services.parcels.pack import pack_run
from scicot.services.parcels.take_in import take_in
from scicot.services.parcels.work import work_parcel
from scicot.services.predictions.store import list_predictions
from scicot.services.runs.runs import get_run
from scicot.services.training.preview import inspect_training
from scicot.services.training.snapshots import create_snapshot
from scicot.services.training.training import list_equal_runs, start_training
from scicot.words.errors import InvalidConfig
from scicot.words.records import Actor, RationaleStatus, Split
from scicot.words.settings import Settings, get_settings
from tests.builders import store_questions, store_rationale
from tests.services.training_line import Questions, prepare, tiny_config, train
from tests.tiny_students import build_tiny_t5, tiny_t5

__all__ = ["tiny_t5"]

ADA = Actor("Ada")
FOR_KEY, FOR_OTHER = "moon " * 12, "iron " * 12


def store_lessons(session: Session, questions: Questions, kind: str, run_id: int) -> None:
    shares: Mapping[str, float] = {"A": 0.7, "B": 0.1, "C": 0.1, "D": 0.1}
    with write(session):
        for question in questions[Split.TRAIN]:
            row = LessonRow(run_id=run_id, question_id=question.id, kind=kind, teacher="fake")
            if kind == "other_options":
                row.label, row.text = other_option(question), FOR_OTHER
            else:
                row.shares = dict(shares)
            session.add(row)


def test_without_a_teachers_words_the_method_says_how_to_get_them(
    session: Session, tmp_path: Path, tiny_t5: Path
) -> None:
    questions = prepare(session, tmp_path / "files", train=3, test=1)
    for method, kind in (("counterfactual", "other_options"), ("soft_labels", "option_shares")):
        with pytest.raises(InvalidConfig, match=f"generate --dataset demo --for {kind}"):
            start_training(session, get_settings(), ADA, tiny_config(method, tiny_t5))
    store_lessons(session, questions, "other_options", 7)
    config = tiny_config("counterfactual", tiny_t5, counterfactuals_of=3)
    with pytest.raises(InvalidConfig, match="Run 3 holds no rationales for other options"):
        start_training(session, get_settings(), ADA, config)


def test_soft_labels_need_a_letter() -> None:
    with pytest.raises(InvalidConfig, match="answer_form=text writes none"):
        make_config(method="soft_labels", dataset="demo", answer_form="text")
    of_starter = make_config(method="soft_labels", dataset="demo", student="starter")
    assert (of_starter.answer_form, of_starter.show_options) == ("letter_and_text", True)


def test_the_answer_follows_a_text_for_another_option(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    student = build_tiny_t5(tmp_path / "student", dropout=0.0)
    questions = store_questions(session, tmp_path / "files", train=2, validation=0, test=1)
    for question in questions[Split.TRAIN]:
        store_rationale(session, question, FOR_KEY, status=RationaleStatus.ACCEPTED)
    create_snapshot(session, ADA, name="approved", dataset="demo")
    store_lessons(session, questions, "other_options", 7)
    config = tiny_config(
        "counterfactual",
        student,
        steps=60,
        learning_rate=5e-3,
        stage2_rationales="teacher",
        answer_form="letter",
    )
    preview = inspect_training(session, settings, config)
    assert any("for another option of 2 questions: 2." in note for note in preview.notes)
    assert preview.stages[1].examples == 4
    run = train(session, settings, config)
    assert (run.config["counterfactuals_of"], run.result["lessons"]) == (7, 2)
    assert [one.id for one in list_equal_runs(session, config)] == [run.id]
    for question in questions[Split.TRAIN]:  # learned by heart: the same question, two texts
        for label, text in ((question.answer_key, FOR_KEY), (other_option(question), FOR_OTHER)):
            draft = to_draft(question, text)
            answer = answer_draft(session, settings, run.id, question, draft)
            assert answer.label == label


def test_soft_labels_move_the_options_towards_the_teachers(
    session: Session, settings: Settings, tmp_path: Path, tiny_t5: Path
) -> None:
    questions = prepare(session, tmp_path / "files", train=3, validation=0, test=1)
    store_lessons(session, questions, "option_shares", 7)
    config = tiny_config("soft_labels", tiny_t5, soft_weight=1.0, snapshot=None, steps=30)
    soft = train(session, settings, config.model_copy(update={"learning_rate": 8e-3}))
    # every question is mostly (A) to the teacher, whatever its key; the letter is what it learns
    (first, *_) = list_predictions(session, soft.id)
    letters = first.letter_log_likelihoods
    assert letters is not None
    assert max(letters, key=lambda label: letters[label]) == "A"


def test_the_lessons_travel_with_a_packed_run(
    session: Session, settings: Settings, tmp_path: Path, tiny_t5: Path
) -> None:
    questions = prepare(session, tmp_path / "files", train=3, validation=1, test=1)
    store_lessons(session, questions, "option_shares", 7)
    config = tiny_config("soft_labels", tiny_t5, steps=2, snapshot=None)
    run_id = start_training(session, get_settings(), ADA, config)
    packed = pack_run(session, settings, ADA, run_id, tmp_path / "run.tar")
    worked = work_parcel(Path(packed.path), settings, HANDLERS)
    assert worked.result is not None, worked.error
    take_in(session, settings, ADA, Path(worked.result))
    session.rollback()
    assert get_run(session, run_id).result["lessons"] == 3
