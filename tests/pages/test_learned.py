"""A finished run says whether it learned to choose, and what its second stage was given."""

from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from db.models import MetricRow, RunRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.pure.methods.registry import make_config
from scicot.words.records import Split
from tests.builders import store_questions
from tests.pages.driver import open_page
from tests.pages.tables import read_tables
from tests.pages.tables import texts as table_texts
from tests.predictions import store_trained

TEXTS: dict[str, Any] = {
    "questions": 64,
    "compared": 64,
    "overlap": 0.9,
    "flagged": 2,
    "checks": {},
    "correct": 60,
}
RESULT: dict[str, Any] = {
    "metrics": {
        "accuracy": 0.25,
        "correct": 1,
        "questions": 4,
        "same_place": 0.5,
        "most_answered_place": 2,
        "most_answered_share": 1.0,
    },
    "training_sample": {"accuracy": 0.3, "option_accuracy": None, "questions": 64},
    "stages": {"answer": {"deciding_loss": 1.4, "rest_loss": 0.01}},
    "between_stages": {
        "learned_from": "training",
        "kinds": {"training": TEXTS, "validation": TEXTS | {"overlap": 0.4, "correct": 20}},
    },
}


def store(session: Session, folder: Path) -> int:
    questions = store_questions(session, folder / "files", dataset="arc-easy", test=4)
    config = make_config(
        method="sci_cot", dataset="arc-easy", snapshot="s", evaluate_on="test", student="tiny"
    )
    run_id = store_trained(session, list(questions[Split.TEST]), config)
    with write(session):
        session.get_one(RunRow, run_id).result = RESULT
        for name in ("loss", "loss_deciding", "loss_rest"):
            session.add(
                MetricRow(run_id=run_id, stage="answer", name=name, step=1, value=1.0, at=utc_now())
            )
    return run_id


def test_the_run_page_says_what_was_learned_and_what_stage_2_was_given(
    session: Session, tmp_path: Path
) -> None:
    app = open_page("train/runs", run=str(store(session, tmp_path)))
    assert not app.exception
    warnings = [warning.value.replace("\\", "") for warning in app.warning]
    assert any(
        "answers place 2 on 100\u00a0%: it has not learned to choose" in one for one in warnings
    )
    assert any("What stage 2 learned from parts" in one for one in warnings)
    said = " ".join(caption.value for caption in app.caption).replace("\\", "")
    assert "Always the same place would give 50.0\u00a0%" in said
    assert "64 questions that it was trained on" in said
    assert "deciding words ended at 1.400 nats" in said
    (chart,) = [one for one in app.get("vega_lite_chart") if "deciding" in str(one.proto)]
    assert chart is not None
    heads = [head["text"] for table in read_tables(app).values() for head in table["heads"]]
    assert "Stage 2 learned from these" in heads
    assert "Most raised" in heads


def test_results_shows_what_stage_2_was_given_beside_its_table(
    session: Session, tmp_path: Path
) -> None:
    run_id = store(session, tmp_path)
    app = open_page("evaluate/results")
    assert not app.exception
    assert any(f"Run {run_id}" in one.value and "parts" in one.value for one in app.warning)
    lines = table_texts(read_tables(app)["between"])
    # what stage 2 makes of them, which an older run compares with nothing, and the words shared
    assert [line[7:10] for line in lines] == [
        ["94\u00a0%", "–", "0.90"],
        ["31\u00a0%", "–", "0.40"],
    ]
    # runs of other sets and students stand in the same table
    assert {tuple(line[1:3]) for line in lines} == {("arc-easy", "tiny")}
    assert "What stage 2 is given: 1 run" in [one.label for one in app.expander]
