"""What the tests of Launch and of Runs share: texts to train on, runs that wait, parts of pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from scicot.pure.methods.registry import make_config
from scicot.words.records import RationaleStatus, Split
from tests.builders import store_questions, store_rationale, store_training
from tests.pages.tables import read_tables
from tests.pages.tables import texts as table_texts


def prepare(session: Session, folder: Path, *, approved: bool) -> None:
    questions = store_questions(session, folder)
    status = RationaleStatus.ACCEPTED if approved else RationaleStatus.UNREVIEWED
    for question in questions[Split.TRAIN]:
        store_rationale(session, question, status=status)


def button(page: AppTest, label: str) -> Any:
    return next(one for one in page.button if one.label == label)


def store_run(session: Session, **fields: object) -> int:
    values = {"method": "sci_cot", "dataset": "demo", "student": "starter", "snapshot": "first"}
    return store_training(session, make_config(**values | fields))


def table_of_changes(page: AppTest) -> list[tuple[str, ...]]:
    tables = [table for key, table in read_tables(page).items() if key.startswith("changes_")]
    return [tuple(row) for table in tables for row in table_texts(table)]
