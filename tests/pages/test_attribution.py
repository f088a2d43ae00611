from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from db.models import RunStageRow, StageRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.pure.methods.registry import make_config
from scicot.services.evaluation.attribution import OTHERS
from scicot.services.predictions.store import list_outcomes, store_predictions
from scicot.services.runs.runs import list_runs
from scicot.words.records import Outcome, RationaleStatus, RunKind, Split, StoredQuestion, Variant
from tests.builders import store_questions, store_rationale
from tests.cli.runner import run_command, run_json
from tests.pages.driver import open_page
from tests.pages.tables import read_tables
from tests.pages.tables import texts as table_lines
from tests.pages.test_compare import press, texts
from tests.predictions import make_prediction, store_trained


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> list[StoredQuestion]:
    return list(store_questions(session, tmp_path / "files", test=4)[Split.TEST])


@pytest.fixture
def run_id(session: Session, questions: list[StoredQuestion]) -> int:
    config = make_config(method="sci_cot", dataset="demo", snapshot="s")
    stored = store_trained(session, questions, config)
    with write(session):
        stage = StageRow(
            hash="a",
            name="answer",
            folder="stages/a",
            config={},
            result={},
            seconds=1.0,
            created_at=utc_now(),
        )
        session.add(stage)
        session.flush()
        session.add(RunStageRow(run_id=stored, stage_id=stage.id, role="answer", reused=False))
    return stored


def test_each_error_is_read_under_its_fault_with_the_definition_beside_it(
    session: Session, questions: list[StoredQuestion], run_id: int
) -> None:
    bare = [
        make_prediction(one, is_right=place == 1, variant=Variant.NO_RATIONALE, rationale=None)
        for place, one in enumerate(questions)
    ]
    reference = [
        make_prediction(one, is_right=place == 2, variant=Variant.TEACHER_RATIONALE)
        for place, one in enumerate(questions)
    ]
    store_predictions(session, run_id, [*bare, *reference])
    app = open_page("evaluate/attribution", run=str(run_id))
    assert not app.exception
    labels = [one.label for one in app.button]
    wanted = ("0 · Unparsable", "1 · Right without a rationale", "1 · Right with the reference")
    assert set(wanted) <= set(labels)
    press(app, "1 · Right with the reference")
    assert "It is not shown that the reference mends more than another text" in texts(app)
    assert questions[2].stem in texts(app)
    assert app.query_params["fault"] == "rationale"


def read_faults(app: AppTest) -> str:
    """Return all that the page calls the errors: on the buttons, in the table and in the bar."""
    labels = [one.label for one in app.button]
    lines = [cell for line in table_lines(read_tables(app)["faults"]) for cell in line]
    (bar,) = (one for one in app.get("vega_lite_chart") if "order" in one.proto.spec)
    return " ".join([*labels, *lines, bar.proto.spec])


@pytest.mark.parametrize("others_are_right", [True, False])
def test_an_error_is_a_fault_only_where_the_control_tells_blame(
    session: Session, tmp_path: Path, others_are_right: bool
) -> None:
    asked = list(store_questions(session, tmp_path / "more", dataset="more", test=60)[Split.TEST])
    config = make_config(method="sci_cot", dataset="more", snapshot="s")
    run = store_trained(session, asked, config, right=range(20))
    for variant in (Variant.NO_RATIONALE, Variant.TEACHER_RATIONALE, *OTHERS):
        is_right = variant is Variant.TEACHER_RATIONALE or (others_are_right and variant in OTHERS)
        answers = [make_prediction(one, is_right=is_right, variant=variant) for one in asked]
        store_predictions(session, run, answers)
    app = open_page("evaluate/attribution", run=str(run))
    assert not app.exception
    said = read_faults(app)
    blame, seen = ("The rationale's fault", "Right with the reference")
    assert (blame in said, seen in said) == (not others_are_right, others_are_right)
    assert ("The answering's fault" in said) is not others_are_right
    assert (blame in run_command("faults", run).stdout) is not others_are_right
    assert run_json("faults", run)["tells_blame"] is not others_are_right


def test_without_references_the_page_says_what_cannot_be_told(run_id: int) -> None:
    app = open_page("evaluate/attribution", run=str(run_id))
    assert "Without reference rationales" in app.warning[0].value


def test_asking_again_queues_a_run(
    session: Session,
    questions: list[StoredQuestion],
    run_id: int,
) -> None:
    store_rationale(session, questions[1], "The teacher explains.", status=RationaleStatus.ACCEPTED)
    app = open_page("evaluate/attribution", run=str(run_id))
    assert "of a teacher: 1; of a person: 0" in texts(app)
    app.checkbox(key="only_referenced").check().run()
    press(app, "Ask the answering stage again")
    assert not app.exception
    assert f"Attribution of run {run_id}" in " ".join(one.value for one in app.text)
    session.commit()
    (queued,) = list_runs(session, kinds=[RunKind.ATTRIBUTE])
    wanted = {"run": run_id, "reference": "teacher", "only_referenced": True}
    assert queued.config == wanted


def test_the_control_is_shown_for_the_run_and_what_follows_from_it(
    session: Session, questions: list[StoredQuestion], run_id: int
) -> None:
    asked = [
        make_prediction(one, is_right=variant is Variant.TEACHER_RATIONALE, variant=variant)
        for one in questions
        for variant in (Variant.TEACHER_RATIONALE, *OTHERS)
    ]
    store_predictions(session, run_id, asked)
    app = open_page("evaluate/attribution", run=str(run_id))
    (line,) = table_lines(read_tables(app)["control"])
    answers = list_outcomes(session, run_id).values()
    wrong = sum(outcome is not Outcome.CORRECT for outcome in answers)
    assert line[:5] == ["the reference", str(run_id), str(wrong), "100\xa0%", "0\xa0%"]
    # so few errors, all mended alike, blame nobody
    assert "It is not shown that the reference mends more than another text" in texts(app)


def test_answers_that_come_in_are_shown_though_the_page_keeps_what_it_read(
    session: Session, questions: list[StoredQuestion], run_id: int
) -> None:
    app = open_page("evaluate/attribution", run=str(run_id))
    bare = [
        make_prediction(one, is_right=True, variant=Variant.NO_RATIONALE, rationale=None)
        for one in questions
    ]
    store_predictions(session, run_id, bare)
    app.run()
    asked = {line[0]: line[-1] for line in table_lines(read_tables(app)["variants"])}
    assert asked["no rationale"] == f"{len(questions)} of {len(questions)}"
    assert asked["the reference rationale"] == "–"


def test_a_table_sets_what_rationales_argue_for_against_the_answers(
    session: Session, questions: list[StoredQuestion], run_id: int
) -> None:
    told = [
        make_prediction(one, is_right=False, rationale=f"So it is the {one.key_text}.")
        for one in questions[:2]
    ]
    store_predictions(session, run_id, told, replace=True)
    app = open_page("evaluate/attribution", run=str(run_id))
    tables = read_tables(app)
    key, other, unknown = table_lines(tables["followed"])
    assert key == ["the key", "2", "0", "2", "0", "0"]
    assert other[1] == "0"
    assert unknown[:4] == ["cannot be told", "2", "–", "–"]
    assert "argues for in 0\xa0% of 2 questions" in texts(app)
    # the keys stand in four places
    assert table_lines(tables["variants"])[0][4] == "25.0\xa0%"
