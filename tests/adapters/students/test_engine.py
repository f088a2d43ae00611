"""The engine's number stands for the weights it gives: losses and weights of two tiny students.

Fails when a change makes the same job give other weights. If that is meant, raise ENGINE in
scicot/adapters/students/training/identity.py and run
`python -m tests.adapters.students.test_engine`.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
import torch

from scicot.adapters.students.folders import inspect_folder
from scicot.adapters.students.training.identity import ENGINE, engine_version
from scicot.adapters.students.training.job import Silent, StageJob
from scicot.adapters.students.training.trainer import StageTrainer
from scicot.pure.methods.registry import make_config
from scicot.pure.methods.tasks import Task
from scicot.words.records import Example
from tests.tiny_students import build_tiny_causal, build_tiny_t5

GOLDEN = Path(__file__).parents[2] / "golden" / "engine.json"
BUILDERS = {"encoder-decoder": build_tiny_t5, "causal": build_tiny_causal}
CLOSE = 1e-4  # processors round differently; over these steps by less than a tenth of it


def examples(count: int = 21) -> tuple[Example, ...]:
    """Return questions of unlike lengths whose answer's letter decides."""
    made = []
    for number in range(count):
        stem = " ".join(f"fact {number * place % 7}" for place in range(3 + number % 5 * 4))
        text = f"Question: {stem}?\nOptions: (A) moon (B) river (C) iron"
        target = (
            f"Answer: The answer is ({'ABC'[number % 3]}) {['moon', 'river', 'iron'][number % 3]}"
        )
        made.append(Example(number, text, target, (23, 24)))
    return tuple(made)


def train(kind: str, folder: Path) -> dict[str, list[float]]:
    """Return each step's losses, and some weights' norms after the last."""
    student = BUILDERS[kind](folder / "student")
    config = make_config(
        method="finetune",
        dataset="golden",
        epochs=3,
        questions_per_step=8,
        tokens_per_batch=300,
        learning_rate=2e-3,
        deciding_weight=2.0,
    )
    trainer = StageTrainer(
        StageJob(
            hash="golden",
            student=student,
            family=inspect_folder("tiny", student).family,
            tasks=[Task(examples())],
            config=config,
            precision="fp32",
            work_folder=folder / "work",
            threads=1,
        )
    )
    state = trainer.train(Silent())
    norms = [value.norm().item() for value in list(trainer.parameters.values())[::5]]
    return {"losses": state.losses, "deciding": state.deciding_losses, "norms": norms}


@pytest.mark.parametrize("kind", BUILDERS)
def test_the_engine_gives_the_weights_its_number_stands_for(kind: str, tmp_path: Path) -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert golden["engine"] == ENGINE, "write the golden file of the new number (see above)"
    before = torch.get_num_threads()
    try:
        found = train(kind, tmp_path)
    finally:
        torch.set_num_threads(before)
    for name, values in golden[kind].items():
        assert found[name] == pytest.approx(values, abs=CLOSE), f"{name}: {__doc__}"


def test_stages_are_shared_under_the_number() -> None:
    assert engine_version() == str(ENGINE)


def write_golden() -> None:
    """Write the golden file of the engine as it is."""
    content: dict[str, Any] = {"engine": ENGINE}
    for kind in BUILDERS:
        with tempfile.TemporaryDirectory() as folder:
            content[kind] = train(kind, Path(folder))
    GOLDEN.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_golden()
