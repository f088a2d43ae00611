"""`bench train`: stage 1 through our trainer, and through Seq2SeqTrainer as it is usually used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from scicot.adapters.students.codec import Codec
from scicot.adapters.students.examples import encode_task
from scicot.adapters.students.machine import peak_memory_bytes, resolve_precision
from scicot.adapters.students.peers import PeerStudent
from scicot.adapters.students.trainer import StageJob, StageTrainer
from scicot.bench.students import Bench, open_bench, timed
from scicot.bench.texts import make_questions, make_rationales
from scicot.pure.batching import Batch, plan_epochs
from scicot.pure.methods import Task, rationale_tasks
from scicot.words.configs import TrainingConfig
from scicot.words.records import Family, Method
from scicot.words.settings import Settings

PADDED_SHARE = 8  # padding to 512/256 is so slow that an eighth of the examples must do


class SilentWatcher:
    """Lets a training run and says nothing."""

    def step(self, step: int, total: int, loss: float, tokens_per_second: float) -> None:
        """Do nothing."""

    def validated(self, step: int, loss: float) -> None:
        """Do nothing."""

    def say(self, message: str) -> None:
        """Do nothing."""


def bench_train(
    settings: Settings, *, student: str, examples: int, rounds: int, tokens_per_batch: int
) -> dict[str, Any]:
    """Return examples per processor second of each variant, taken in turns, and our ratios."""
    questions = make_questions(examples)
    task = rationale_tasks(questions, make_rationales(questions))[0]
    few = Task(task.examples[: max(8, examples // PADDED_SHARE)])
    rates: dict[str, list[float]] = {}
    with open_bench(student, settings) as bench:
        tokens_per_second = 0.0
        for _ in range(rounds):
            rate, tokens_per_second = _train_ours(bench, task, tokens_per_batch)
            rates.setdefault("ours", []).append(rate)
            if bench.student.family is Family.ENCODER_DECODER:
                for name, rate in _train_peers(bench, task, few, tokens_per_batch).items():
                    rates.setdefault(name, []).append(rate)
        best = {name: max(values) for name, values in rates.items()}
        return {
            "vs_dynamic": _ratio(best, "ours", "dynamic"),
            "vs_padded": _ratio(best, "ours", "padded"),
            "trainer_our_batches": _ratio(best, "trainer_our_batches", "dynamic"),
            "trainer_our_batches_and_loss": _ratio(best, "trainer_our_batches_and_loss", "dynamic"),
            "examples_per_cpu_second": best,
            "tokens_per_second": tokens_per_second,
            "examples": examples,
            "rounds": rounds,
            "tokens_per_batch": tokens_per_batch,
            "peak_memory_bytes": peak_memory_bytes(),
            **bench.describe(),
        }


def _ratio(best: Mapping[str, float], name: str, other: str) -> float | None:
    return round(best[name] / best[other], 2) if name in best and other in best else None


def _train_ours(bench: Bench, task: Task, tokens_per_batch: int) -> tuple[float, float]:
    job = StageJob(
        hash="bench",
        student=bench.student.path,
        family=bench.student.family,
        tasks=[Task(task.examples[:8])],
        config=_settings(tokens_per_batch),
        precision=resolve_precision("auto"),
        work_folder=bench.folder / "work",
        threads=bench.threads,
    )
    StageTrainer(job).train(SilentWatcher())  # the first batches of a process are slower
    trainer = StageTrainer(replace(job, tasks=[task]))
    state, seconds = timed(lambda: trainer.train(SilentWatcher()))
    return len(task.examples) / seconds, round(state.tokens / state.seconds, 1)


def _train_peers(bench: Bench, task: Task, few: Task, tokens_per_batch: int) -> dict[str, float]:
    """Return examples per processor second of each way that goes through transformers' Trainer.

    `trainer_our_batches` has our batches, and bf16 where the processor has it.
    """
    student = PeerStudent(bench.student.path)
    student.train(Task(task.examples[:8]))
    batches = _plan(bench, task, tokens_per_batch)
    bf16 = resolve_precision("auto") == "bf16"
    seconds = {
        "dynamic": student.train(task).cpu_seconds,
        "trainer_our_batches": student.train_on_batches(
            task, batches, own_loss=False, bf16=bf16
        ).cpu_seconds,
        "trainer_our_batches_and_loss": student.train_on_batches(
            task, batches, own_loss=True, bf16=bf16
        ).cpu_seconds,
    }
    rates = {name: len(task.examples) / value for name, value in seconds.items()}
    return rates | {"padded": len(few.examples) / student.train(few, padded=True).cpu_seconds}


def _plan(bench: Bench, task: Task, tokens_per_batch: int) -> list[Batch]:
    """Return the batches that our own trainer takes."""
    codec = Codec.open(bench.student.path, bench.student.family)
    pairs = encode_task(codec, task, _settings(tokens_per_batch))
    lengths = [(len(pair.input_ids), len(pair.target_ids)) for pair in pairs]
    return plan_epochs(lengths, tokens_per_batch, seed=0, epochs=1)[0]


def _settings(tokens_per_batch: int) -> TrainingConfig:
    return TrainingConfig.checked(
        method=Method.FINETUNE,
        dataset="bench",
        epochs=1,
        tokens_per_batch=tokens_per_batch,
        checkpoint_every=1_000_000,
    )
