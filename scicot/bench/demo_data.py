"""`make demo-data`: makes the demonstration again, by real runs, and packs it for shipping.

The questions are the starter set, with validation and test changing places: 18 questions to look
at are more than 6. The decisions are those that were made on the teacher's texts by reading them;
one whose text has come out differently is left undecided, and said. About half an hour on two
cores; what is there already from an interrupted attempt is taken up again.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from db.copies import copy_database
from db.migrate import upgrade_file
from db.models import (
    AttemptRow,
    CompletionRow,
    DatasetRow,
    DraftRow,
    ExperimentRow,
    ImportRow,
    LeaseRow,
    PreferenceRow,
    QuestionRow,
    RationaleRow,
    ReviewRow,
    RevisionRow,
    RunRow,
    RunStageRow,
    SnapshotRow,
    StageRow,
)
from db.session import make_engine
from db.sqlite_file import sqlite_path
from scicot.adapters.demo_file import DEMO_FOLDER, pack_demo
from scicot.adapters.sources.question_files import STARTER_FOLDER
from scicot.services.questions.imports import import_questions
from scicot.services.questions.lookup import list_datasets
from scicot.services.rationales.checks import run_checks
from scicot.services.review.verdicts import decide
from scicot.services.training.snapshots import create_snapshot
from scicot.services.workspace import Workspace, open_workspace
from scicot.words.asking_configs import GenerationConfig
from scicot.words.configs import STARTER_STUDENT, STARTER_TEACHER, ExperimentConfig
from scicot.words.errors import StudentError
from scicot.words.records import Actor, RunKind, RunStatus, Split, Verdict
from scicot.words.runs import RunView

DATASET = "demo"
SNAPSHOT = "demo: approved"
EXPERIMENT = "demo: three methods"
FILES = {
    Split.TRAIN: "Starter-Train.jsonl",
    Split.VALIDATION: "Starter-Test.jsonl",
    Split.TEST: "Starter-Dev.jsonl",
}
REVIEWER = Actor("Ada")
EMPTIED = (RunStageRow, StageRow, ImportRow, PreferenceRow, DraftRow, LeaseRow)
DECISIONS = DEMO_FOLDER / "decisions.jsonl"
# Few steps, so that two slow cores need minutes; the form in which the starter student learns best.
SETTINGS: dict[str, Any] = {
    "answer_form": "text",
    "show_options": True,
    "learning_rate": 1e-4,
    "steps": 8,
    "questions_per_step": 3,
    "max_rationale_tokens": 64,
}


def make_demo(workspace: Workspace) -> Iterator[str]:
    """Do everything that is not done yet, and yield what was done, a sentence each."""
    if DATASET not in list_datasets(workspace):
        for split, name in FILES.items():
            location = str(STARTER_FOLDER / name)
            import_questions(workspace, REVIEWER, location, dataset=DATASET, split=split)
        yield "Questions imported."
    if not _runs(workspace, RunKind.GENERATE):
        asked = GenerationConfig(
            dataset=DATASET, teacher=STARTER_TEACHER, max_tokens=128, concurrency=4
        )
        workspace.start(REVIEWER, asked)
    _finish(workspace, RunKind.GENERATE)
    yield "Rationales written."
    if workspace.scalar(select(ReviewRow.id)) is None:
        run_checks(workspace, DATASET)
        yield from _decide_all(workspace)
    if workspace.scalar(select(SnapshotRow.id)) is None:
        create_snapshot(workspace, REVIEWER, name=SNAPSHOT, dataset=DATASET)
    if workspace.scalar(select(ExperimentRow.id)) is None:
        grid = ExperimentConfig(
            name=EXPERIMENT,
            methods=("finetune", "one_stage", "sci_cot"),
            datasets={DATASET: SNAPSHOT},
            student=STARTER_STUDENT,
            settings=SETTINGS,
        )
        workspace.start_experiment(REVIEWER, grid)
    _finish(workspace, RunKind.TRAIN)
    yield "Three students trained."


def _runs(workspace: Workspace, kind: RunKind) -> list[int]:
    return list(workspace.scalars(select(RunRow.id).where(RunRow.kind == kind).order_by(RunRow.id)))


def _finish(workspace: Workspace, kind: RunKind) -> None:
    for run_id in _runs(workspace, kind):
        run = workspace.wait(run_id, on_change=_say)
        if run.status is not RunStatus.DONE:
            raise StudentError(f"Run {run.id} is {run.status}: {run.error}. See its log.")


def _say(run: RunView) -> None:
    print(f"{run.id} {run.status} {run.progress_done}/{run.progress_total} {run.message}")


def text_digest(text: str) -> str:
    """Return what tells one text of a rationale from another."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _decide_all(workspace: Workspace) -> Iterator[str]:
    """Put the decisions of the file on the rationales whose text they were made on."""
    for line in DECISIONS.read_text(encoding="utf-8").splitlines():
        decision = json.loads(line)
        rationale, revision = workspace.execute(
            select(RationaleRow.id, RevisionRow)
            .join(QuestionRow, QuestionRow.id == RationaleRow.question_id)
            .join(RevisionRow, RevisionRow.id == RationaleRow.revision_id)
            .where(QuestionRow.external_id == decision["id"])
        ).one()
        if text_digest(revision.text) != decision["of"]:
            yield f"The text of {decision['id']} has changed: it stays undecided."
            continue
        decide(
            workspace,
            REVIEWER,
            rationale,
            revision.id,
            Verdict(decision["verdict"]),
            text=decision.get("text"),
            reason=decision.get("reason"),
            operation_id=f"demo-{decision['id']}",
        )


def pack(database: Path) -> int:
    """Write a finished workspace's database as the file that ships; return its bytes."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "demo.db"
        copy_database(database, copy)
        upgrade_file(copy)
        engine = make_engine(f"sqlite:///{copy}")
        try:
            with Session(engine) as session:
                _leave_out(session)
                session.commit()
        finally:
            engine.dispose()
        with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("VACUUM")
        return pack_demo(copy)


def _leave_out(session: Session) -> None:
    """Take out what stays behind anyway, and what is this machine's own."""
    others = select(DatasetRow.id).where(DatasetRow.name != DATASET)
    assert session.scalar(others) is None, "the demonstration is made in a home of its own"
    session.execute(update(RationaleRow).values(import_id=None))
    for table in EMPTIED:
        session.execute(delete(table))
    session.execute(
        update(RunRow).values(host=None, pid=None, pid_started=None, worker=None, launched_at=None)
    )
    session.execute(update(CompletionRow).values(worker=None))
    for completion in session.scalars(select(CompletionRow)):
        completion.raw_body = _without_folder(completion.raw_body)
    session.execute(update(AttemptRow).values(detail=None))


def _without_folder(raw_body: str | None) -> str | None:
    """Return a server's answer as it came, but for the folder of its model's file."""
    if raw_body is None:
        return None
    answer = json.loads(raw_body)
    answer["model"] = Path(answer["model"]).name
    return json.dumps(answer)


def main() -> None:
    """Make the demonstration in SCICOT_HOME and pack it."""
    with open_workspace() as workspace:
        for done in make_demo(workspace):
            print(done)
        database = sqlite_path(workspace.settings.resolved_database_url)
    assert database is not None, "the demonstration is made in a SQLite file"
    print(f"{pack(database):,} bytes packed.")


if __name__ == "__main__":
    main()
