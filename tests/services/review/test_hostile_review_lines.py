"""`review import` takes what `review export` wrote and nothing else."""

from __future__ import annotations

import copy
import json
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import RationaleRow, RevisionRow
from scicot.services.review.file_imports import import_reviews
from scicot.services.review.files import export_reviews
from scicot.services.review.items import load_item
from scicot.services.review.verdicts import decide
from scicot.services.system.invariants import find_violations
from scicot.words.errors import InvalidInput
from scicot.words.records import Actor, Split, Verdict
from scicot.words.settings import Settings
from tests.builders import store_questions, store_rationale

ADA = Actor("Ada")

HOSTILE: dict[str, dict[str, Any]] = {
    "no revisions": {"revisions": []},
    "revisions as text": {"revisions": "none"},
    "a number as id": {"id": 5},
    "an empty id": {"id": ""},
    "an unknown field": {"rowid": 1},
    "sample as text": {"sample": "0"},
    "a negative sample": {"sample": -1},
    "a huge sample": {"sample": 2**63},
    "a boolean sample": {"sample": True},
    "an unknown origin": {"origin": "oracle"},
    "an unknown status": {"status": "blessed"},
    "a long source": {"source": "s" * 201},
    "no time zone": {"created_at": "2026-01-01T00:00:00"},
    "no time": {"created_at": "yesterday"},
    "a null status": {"status": None},
    "reviews as an object": {"reviews": {}},
    "a null review": {"reviews": [None]},
    "revision 2 first": {"revisions.0.number": 2},
    "revision 0": {"revisions.0.number": 0},
    "an empty text": {"revisions.0.text": "  "},
    "a null text": {"revisions.0.text": None},
    "a text as a list": {"revisions.0.text": ["a"]},
    "too long a text": {"revisions.0.text": "x" * 20_001},
    "an unknown cause": {"revisions.0.cause": "magic"},
    "no author": {"revisions.0.author": ""},
    "a long operation": {"revisions.0.operation_id": "o" * 65},
    "a review of revision 9": {"reviews.0.revision": 9},
    "a review of before": {"reviews.0.revision_before": -1},
    "an unknown verdict": {"reviews.0.verdict": "maybe"},
    "half undone": {"reviews.0.undo_operation_id": "u"},
}


@pytest.fixture
def line(session: Session, tmp_path: Path) -> dict[str, Any]:
    """A line of a rationale that was rejected, of another database."""
    questions = store_questions(session, tmp_path / "data")[Split.TRAIN]
    rationale_id = store_rationale(session, questions[0], "A text to judge.")
    revision = load_item(session, ADA, rationale_id).rationale.revision_id
    decide(session, ADA, rationale_id, revision, Verdict.REJECT, operation_id="first")
    export_reviews(session, ADA, tmp_path / "out.jsonl")
    exported: dict[str, Any] = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))
    return exported | {"source": "elsewhere"}


def changed(line: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    line = copy.deepcopy(line)
    for path, value in changes.items():
        place: Any = line
        *way, last = path.split(".")
        for step in way:
            place = place[int(step)] if step.isdigit() else place[step]
        place[last] = value
    return line


def write_lines(path: Path, *lines: dict[str, Any]) -> Path:
    path.write_text("".join(f"{json.dumps(one)}\n" for one in lines), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_line_is_refused_by_row_and_nothing_is_written(
    session: Session, line: dict[str, Any], tmp_path: Path, name: str
) -> None:
    good = fresh(line, 0)
    path = write_lines(tmp_path / "in.jsonl", good, changed(fresh(line, 1), HOSTILE[name]))
    with pytest.raises(InvalidInput, match=r"in\.jsonl, row 2: "):
        import_reviews(session, ADA, path)
    assert session.scalar(select(func.count()).select_from(RationaleRow)) == 1
    assert find_violations(session) == []


def fresh(line: dict[str, Any], number: int) -> dict[str, Any]:
    """The line as of another rationale, with operations of its own."""
    return changed(
        line,
        {
            "sample": number,
            "revisions.0.operation_id": f"r{number}",
            "reviews.0.operation_id": f"v{number}",
        },
    )


@pytest.mark.parametrize("twice", ["sample", "revisions.0.operation_id", "reviews.0.operation_id"])
def test_what_stands_twice_in_a_file_is_refused(
    session: Session, line: dict[str, Any], tmp_path: Path, twice: str
) -> None:
    first, second = fresh(line, 0), fresh(line, 1)
    place = {"sample": 0, "revisions.0.operation_id": "r0", "reviews.0.operation_id": "v0"}
    path = write_lines(tmp_path / "in.jsonl", first, changed(second, {twice: place[twice]}))
    with pytest.raises(InvalidInput, match="row 2"):
        import_reviews(session, ADA, path)


def test_an_operation_carried_out_here_on_another_text_is_conflicting(
    session: Session, line: dict[str, Any], tmp_path: Path
) -> None:
    path = write_lines(tmp_path / "in.jsonl", line)  # its operations are this database's own
    assert import_reviews(session, ADA, path).conflicting == 1
    assert find_violations(session) == []


@pytest.mark.sqlite
def test_a_large_import_leaves_the_desk_its_turn(
    session: Session, settings: Settings, line: dict[str, Any], tmp_path: Path
) -> None:
    path = write_lines(tmp_path / "in.jsonl", *(fresh(line, number) for number in range(600)))
    waits: list[float] = []
    over = threading.Event()

    def work_at_the_desk() -> None:
        desk = sqlite3.connect(settings.home_folder / "scicot.db", timeout=30, isolation_level=None)
        while not over.is_set():
            began = time.monotonic()
            desk.execute("BEGIN IMMEDIATE")
            waits.append(time.monotonic() - began)
            desk.execute("ROLLBACK")
            over.wait(0.02)
        desk.close()

    reviewer = threading.Thread(target=work_at_the_desk)
    reviewer.start()
    began = time.monotonic()
    assert import_reviews(session, ADA, path).added == 600
    took = time.monotonic() - began
    over.set()
    reviewer.join()
    assert max(waits) < max(0.5, took / 3), (max(waits), took)
    assert session.scalar(select(func.count()).select_from(RevisionRow)) == 601
