"""Whether helpers are worth their start, and have room: by what a stage computes, not by a clock.

How many there are decides how sums are split, so that the same run must come to the same number.
"""

from __future__ import annotations

from scicot.adapters.students.helpers.led import MOST_PROCESSES, can_help
from scicot.adapters.students.training.job import StageJob
from scicot.pure.methods.tasks import count_seen
from scicot.pure.students.steps import Schedule
from scicot.words.records import Family

# Arithmetic of a stage from which on a helper is worth its start, the 8 s in which it reads its
# modules and the student: some 30 s of a core.
WORTH_A_HELPER = 6e12
# operations a weight, forwards and backwards; a token meets an encoder's or a decoder's
PER_TOKEN = {Family.CAUSAL: 6, Family.ENCODER_DECODER: 3}
BASE_BYTES = 800_000_000  # torch, transformers, a text's logits: what no batch decides
HELPER_BYTES = 500_000_000  # the same of a helper
PER_WEIGHT = 16  # a weight, its gradient and two moments, four bytes each
PER_HELPER = 4  # another gradient
LEAST_ROOM = 200_000_000  # that a hand's batch is given at least
BYTES_A_WEIGHT = 4
CHARACTERS_A_TOKEN = 4


def count_processes(family: Family, weights: int, tokens: float, threads: int) -> int:
    """Return how many processes may share a stage's batches: one a thread where that is worth it.

    `tokens` are those of all steps, inputs and targets.
    """
    if not can_help() or PER_TOKEN[family] * weights * tokens < WORTH_A_HELPER:
        return 1
    return min(threads, MOST_PROCESSES)


def bytes_a_hand(limit: int | None, weights: int, hands: int) -> float:
    """Return what of `limit` bytes each of so many processes has for a batch; None has no end."""
    if limit is None:
        return float("inf")
    taken = BASE_BYTES + HELPER_BYTES * (hands - 1)
    taken += weights * (PER_WEIGHT + PER_HELPER * (hands - 1))
    return (limit - taken) / hands


def guess_processes(job: StageJob) -> int:
    """Return about what `count_processes` will, before a library is loaded that could tell."""
    weights = sum(file.stat().st_size for file in job.student.glob("*.safetensors"))
    examples, config = job.tasks[0].examples, job.config
    characters = sum(
        len(example.input) + len(example.target) for task in job.tasks for example in task.examples
    )
    shown = Schedule(
        count_seen(examples, config), config.questions_per_step, config.epochs, config.steps
    )
    seen = shown.total_steps * shown.questions_per_step / max(1, len(examples))
    weights //= BYTES_A_WEIGHT
    worth = count_processes(
        job.family, weights, seen * characters / CHARACTERS_A_TOKEN, job.threads
    )
    fitting = (n for n in range(worth, 1, -1) if bytes_a_hand(job.memory, weights, n) >= LEAST_ROOM)
    return next(fitting, 1)
