"""`bench worth`: help and leak of rationales, by our scoring and with a pass for each option."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from scicot.adapters.check_files import labelled_texts
from scicot.adapters.sources.question_files import STARTER_FOLDER
from scicot.adapters.students.asking.torch_student import TorchStudent
from scicot.bench.peers import PeerStudent, Timed
from scicot.bench.students import SHAPE, largest_difference, open_bench, timed
from scicot.bench.texts import make_questions, make_rationales
from scicot.pure.students.texts import (
    TextForm,
    question_with_rationale,
    rationale_text,
    scored_options,
)
from scicot.words.records import Choice, Family, Question, Split
from scicot.words.settings import Settings

FORM = TextForm("text", shows_options=False)  # in which an untrained student is asked
WARM_UP = 4


def bench_worth(settings: Settings, *, student: str, rationales: int) -> dict[str, Any]:
    """Return rationales per second of each way, our ratio, and the largest difference (nats).

    A rationale has four inputs: its question, both, the rationale, and nothing. The minutes for
    1,000 are our processor seconds spread over the threads; `wall_minutes_for_1000` passed here,
    beside whatever else the machine did.
    """
    asked, texts = _choose_texts(student, rationales)
    inputs = [question_with_rationale(question, None, FORM) for question in asked]
    inputs += [
        question_with_rationale(question, text, FORM)
        for question, text in zip(asked, texts, strict=True)
    ]
    inputs += [rationale_text(text) for text in texts] + [rationale_text("")] * rationales
    scored = [scored_options(question, FORM) for question in asked]
    given, options = scored[0][0], [texts for _, texts in scored] * 4
    with open_bench(student, settings) as bench:
        folder, family = bench.student.path, bench.student.family
        peers = bench.ask_peers(_ask_peers, folder, family, inputs, options, given)
        opened = TorchStudent.open(folder, family, threads=bench.threads)

        def score(first: int | None = None) -> list[list[float]]:
            before = [given] * len(inputs[:first])
            return opened.score(inputs[:first], options[:first], given=before, has_end=False)

        score(WARM_UP)
        began = time.perf_counter()
        ours, seconds = timed(score)
        wall = time.perf_counter() - began
        described = bench.describe()
        threads = bench.threads if described["seconds_of"] == "processor" else 1
    return {
        "vs_naive": round(peers.seconds / seconds, 2),
        "largest_difference": largest_difference(ours, peers.value),
        "rationales_per_second": {
            "naive": rationales / peers.seconds,
            "ours": rationales / seconds,
        },
        "minutes_for_1000": round(1000 / rationales * seconds / 60 / threads, 2),
        "wall_minutes_for_1000": round(1000 / rationales * wall / 60, 2),
        "rationales": rationales,
        **described,
    }


def _choose_texts(student: str, count: int) -> tuple[Sequence[Question], list[str]]:
    """Return questions and a rationale for each.

    For a student that has learned a language they are the starter's questions and what the starter
    teacher wrote for others: made-up words would fall into many more tokens.
    """
    if student == SHAPE:
        made = make_questions(count, seed=1)
        return made, list(make_rationales(made).values())
    return (
        list(islice(cycle(_read_starter()), count)),
        [labelled.text for labelled in islice(cycle(labelled_texts()), count)],
    )


def _read_starter() -> list[Question]:
    """Return the questions that come with Sci-CoT."""
    lines = [
        json.loads(line)
        for path in sorted(STARTER_FOLDER.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return [
        Question(
            external_id=line["id"],
            stem=line["question"]["stem"],
            choices=tuple(
                Choice(choice["label"], choice["text"]) for choice in line["question"]["choices"]
            ),
            answer_key=line["answerKey"],
            dataset="starter",
            split=Split.TRAIN,
        )
        for line in lines
    ]


def _ask_peers(
    folder: Path,
    family: Family,
    inputs: Sequence[str],
    options: Sequence[Sequence[str]],
    given: str | None,
) -> Timed:
    student = PeerStudent(folder, family)
    student.score(inputs[:WARM_UP], options[:WARM_UP], given=given, has_end=False)
    return student.score(inputs, options, given=given, has_end=False)
