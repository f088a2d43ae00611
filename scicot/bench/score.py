"""`bench score`: option log-likelihoods with the input read once, and once an option."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scicot.adapters.students.asking.fast import FastStudent
from scicot.adapters.students.asking.torch_student import TorchStudent
from scicot.bench.generate import prepare_student
from scicot.bench.peers import PeerStudent, Timed
from scicot.bench.students import largest_difference, open_bench, timed
from scicot.bench.texts import make_questions
from scicot.pure.students.texts import choice_answer, question_text
from scicot.words.records import Family
from scicot.words.settings import Settings


def bench_score(settings: Settings, *, student: str, questions: int) -> dict[str, Any]:
    """Return questions per second of each way, our ratio, and the largest difference."""
    asked = make_questions(questions, seed=1)
    inputs = [question_text(question) for question in asked]
    options = [[choice_answer(choice) for choice in question.choices] for question in asked]
    with open_bench(student, settings) as bench:
        prepare_student(bench, training=0)
        peers = bench.ask_peers(
            _ask_peers, bench.folder / "model", bench.student.family, inputs, options
        )
        once = TorchStudent.open(
            bench.folder / "model", bench.student.family, threads=bench.threads
        )
        once.score(inputs[:4], options[:4])
        ours, seconds = timed(lambda: once.score(inputs, options))
        fast = FastStudent.open(bench.folder / "ct2", threads=bench.threads)
        fast.score(inputs[:4], options[:4])
        _, fast_seconds = timed(lambda: fast.score(inputs, options))
        return {
            "vs_naive": round(peers.seconds / seconds, 2),
            "largest_difference": largest_difference(ours, peers.value),
            "questions_per_second": {
                "naive": questions / peers.seconds,
                "once": questions / seconds,
                "ctranslate2": questions / fast_seconds,
            },
            "questions": questions,
            **bench.describe(),
        }


def _ask_peers(
    folder: Path, family: Family, inputs: Sequence[str], options: Sequence[Sequence[str]]
) -> Timed:
    student = PeerStudent(folder, family)
    student.score(inputs[:4], options[:4])
    return student.score(inputs, options)
