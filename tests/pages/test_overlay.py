"""Runs laid over each other say over which questions each figure is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from db.models import RunRow
from db.session import write
from scicot.pure.methods.registry import make_config
from scicot.words.records import Split
from tests.builders import store_questions
from tests.pages.driver import open_page
from tests.pages.tables import read_tables
from tests.pages.tables import texts as table_texts
from tests.predictions import store_trained


def answered(session: Session, folder: Path, dataset: str, split: Split) -> int:
    questions = list(store_questions(session, folder / dataset, dataset=dataset)[split])
    config = make_config(method="finetune", dataset=dataset, evaluate_on=split.value)
    run_id = store_trained(session, questions, config)
    with write(session):
        metrics: dict[str, Any] = {"correct": 1, "questions": len(questions), "accuracy": 0.25}
        session.get_one(RunRow, run_id).result = {"metrics": metrics}
    return run_id


def test_ticked_runs_say_their_split_and_only_what_shares_it_is_offered_to_compare(
    session: Session, tmp_path: Path
) -> None:
    first = answered(session, tmp_path, "one", Split.TEST)
    second = answered(session, tmp_path, "two", Split.TEST)
    third = answered(session, tmp_path, "one", Split.TEST)

    def labels(*ticked: int) -> list[str]:
        app = open_page("train/runs", ticked=",".join(map(str, ticked)))
        app.button_group(key="runs_view").set_value("The ticked runs").run()
        assert not app.exception
        lines = table_texts(read_tables(app)["ticked_table"])
        assert {line[4] for line in lines} == {"4 test"}
        return [link.proto.label for link in app.get("page_link")]

    assert not [label for label in labels(first, second) if label.startswith("Compare ")]
    assert f"Compare {first} with {third}" in labels(first, second, third)
