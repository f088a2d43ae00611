"""A run that trains small matrices beside the student's own ends as any other run does."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from scicot.adapters.students.training import lora
from scicot.services.predictions.store import list_predictions
from scicot.services.runs.runs import hash_run
from scicot.services.students.export import export_student
from scicot.services.training.training import check_training, new_run
from scicot.words.errors import StudentError
from scicot.words.records import Actor
from scicot.words.settings import Settings
from tests.services.training_line import prepare, tiny_config, train
from tests.tiny_students import tiny_causal

__all__ = ["tiny_causal"]


def test_a_run_with_lora_answers_converts_and_is_exported(
    session: Session, settings: Settings, tmp_path: Path, tiny_causal: Path
) -> None:
    pytest.importorskip("peft", reason="pip install -r requirements-lora.txt")
    prepare(session, tmp_path / "files", train=3, validation=0, test=2)
    plain = tiny_config("finetune", tiny_causal, steps=2, snapshot=None)
    config = plain.model_copy(update={"lora_rank": 4})
    run = train(session, settings, config)
    (stage,) = run.result["stages"].values()  # type: ignore[attr-defined]
    assert stage["fast"], stage["slow_reason"]
    assert 0 < stage["trained_weights"] < 40_000
    assert all(one.option_log_likelihoods for one in list_predictions(session, run.id))
    export_student(session, Actor("Ada"), settings, run.id, tmp_path / "out")
    assert not [file.name for file in (tmp_path / "out").rglob("*adapter*")]
    assert hash_run(new_run(session, plain)) != run.config_hash


def test_a_run_is_refused_before_it_starts_where_peft_is_missing(
    session: Session,
    settings: Settings,
    tmp_path: Path,
    tiny_causal: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepare(session, tmp_path / "files", train=2, validation=0, test=1)
    monkeypatch.setattr(lora, "find_spec", lambda _name: None)
    config = tiny_config("finetune", tiny_causal, snapshot=None, lora_rank=4)
    with pytest.raises(StudentError, match="needs the package peft"):
        check_training(session, settings, config)
