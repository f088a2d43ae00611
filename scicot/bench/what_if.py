"""How long an edit on the What if page waits for its answer, with the paper's student's shape."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median

from scicot.adapters.students.asking.convert import convert_student
from scicot.adapters.students.asking.fast import FastStudent
from scicot.adapters.students.folders import inspect_folder
from scicot.bench.paper_shape import build_paper_shape
from scicot.bench.texts import VOCABULARY, make_questions
from scicot.pure.students.texts import choice_answer, question_with_rationale
from scicot.words.settings import Settings

ROUNDS = 12
ANSWER_TOKENS = 20  # random weights never stop; of ARC's test 9 answers in 10 have at most 19


def time_what_if(settings: Settings) -> float:
    """Return the median milliseconds to write an answer and score the options, after loading."""
    with tempfile.TemporaryDirectory() as folder:
        student = build_paper_shape(Path(folder) / "student", VOCABULARY)
        family = inspect_folder("bench", student).family
        convert_student(student, Path(folder) / "ct2", family)
        return _time(FastStudent.open(Path(folder) / "ct2", threads=settings.threads, at_once=2))


def _time(student: FastStudent) -> float:
    times = []
    for question in make_questions(ROUNDS):
        text = question_with_rationale(question, " ".join(VOCABULARY[20:80]))
        began = time.perf_counter()
        student.answer(text, [choice_answer(choice) for choice in question.choices], ANSWER_TOKENS)
        times.append((time.perf_counter() - began) * 1000)
    return round(median(times[2:]), 1)  # the first two also warm the caches
