"""`bench train`: stage 1 through our trainer, and through Seq2SeqTrainer as it is usually used."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scicot.adapters.students.codec import Codec
from scicot.adapters.students.machine import peak_memory_bytes, resolve_precision
from scicot.adapters.students.training.examples import encode_task
from scicot.adapters.students.training.job import Silent, StageJob
from scicot.adapters.students.training.trainer import StageTrainer
from scicot.bench.peers import PeerStudent
from scicot.bench.students import Bench, open_bench, peak_operations, timed
from scicot.bench.texts import make_questions, make_rationales
from scicot.pure.methods import finetune
from scicot.pure.methods.registry import make_config
from scicot.pure.methods.sci_cot import WRITES_RATIONALE
from scicot.pure.methods.tasks import Task, make_task
from scicot.pure.students.batching import Batch, plan_batches
from scicot.words.configs import TrainingConfig
from scicot.words.records import Family
from scicot.words.settings import Settings

PADDED_SHARE = 8  # padding to 512/256 is so slow that an eighth of the examples must do


def bench_train(
    settings: Settings, *, student: str, examples: int, rounds: int, tokens_per_batch: int
) -> dict[str, Any]:
    """Return examples per second of each variant, taken in turns, and our ratios.

    `share_of_peak`: the arithmetic of our steps in a second, of what a large matrix product alone
    reaches on this machine in the same precision.
    """
    questions = make_questions(examples)
    task = make_task(WRITES_RATIONALE, questions, targets=make_rationales(questions))
    rates: dict[str, list[float]] = {}
    with open_bench(student, settings) as bench:
        tokens = []
        for _ in range(rounds):
            rate, tokens_per_second = _train_ours(bench, task, tokens_per_batch)
            tokens.append(tokens_per_second)
            rates.setdefault("ours", []).append(rate)
            if bench.student.family is Family.ENCODER_DECODER:
                measured = bench.ask_peers(_train_peers, bench.student.path, task)
                measured |= _train_on_our_batches(bench, task, tokens_per_batch)
                for name, rate in measured.items():
                    rates.setdefault(name, []).append(rate)
        best = {name: max(values) for name, values in rates.items()}
        operations = _operations_per_token(bench, task, tokens_per_batch) * max(tokens)
        peak = peak_operations(resolve_precision("auto"))
        return {
            "vs_dynamic": _ratio(best, "ours", "dynamic"),
            "vs_dynamic_bf16": _ratio(best, "ours", "dynamic_bf16"),
            "vs_padded": _ratio(best, "ours", "padded"),
            "trainer_our_batches": _ratio(best, "trainer_our_batches", "dynamic"),
            "trainer_our_batches_and_loss": _ratio(best, "trainer_our_batches_and_loss", "dynamic"),
            "examples_per_second": best,
            "tokens_per_second": max(tokens),
            "share_of_peak": round(operations / peak, 3),
            "peak_gflops": round(peak / 1e9, 1),
            "examples": examples,
            "rounds": rounds,
            "tokens_per_batch": tokens_per_batch,
            "peak_memory_bytes": peak_memory_bytes(),
            **bench.describe(),
        }


def _ratio(best: Mapping[str, float], name: str, other: str) -> float | None:
    return round(best[name] / best[other], 2) if name in best and other in best else None


def _train_ours(bench: Bench, task: Task, tokens_per_batch: int) -> tuple[float, float]:
    """Return examples and tokens that are not padding, per second."""
    _trainer(bench, Task(task.examples[:8]), tokens_per_batch).train(Silent())  # warms up
    trainer = _trainer(bench, task, tokens_per_batch)
    state, seconds = timed(lambda: trainer.train(Silent()))
    return len(task.examples) / seconds, round(state.tokens / seconds, 1)


def _trainer(bench: Bench, task: Task, tokens_per_batch: int) -> StageTrainer:
    return StageTrainer(
        StageJob(
            hash="bench",
            student=bench.student.path,
            family=bench.student.family,
            tasks=[task],
            config=_settings(tokens_per_batch),
            precision=resolve_precision("auto"),
            work_folder=bench.folder / "work",
            threads=bench.threads,
        )
    )


def _operations_per_token(bench: Bench, task: Task, tokens_per_batch: int) -> float:
    """Return the multiplications and additions of a step, per token that is not padding."""
    from torch.utils.flop_counter import FlopCounterMode

    few = Task(task.examples[: max(8, len(task.examples) // 8)])
    trainer = _trainer(bench, few, tokens_per_batch)
    with FlopCounterMode(display=False) as counter:
        state = trainer.train(Silent())
    return float(counter.get_total_flops()) / state.tokens


def _train_peers(student: Path, task: Task) -> dict[str, float]:
    """Return examples per second of Seq2SeqTrainer as it is usually used."""
    few = Task(task.examples[: max(8, len(task.examples) // PADDED_SHARE)])
    peers = PeerStudent(student)
    peers.train(Task(task.examples[:8]))
    seconds = {"dynamic": peers.train(task).seconds}
    if resolve_precision("auto") == "bf16":
        seconds["dynamic_bf16"] = peers.train(task, bf16=True).seconds
    rates = {name: len(task.examples) / value for name, value in seconds.items()}
    return rates | {"padded": len(few.examples) / peers.train(few, padded=True).seconds}


def _train_on_our_batches(bench: Bench, task: Task, tokens_per_batch: int) -> dict[str, float]:
    """Return examples per second of `Trainer` with our batches, and bf16 where we use it."""
    student = PeerStudent(bench.student.path)
    student.train(Task(task.examples[:8]))
    batches = _plan(bench, task, tokens_per_batch)
    bf16 = resolve_precision("auto") == "bf16"
    names = {"trainer_our_batches": False, "trainer_our_batches_and_loss": True}
    return {
        name: len(task.examples)
        / student.train_on_batches(task, batches, own_loss=own_loss, bf16=bf16).seconds
        for name, own_loss in names.items()
    }


def _plan(bench: Bench, task: Task, tokens_per_batch: int) -> list[Batch]:
    """Return the batches that our own trainer takes."""
    codec = Codec.open(bench.student.path, bench.student.family)
    pairs = encode_task(codec, task, _settings(tokens_per_batch))
    lengths = [(len(pair.input_ids), len(pair.target_ids)) for pair in pairs]
    return plan_batches(lengths, tokens_per_batch, seed=0)


def _settings(tokens_per_batch: int) -> TrainingConfig:
    return make_config(
        method=finetune.METHOD.name,
        dataset="bench",
        epochs=1,
        tokens_per_batch=tokens_per_batch,
        checkpoint_every=1_000_000,
    )
