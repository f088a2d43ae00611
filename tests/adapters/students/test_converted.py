"""Weights in training, opened for writing between two steps: the same texts, nothing left."""

from __future__ import annotations

import gc
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scicot.adapters.students.asking.convert import convert_student
from scicot.adapters.students.asking.packed import is_packed
from scicot.adapters.students.asking.step_by_step import write_step_by_step
from scicot.adapters.students.asking.torch_student import TorchStudent
from scicot.adapters.students.codec import Codec
from scicot.adapters.students.folders import inspect_folder
from scicot.adapters.students.loading import load_model
from scicot.adapters.students.training import converted as module
from scicot.adapters.students.training.converted import converted
from scicot.adapters.students.training.job import Silent
from scicot.adapters.students.training.trainer import StageTrainer
from scicot.adapters.students.training.validation import Writer, try_weights
from scicot.pure.methods.plan import TaskSpec, Writes
from scicot.pure.methods.tasks import Validation, make_choosing, make_task
from scicot.words.storage import full_disk
from tests.adapters.students.test_student_training import make_job, questions
from tests.tiny_students import tiny_causal, tiny_t5

__all__ = ["tiny_causal", "tiny_t5"]
ASKED = [f"Question {number}: why does ice float on water?" for number in range(5)]


@pytest.mark.parametrize("name", ["tiny_t5", "tiny_causal"])
def test_they_write_what_the_model_writes_by_itself(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = request.getfixturevalue(name)
    job = replace(make_job(folder, tmp_path / "work"), family=inspect_folder(name, folder).family)
    model = load_model(folder, job.family).eval()
    student = TorchStudent(model, Codec.open(folder, job.family))
    with converted(model, job, threads=1) as writer:
        assert writer is not None
        assert writer.generate(ASKED, 12) == student.generate(ASKED, 12)
    assert list(job.work_folder.iterdir()) == []


@pytest.mark.parametrize("is_full", [False, True], ids=["no form there", "disk full"])
def test_where_they_cannot_be_converted_the_model_writes(
    is_full: bool, tiny_t5: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def convert(*_: Any, **__: Any) -> str:
        if is_full:
            raise full_disk("the student")
        return "it does not know the architecture"

    monkeypatch.setattr(module, "convert_student", convert)
    job = make_job(tiny_t5, tmp_path / "work")
    with converted(None, job, threads=1) as writer:
        assert writer is None
    assert list(job.work_folder.iterdir()) == []


@pytest.mark.parametrize("memory", [None, 1], ids=["room", "no room for a second copy"])
def test_a_training_writes_with_them_where_there_is_room(
    memory: int | None, tiny_t5: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both, asked = TaskSpec(Writes.RATIONALE_THEN_ANSWER), questions(8)
    texts = {one.id: "It is told." for one in asked}
    job = make_job(tiny_t5, tmp_path / "work", selection="validation", epochs=1)
    validation = Validation(None, make_choosing(both, asked), writes=8)
    task = make_task(both, asked, targets=texts)
    trainer = StageTrainer(replace(job, tasks=[task], validation=validation, memory=memory))
    writers: list[Writer | None] = []

    def watch(*given: Any, writer: Writer | None, has_room: bool) -> Any:
        writers.append(writer)
        assert has_room is (memory is None)
        return try_weights(*given, writer=writer, has_room=has_room)

    monkeypatch.setattr("scicot.adapters.students.training.selecting.try_weights", watch)
    trainer.train(Silent())
    assert [writer is not None for writer in writers] == [memory is None]


def test_a_causal_student_writes_in_validation_by_its_own_steps(
    tiny_causal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both, asked = TaskSpec(Writes.RATIONALE_THEN_ANSWER), questions(8)
    family = inspect_folder("tiny", tiny_causal).family
    job = make_job(tiny_causal, tmp_path / "work", selection="validation", epochs=1)
    validation = Validation(None, make_choosing(both, asked), writes=8)
    texts = {one.id: "It is told." for one in asked}
    trainer = StageTrainer(
        replace(
            job, family=family, tasks=[make_task(both, asked, targets=texts)], validation=validation
        )
    )
    packed: list[bool] = []

    def step(model: Any, *given: Any) -> Any:
        packed.append(is_packed(model))
        return write_step_by_step(model, *given)

    monkeypatch.setattr("scicot.adapters.students.asking.step_by_step.write_step_by_step", step)
    monkeypatch.setattr(module, "convert_student", lambda *_, **__: pytest.fail("converted"))
    trainer.train(Silent())
    assert packed
    assert all(packed)
    assert not is_packed(trainer.model), "it learns with the weights as they lie"


def test_a_conversion_leaves_the_garbage_collector_as_it_was(
    tiny_causal: Path, tmp_path: Path
) -> None:
    frozen = gc.get_freeze_count()
    family = inspect_folder("tiny", tiny_causal).family
    assert convert_student(tiny_causal, tmp_path / "ct2", family) is None
    assert convert_student(tiny_causal, tmp_path / "ct2", family) is not None, "it is there already"
    assert gc.get_freeze_count() == frozen
