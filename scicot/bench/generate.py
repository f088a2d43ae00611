"""`bench generate`: rationales as a run writes them, and as transformers does, batch 8."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scicot.adapters.students.asking.convert import convert_student
from scicot.adapters.students.asking.fast import FastStudent
from scicot.adapters.students.asking.torch_student import TorchStudent
from scicot.adapters.students.loading import save_model
from scicot.adapters.students.machine import choose_device, has_gpu
from scicot.bench.peers import PeerStudent, Timed
from scicot.bench.students import Bench, open_bench, timed
from scicot.bench.texts import make_questions, make_rationales
from scicot.pure.methods.sci_cot import WRITES_RATIONALE
from scicot.pure.methods.tasks import make_task
from scicot.pure.students.texts import question_text
from scicot.words.errors import StudentError
from scicot.words.records import Family
from scicot.words.settings import Settings

PROCESSOR_WAYS = {"fp32": "torch", "ctranslate2_fp32": "float32", "int8": "int8"}
GPU_WAYS = {
    "fp32": "torch",
    "ctranslate2_fp32": "float32",
    "ctranslate2_fp16": "float16",
    "ctranslate2_bf16": "bfloat16",
    "ctranslate2_int8": "int8",
}


def bench_generate(
    settings: Settings, *, student: str, questions: int, new_tokens: int, training: int
) -> dict[str, Any]:
    """Return texts per second of each way, our ratios, and the share of texts that agree.

    `fp32` are our own steps, which runs use where they are as quick (`quick_threads`); what
    CTranslate2 can do, which they use elsewhere, is measured as well. The student is trained for a
    moment first: the words of a random one hang on rounding.
    """
    inputs = [question_text(question) for question in make_questions(questions, seed=1)]
    with open_bench(student, settings) as bench:
        prepare_student(bench, training)
        peers = bench.ask_peers(
            _ask_peers, bench.folder / "model", bench.student.family, inputs, new_tokens
        )
        rates = {"generate": questions / peers.seconds}
        agreements: dict[str, float] = {}
        reasons: dict[str, str] = {}  # why a way is not there
        exact: list[str] = []
        ways = GPU_WAYS if has_gpu() else PROCESSOR_WAYS
        for name, kind in ways.items():
            try:
                texts, seconds = _generate(bench, inputs, new_tokens, kind)
            except (RuntimeError, ValueError, StudentError) as error:  # a GPU without its needs
                reasons[name] = str(error).strip().partition("\n")[0]
                continue
            exact = exact or texts
            rates[name], agreements[name] = questions / seconds, agreement(texts, exact)
        ratios = {
            f"{name}_vs_generate": round(rate / rates["generate"], 2)
            for name, rate in rates.items()
            if name != "generate"
        }
        return {
            **ratios,
            "identical_text": agreement(exact, peers.value),
            "agreement_with_fp32": agreements,
            "not_there": reasons,
            "texts_per_second": rates,
            "questions": questions,
            "new_tokens": new_tokens,
            **bench.describe(),
        }


def prepare_student(bench: Bench, training: int) -> None:
    """Train the student on a few made-up rationales and convert it, under the bench's folder."""
    student = PeerStudent(bench.student.path, bench.student.family)
    if training:
        questions = make_questions(training, seed=2)
        task = make_task(WRITES_RATIONALE, questions, targets=make_rationales(questions))
        student.train(task, padded=False, learning_rate=1e-3)
    save_model(student.model, bench.student.path, bench.folder / "model")
    convert_student(bench.folder / "model", bench.folder / "ct2", bench.student.family)


def agreement(texts: Sequence[str], others: Sequence[str]) -> float:
    """Return the share of texts that are equal, between 0 and 1."""
    return sum(text == other for text, other in zip(texts, others, strict=True)) / len(texts)


def _ask_peers(folder: Path, family: Family, inputs: Sequence[str], new_tokens: int) -> Timed:
    student = PeerStudent(folder, family)
    student.generate(inputs[:2], 4)
    return student.generate(inputs, new_tokens)


def _generate(
    bench: Bench, inputs: Sequence[str], new_tokens: int, kind: str
) -> tuple[list[str], float]:
    student: FastStudent | TorchStudent
    if kind == "torch":
        student = TorchStudent.open(
            bench.folder / "model", bench.student.family, threads=bench.threads
        )
    else:
        student = FastStudent.open(
            bench.folder / "ct2", compute_type=kind, threads=bench.threads, device=choose_device()
        )
    student.generate(inputs[:2], 4)
    return timed(lambda: student.generate(inputs, new_tokens))
