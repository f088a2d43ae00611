"""`bench generate`: rationales through CTranslate2 and through transformers' generate, batch 8."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scicot.adapters.students.convert import convert_student
from scicot.adapters.students.fast import FastStudent
from scicot.adapters.students.loading import save_model
from scicot.bench.peers import PeerStudent, Timed
from scicot.bench.students import Bench, open_bench, timed
from scicot.bench.texts import make_questions, make_rationales
from scicot.pure.methods.sci_cot import WRITES_RATIONALE
from scicot.pure.methods.tasks import make_task
from scicot.pure.students.texts import question_text
from scicot.words.settings import Settings


def bench_generate(
    settings: Settings, *, student: str, questions: int, new_tokens: int, training: int
) -> dict[str, Any]:
    """Return texts per second of each way, our ratios, and how many texts agree.

    The student is trained for a moment first: the words of a random one hang on rounding.
    """
    inputs = [question_text(question) for question in make_questions(questions, seed=1)]
    with open_bench(student, settings) as bench:
        prepare_student(bench, training)
        peers = bench.ask_peers(_ask_peers, bench.folder / "model", inputs, new_tokens)
        exact, exact_seconds = _generate(bench, inputs, new_tokens, "float32")
        fast, fast_seconds = _generate(bench, inputs, new_tokens, "int8")
        return {
            "fp32_vs_generate": round(peers.seconds / exact_seconds, 2),
            "int8_vs_generate": round(peers.seconds / fast_seconds, 2),
            "identical_text": agreement(exact, peers.value),
            "int8_agreement": agreement(fast, exact),
            "texts_per_second": {
                "generate": questions / peers.seconds,
                "fp32": questions / exact_seconds,
                "int8": questions / fast_seconds,
            },
            "questions": questions,
            "new_tokens": new_tokens,
            **bench.describe(),
        }


def prepare_student(bench: Bench, training: int) -> None:
    """Train the student on a few made-up rationales and convert it, under the bench's folder."""
    student = PeerStudent(bench.student.path)
    if training:
        questions = make_questions(training, seed=2)
        task = make_task(WRITES_RATIONALE, questions, targets=make_rationales(questions))
        student.train(task, padded=False, learning_rate=1e-3)
    save_model(student.model, bench.student.path, bench.folder / "model")
    convert_student(bench.folder / "model", bench.folder / "ct2", bench.student.family)


def agreement(texts: Sequence[str], others: Sequence[str]) -> float:
    """Return the share of texts that are equal, between 0 and 1."""
    return sum(text == other for text, other in zip(texts, others, strict=True)) / len(texts)


def _ask_peers(folder: Path, inputs: Sequence[str], new_tokens: int) -> Timed:
    student = PeerStudent(folder)
    student.generate(inputs[:2], 4)
    return student.generate(inputs, new_tokens)


def _generate(
    bench: Bench, inputs: Sequence[str], new_tokens: int, compute_type: str
) -> tuple[list[str], float]:
    student = FastStudent.open(
        bench.folder / "ct2", compute_type=compute_type, threads=bench.threads
    )
    student.generate(inputs[:2], 4)
    return timed(lambda: student.generate(inputs, new_tokens))
