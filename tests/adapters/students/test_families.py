"""Every family that docs/students.md names trains, converts, writes and scores."""

import json
from pathlib import Path

import pytest
import torch

from scicot.adapters.students.asking.convert import convert_student, try_conversion
from scicot.adapters.students.asking.fast import FastStudent
from scicot.adapters.students.asking.torch_student import TorchStudent
from scicot.adapters.students.folders import inspect_folder
from scicot.adapters.students.loading import load_model, save_model
from scicot.adapters.students.training.job import Silent, StageJob
from scicot.adapters.students.training.trainer import StageTrainer
from scicot.pure.methods.registry import make_config
from scicot.pure.methods.tasks import Task
from scicot.words.errors import StudentError
from tests.adapters.students.test_engine import examples
from tests.tiny_families import FAMILIES

UNKNOWN_TO_CTRANSLATE2 = {"gpt-neo", "pegasus", "blenderbot"}
INPUTS = [example.input for example in examples(5)]
OPTIONS = [[example.target, "Answer: no"] for example in examples(5)]


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_trains_converts_writes_and_scores(name: str, tmp_path: Path) -> None:
    torch.set_num_threads(1)
    folder = FAMILIES[name](tmp_path / "student")
    family = inspect_folder(name, folder).family
    config = make_config(
        method="finetune",
        dataset="demo",
        steps=4,
        questions_per_step=5,
        learning_rate=5e-3,
        warmup_fraction=0.0,
        max_input_tokens=120,
    )
    job = StageJob(
        hash="family",
        student=folder,
        family=family,
        tasks=[Task(examples(5))],
        config=config,
        precision="fp32",
        work_folder=tmp_path / "work",
        threads=1,
    )
    trainer = StageTrainer(job)
    reason = try_conversion(trainer.model, folder)
    assert (reason is not None) == (name in UNKNOWN_TO_CTRANSLATE2), reason
    state = trainer.train(Silent())
    assert state.losses[-1] < state.losses[0]
    save_model(trainer.model, folder, tmp_path / "model")
    slow = TorchStudent.open(tmp_path / "model", family, threads=1)
    written = slow.generate(INPUTS, 8, max_input_tokens=120)
    scored = slow.score(INPUTS, OPTIONS, max_input_tokens=120)
    assert [len(row) for row in scored] == [2] * 5
    converted = convert_student(
        tmp_path / "model", tmp_path / "ct2", family, model=trainer.model, examples=examples(5)
    )
    assert converted == reason
    if reason is None:
        fast = FastStudent.open(tmp_path / "ct2", threads=1)
        assert fast.generate(INPUTS, 8, max_input_tokens=120) == written
        for one, other in zip(
            fast.score(INPUTS, OPTIONS, max_input_tokens=120), scored, strict=True
        ):
            assert one == pytest.approx(other, abs=1e-3)


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"model_type": "mamba", "architectures": ["MambaForCausalLM"]}, "is a mamba, which keeps"),
        ({"model_type": "whisper", "is_encoder_decoder": True}, "reads pictures or sound"),
        ({"model_type": "gemma3", "vision_config": {}}, "reads pictures or sound"),
        ({"model_type": "mbart", "is_encoder_decoder": True}, "needs language codes"),
        ({"model_type": "bert", "architectures": ["BertForMaskedLM"]}, "is a BertForMaskedLM"),
    ],
)
def test_a_family_that_cannot_learn_here_is_refused_by_name(
    tmp_path: Path, config: dict[str, object], said: str
) -> None:
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "model.safetensors").write_bytes(b"x")
    with pytest.raises(StudentError, match=said):
        inspect_folder("mine", tmp_path)


def test_a_form_that_scores_otherwise_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = FAMILIES["llama"](tmp_path / "student")
    family = inspect_folder("llama", folder).family
    monkeypatch.setattr(FastStudent, "score", lambda *_: [[-1000.0]] * 3)
    reason = convert_student(folder, tmp_path / "ct2", family, examples=examples(5))
    assert reason is not None
    assert "nats off" in reason
    assert not (tmp_path / "ct2").exists()


def test_whatever_the_converter_raises_is_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ctranslate2.converters import TransformersConverter

    def fail(*_: object, **__: object) -> None:
        raise AttributeError("no attribute 'normalize_before'")

    monkeypatch.setattr(TransformersConverter, "_load", fail)
    folder = FAMILIES["bart"](tmp_path / "student")
    family = inspect_folder("bart", folder).family
    model = load_model(folder, family)
    assert try_conversion(model, folder) == "AttributeError: no attribute 'normalize_before'"
    assert convert_student(folder, tmp_path / "ct2", family, model=model) is not None
    assert not (tmp_path / "ct2").exists()
