"""`bench train`: stage 1 through our trainer, and through Seq2SeqTrainer as it is usually used."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scicot.adapters.students.machine import peak_memory_bytes, resolve_precision
from scicot.adapters.students.peers import PeerStudent
from scicot.adapters.students.trainer import StageJob, StageTrainer
from scicot.bench.students import Bench, open_bench, timed
from scicot.bench.texts import make_questions, make_rationales
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
    rates: dict[str, list[float]] = {"ours": [], "dynamic": [], "padded": []}
    with open_bench(student, settings) as bench:
        is_seq2seq = bench.student.family is Family.ENCODER_DECODER
        tokens_per_second = 0.0
        for _ in range(rounds):
            rate, tokens_per_second = _train_ours(bench, task, tokens_per_batch)
            rates["ours"].append(rate)
            if is_seq2seq:
                rates["dynamic"].append(_train_peers(bench, task, padded=False))
                rates["padded"].append(_train_peers(bench, few, padded=True))
        best = {name: max(values) for name, values in rates.items() if values}
        return {
            "vs_dynamic": _ratio(best, "dynamic"),
            "vs_padded": _ratio(best, "padded"),
            "examples_per_cpu_second": best,
            "tokens_per_second": tokens_per_second,
            "examples": examples,
            "rounds": rounds,
            "tokens_per_batch": tokens_per_batch,
            "peak_memory_bytes": peak_memory_bytes(),
            **bench.describe(),
        }


def _ratio(best: dict[str, float], name: str) -> float | None:
    return round(best["ours"] / best[name], 2) if name in best else None


def _train_ours(bench: Bench, task: Task, tokens_per_batch: int) -> tuple[float, float]:
    job = StageJob(
        hash="bench",
        student=bench.student.path,
        family=bench.student.family,
        tasks=[Task(task.examples[:8])],
        config=TrainingConfig.checked(
            method=Method.FINETUNE,
            dataset="bench",
            epochs=1,
            tokens_per_batch=tokens_per_batch,
            checkpoint_every=1_000_000,
        ),
        precision=resolve_precision("auto"),
        work_folder=bench.folder / "work",
        threads=bench.threads,
    )
    StageTrainer(job).train(SilentWatcher())  # the first batches of a process are slower
    trainer = StageTrainer(replace(job, tasks=[task]))
    state, seconds = timed(lambda: trainer.train(SilentWatcher()))
    return len(task.examples) / seconds, round(state.tokens / state.seconds, 1)


def _train_peers(bench: Bench, task: Task, *, padded: bool) -> float:
    student = PeerStudent(bench.student.path)
    student.train(Task(task.examples[:8]), padded=padded)
    return len(task.examples) / student.train(task, padded=padded).cpu_seconds
