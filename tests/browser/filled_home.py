"""A home in which every page has something to show, for the tests that look at all of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sqlalchemy.orm import Session

from db.migrate import migrate
from db.session import open_session
from scicot.pure.methods.registry import make_config
from scicot.pure.teacher.prompts import BUILT_IN
from scicot.services.evaluation.tags import add_tag
from scicot.services.questions.lookup import find_dataset_id
from scicot.services.rationales.checks import run_checks
from scicot.services.review.regeneration import NOTED_PROMPT
from scicot.services.runs.runs import create_run
from scicot.services.teacher.prompts import save_prompt
from scicot.services.training.snapshots import create_snapshot
from scicot.words.asking_configs import GenerationConfig
from scicot.words.records import Actor, RationaleStatus, RunKind, RunStatus, Split
from tests.builders import store_questions, store_rationale
from tests.predictions import store_trained

ADA = Actor("Ada")
SUSPICIOUS = "Sure! It is (A), since it is so."
GENERATED = 3  # runs of a teacher


def url_of(home: Path) -> str:
    return f"sqlite:///{home / 'scicot.db'}"


def fill(home: Path) -> None:
    """Fill an empty folder.

    `demo` has rationales in several states, four runs of students of which 1 and 2 differ in the
    method alone, and three of teachers; `other` has a snapshot.
    """
    migrate(url_of(home))
    with open_session(url_of(home)) as session:
        _fill_demo(session, home)
        other = store_questions(session, home / "other", dataset="other", train=2, test=2)
        for question in other[Split.TRAIN]:
            store_rationale(session, question, status=RationaleStatus.ACCEPTED)
        create_snapshot(session, ADA, name="first", dataset="other")
        noted = replace(BUILT_IN, specificity=f"{BUILT_IN.specificity}\n\nTake care: of units.")
        save_prompt(session, ADA, NOTED_PROMPT, noted, is_note=True)
        add_tag(session, ADA, "Misreads")


def _fill_demo(session: Session, home: Path) -> None:
    questions = store_questions(session, home / "demo", train=6, test=8)
    train, test = questions[Split.TRAIN], list(questions[Split.TEST])
    for question in train[:4]:
        store_rationale(session, question, "It is so.", status=RationaleStatus.ACCEPTED)
    store_rationale(session, train[4], SUSPICIOUS)
    store_rationale(session, train[5], SUSPICIOUS, status=RationaleStatus.REJECTED)
    run_checks(session, "demo")
    for method, student, asked in (
        ("sci_cot", "tiny", test),
        ("one_stage", "tiny", test[:6]),
        ("one_stage", "big", test),
        ("finetune", "tiny", test),
    ):
        config = make_config(method=method, dataset="demo", student=student, snapshot="s")
        store_trained(session, asked, config, right=range(2))
    for number in range(GENERATED):
        teacher_run = GenerationConfig(dataset="demo", teacher="starter", limit=number + 1)
        create_run(
            session,
            ADA,
            kind=RunKind.GENERATE,
            name=f"rationales {number + 1}",
            config=teacher_run.model_dump(mode="json"),
            dataset_id=find_dataset_id(session, "demo"),
            status=RunStatus.DONE,
        )
