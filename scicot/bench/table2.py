"""`bench table2`: three methods on two sets, test included, ours and as it is usually done.

The time of everything between the texts and the answers: loading, training, converting, writing
rationales, answering, scoring the options. The same questions are asked by both.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from db.migrate import migrate
from db.session import open_session
from scicot.bench.peers import PeerStudent
from scicot.bench.stopwatch import work_seconds
from scicot.bench.students import open_bench
from scicot.bench.synthetic import ACTOR
from scicot.bench.texts import make_questions, make_rationales
from scicot.pure.methods.plan import Method, TaskSpec, Writes
from scicot.pure.methods.registry import list_in_table
from scicot.pure.methods.tasks import Task, input_text, make_task
from scicot.pure.students.texts import choice_answer
from scicot.services.questions.imports import import_questions
from scicot.services.rationales.imports import RationaleSource, import_rationales
from scicot.services.runs.runs import get_run
from scicot.services.runs.worker import run_worker
from scicot.services.training.between import TRAINING_SAMPLE, spread
from scicot.services.training.choosing import Criteria
from scicot.services.training.experiments import start_experiment
from scicot.services.training.snapshots import create_snapshot
from scicot.services.training.training import run_training
from scicot.words.configs import ExperimentConfig
from scicot.words.records import RationaleStatus, RunKind, Split, StoredQuestion
from scicot.words.settings import Settings

NEW_TOKENS = {Writes.RATIONALE: 128, Writes.ANSWER: 96, Writes.RATIONALE_THEN_ANSWER: 256}


def bench_table2(
    settings: Settings, *, student: str, train: int, test: int, epochs: float
) -> dict[str, Any]:
    """Return the seconds of both ways, our ratio, and the cost of the grid's repetition."""
    sets = {
        name: (
            make_questions(train, seed=seed, dataset=name),
            make_questions(test, seed=seed, dataset=name, split=Split.TEST),
        )
        for seed, name in enumerate(("bench-easy", "bench-challenge"))
    }
    with open_bench(student, settings) as bench:
        home = settings.model_copy(
            update={"home": bench.folder, "database_url": None, "threads": bench.threads}
        )
        migrate(home.resolved_database_url)
        with open_session(home.resolved_database_url) as session:
            for name, (questions, tests) in sets.items():
                _store(session, bench.folder, name, questions, tests)
        path = str(bench.student.path)
        as_peers = partial(_run_as_peers, bench.student.path, list(sets.values()), epochs)
        beside = bench.peers.submit(as_peers) if bench.has_room_for_both else None
        ours, first = _run_grid(home, path, "first", sets, epochs)
        again, second = _run_grid(home, path, "second", sets, epochs)
        peers, sample = beside.result() if beside else bench.ask_peers(as_peers)
        return {
            "vs_peers": round(peers / ours, 2),
            "vs_peers_who_ask_the_test_alone": round((peers - sample) / ours, 2),
            "at_once": beside is not None,
            "seconds": {"ours": ours, "peers": peers, "ours_again": again},
            "stages_trained": first,
            "stages_trained_again": second,
            "train": train,
            "test": test,
            "epochs": epochs,
            **bench.describe(),
        }


def _store(
    session: Session,
    folder: Path,
    name: str,
    train: Sequence[StoredQuestion],
    test: Sequence[StoredQuestion],
) -> None:
    """Import the questions and rationales of one set and make a snapshot of its name."""
    for split, questions in ((Split.TRAIN, train), (Split.TEST, test)):
        path = folder / f"{name}-{split}.jsonl"
        path.write_text("".join(json.dumps(_row(question)) + "\n" for question in questions))
        import_questions(session, ACTOR, str(path), dataset=name, split=split)
    texts = make_rationales(train)
    rows = [{"id": question.external_id, "rationale": texts[question.id]} for question in train]
    path = folder / f"{name}-rationales.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    import_rationales(session, ACTOR, path, dataset=name, source=RationaleSource("bench"))
    everything = Criteria(include=list(RationaleStatus))
    create_snapshot(session, ACTOR, name=name, dataset=name, criteria=everything)


def _row(question: StoredQuestion) -> dict[str, Any]:
    choices = [{"label": choice.label, "text": choice.text} for choice in question.choices]
    return {
        "id": question.external_id,
        "question": {"stem": question.stem, "choices": choices},
        "answerKey": question.answer_key,
    }


def _run_grid(
    home: Settings, student: str, name: str, sets: Mapping[str, Any], epochs: float
) -> tuple[float, int]:
    """Return the seconds of Table II's grid and how many stages it trained."""
    config = ExperimentConfig.checked(
        name=name,
        methods=[method.name for method in list_in_table("methods")],
        datasets={dataset: dataset for dataset in sets},
        student=student,
        settings={"epochs": epochs},
    )
    with open_session(home.resolved_database_url) as session:
        run_ids = start_experiment(session, home, ACTOR, config).run_ids
    started = work_seconds()
    for run_id in run_ids:
        run_worker(run_id, home, {RunKind.TRAIN: run_training})
    seconds = work_seconds() - started
    with open_session(home.resolved_database_url) as session:
        results: list[Any] = [get_run(session, run_id).result for run_id in run_ids]
    trained = sum(not stage["reused"] for result in results for stage in result["stages"].values())
    return seconds, trained


def _run_as_peers(
    folder: Path,
    sets: Sequence[tuple[Sequence[StoredQuestion], Sequence[StoredQuestion]]],
    epochs: float,
) -> tuple[float, float]:
    """Return the seconds of all, and of what is asked beside the test."""
    PeerStudent(folder)  # what a process loads once is not counted
    started, beside = work_seconds(), 0.0
    for train, test in sets:
        for method in list_in_table("methods"):
            beside += _train_as_peers(folder, method, train, test, epochs)
    return work_seconds() - started, beside


def _train_as_peers(
    folder: Path,
    method: Method,
    train: Sequence[StoredQuestion],
    test: Sequence[StoredQuestion],
    epochs: float,
) -> float:
    """Train, write and answer with Seq2SeqTrainer and generate at batch 8, and score naively.

    A run asks some training questions too, a stage that reads also with the teacher's texts;
    returns the seconds of these.
    """
    plan, rationales = method.usual, make_rationales(train)
    assert plan is not None  # Table II's methods all have a student
    read: dict[int, str] = {}
    at_test: dict[int, str] = {}
    for stage in plan.stages:
        (task,) = stage.tasks
        student = _trained(folder, make_task(task, train, targets=rationales, read=read), epochs)
        if plan.answers.rationale and plan.answers.rationale.role == stage.role:
            read, at_test = (_written_by(student, task, asked) for asked in (train, test))
    task = plan.answers.answer.task
    _ask_as_peers(student, task, test, at_test)
    started, sample = work_seconds(), spread(train, TRAINING_SAMPLE)
    _ask_as_peers(student, task, sample, read)
    if read:
        _ask_as_peers(student, task, sample, rationales)
    return work_seconds() - started


def _written_by(
    student: PeerStudent, task: TaskSpec, questions: Sequence[StoredQuestion]
) -> dict[int, str]:
    inputs = [input_text(task, question) for question in questions]
    texts = student.generate(inputs, NEW_TOKENS[task.writes]).value
    return {question.id: text for question, text in zip(questions, texts, strict=True)}


def _ask_as_peers(
    student: PeerStudent,
    task: TaskSpec,
    questions: Sequence[StoredQuestion],
    read: Mapping[int, str],
) -> None:
    inputs = [input_text(task, question, read.get(question.id, "")) for question in questions]
    student.generate(inputs, NEW_TOKENS[task.writes])
    student.score(
        inputs, [[choice_answer(choice) for choice in question.choices] for question in questions]
    )


def _trained(folder: Path, task: Task, epochs: float) -> PeerStudent:
    student = PeerStudent(folder)
    student.train(task, padded=False, epochs=epochs)
    return student
