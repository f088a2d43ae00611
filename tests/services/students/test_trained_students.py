from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from transformers import AutoModelForSeq2SeqLM

from scicot.cli.handlers import HANDLERS
from scicot.services.predictions.store import list_predictions
from scicot.services.runs.runs import get_run
from scicot.services.runs.worker import run_worker
from scicot.services.students.export import export_student
from scicot.services.students.predicting import start_prediction
from scicot.words.configs import PredictionConfig
from scicot.words.errors import Conflict, InvalidInput, RunNotInState
from scicot.words.records import Actor, RunStatus, Split
from scicot.words.runs import RunView
from scicot.words.settings import Settings, get_settings
from tests.services.training_line import Questions, prepare, tiny_config, train
from tests.tiny_students import tiny_t5

__all__ = ["tiny_t5"]


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> Questions:
    return prepare(session, tmp_path / "files")


@pytest.fixture
def trained(session: Session, settings: Settings, questions: Questions, tiny_t5: Path) -> RunView:
    run = train(session, settings, tiny_config("sci_cot", tiny_t5))
    session.rollback()
    return run


def test_trained_students_answer_another_split_in_a_run_of_their_own(
    session: Session, settings: Settings, questions: Questions, trained: RunView
) -> None:
    config = PredictionConfig(run=trained.id, dataset="demo")  # validation first
    run_id = start_prediction(session, get_settings(), Actor("Ada"), config)
    session.rollback()
    assert run_worker(run_id, settings, HANDLERS) is RunStatus.DONE
    asked = [one.id for one in questions[Split.VALIDATION]]
    assert [one.question_id for one in list_predictions(session, run_id)] == asked
    assert get_run(session, run_id).result["metrics"]["questions"] == 4  # type: ignore[index]


def test_the_same_questions_get_the_same_answers_again(
    session: Session, settings: Settings, trained: RunView
) -> None:
    run_id = start_prediction(
        session,
        get_settings(),
        Actor("Ada"),
        PredictionConfig(run=trained.id, dataset="demo", split=Split.TEST),
    )
    session.rollback()
    run_worker(run_id, settings, HANDLERS)
    assert list_predictions(session, run_id) == list_predictions(session, trained.id)


def test_a_run_without_students_or_questions_is_refused(
    session: Session, tmp_path: Path, trained: RunView, settings: Settings
) -> None:
    run_id = start_prediction(
        session,
        get_settings(),
        Actor("Ada"),
        PredictionConfig(run=trained.id, dataset="demo", split=Split.TEST),
    )
    with pytest.raises(RunNotInState, match="only a training run that is done"):
        start_prediction(
            session, get_settings(), Actor("Ada"), PredictionConfig(run=run_id, dataset="demo")
        )
    prepare_other = prepare_empty_test(session, tmp_path)
    with pytest.raises(InvalidInput, match="no test questions"):
        start_prediction(
            session,
            get_settings(),
            Actor("Ada"),
            PredictionConfig(run=trained.id, dataset=prepare_other),
        )


def prepare_empty_test(session: Session, folder: Path) -> str:
    from tests.builders import store_questions

    store_questions(session, folder / "other", dataset="other", validation=0, test=0)
    return "other"


def test_an_exported_student_loads_and_says_what_it_is(
    session: Session, tmp_path: Path, trained: RunView
) -> None:
    folders = export_student(session, Actor("Ada"), get_settings(), trained.id, tmp_path / "out")
    assert {folder.name for folder in folders} == {"rationale", "answer"}
    for folder in folders:
        opened = AutoModelForSeq2SeqLM.from_pretrained(folder)  # as a reader of the card would
        assert opened.config.vocab_size == opened.get_input_embeddings().num_embeddings
        assert (folder / "ct2" / "model.bin").is_file()
        card = (folder / "README.md").read_text()
        assert "accuracy" in card
        assert f"run {trained.id}" in card
        assert str(tmp_path) not in card
        assert "base_model" not in card
        assert "license: other" in card
        assert "content hash `" in card


def test_an_export_overwrites_nothing(session: Session, tmp_path: Path, trained: RunView) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("keep me")
    with pytest.raises(Conflict, match="not empty"):
        export_student(session, Actor("Ada"), get_settings(), trained.id, tmp_path / "out")
    assert (tmp_path / "out" / "mine.txt").read_text() == "keep me"
