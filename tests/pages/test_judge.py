"""The judge's tab: a rubric's next version, a run from a button, agreement beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from scicot.services.judge.judging import run_judge
from scicot.services.judge.rubrics import list_rubrics
from scicot.services.review.items import load_item
from scicot.services.review.verdicts import decide
from scicot.services.runs.runs import list_runs
from scicot.services.runs.worker import run_worker
from scicot.words.records import Actor, RunKind, RunStatus, Split, Verdict
from scicot.words.settings import get_settings
from tests.builders import store_questions, store_rationale
from tests.fake_teacher import FakeTeacher, serve
from tests.pages.driver import open_page
from tests.pages.tables import read_tables, texts

ADA = Actor("Ada")


@pytest.fixture
def teacher() -> Iterator[FakeTeacher]:
    with serve(FakeTeacher()) as served:
        yield served


def choose_server(app: AppTest, address: str) -> None:
    app.selectbox(key="teacher").set_value("url").run()
    app.text_input(key="teacher_address").set_value(address).run()
    app.text_input(key="teacher_url_model").set_value("fake").run()


def test_a_rubric_is_written_judged_by_and_set_against_people(
    session: Session, tmp_path: Path, teacher: FakeTeacher
) -> None:
    teacher.answer = lambda prompt: json.dumps({"right": "fail" if "wrong" in prompt else "pass"})
    questions = store_questions(session, tmp_path / "data", train=3, validation=0, test=0)
    for question, text in zip(
        questions[Split.TRAIN], ("A wrong one.", "Good.", "Bad."), strict=True
    ):
        rationale_id = store_rationale(session, question, text)
        item = load_item(session, ADA, rationale_id)
        verdict = Verdict.ACCEPT if text == "Good." else Verdict.REJECT
        decide(session, ADA, rationale_id, item.rationale.revision_id, verdict, operation_id=text)
    app = open_page("prepare/clean", dataset="demo", tab="Judge")
    assert not app.exception
    (lines,) = [one for one in app.text_area if "One criterion a line" in one.label]
    lines.set_value("right It is true.").run()
    save = next(one for one in app.button if one.label == "Save as the next version")
    app = save.click().run()
    assert any("has no colon" in one.value for one in app.error)
    next(one for one in app.text_area if one.key == lines.key).set_value("right: It is true.").run()
    app = next(one for one in app.button if one.label == "Save as the next version").click().run()
    assert [rubric.id for rubric in list_rubrics(session)] == [2, 1]
    choose_server(app, teacher.url)
    offer = next(one.value for one in app.markdown if one.value.startswith("**Asks** 3 times."))
    assert "**Costs** an unknown amount" in offer
    app = app.button(key="judge_start").click().run()
    session.rollback()
    (run,) = list_runs(session, kinds=[RunKind.JUDGE])
    assert run.config["rubric"] == 2
    assert f"Run {run.id}: {run.name}" in [one.value for one in app.text]
    run_worker(run.id, get_settings(), {RunKind.JUDGE: run_judge})
    app = open_page("prepare/clean", dataset="demo", tab="Judge")
    assert f"Run {run.id}: {run.name}" not in [one.value for one in app.text]
    assert app.text_input(key="teacher_address").value == teacher.url  # asked last
    assert app.button(key="judge_start").disabled  # nothing is left to pay for
    said = [one.value for one in app.markdown]
    assert "**Asks** nothing: all 3 answers are there already." in said
    assert not any("**Costs**" in one for one in said)
    ((row),) = texts(read_tables(app)["judges"])
    assert row[:5] == ["2", "fake", "3", "1", "3"]
    shares = [cell.split(" [")[0] for cell in row[5:8]]
    assert shares == ["100\u00a0%", "50\u00a0%", "50\u00a0%"]
    assert any("Also what a judge passes" in one.label for one in app.selectbox)


def test_a_judge_whose_replies_cannot_be_read_says_so_on_its_tab(
    session: Session, tmp_path: Path, teacher: FakeTeacher
) -> None:
    teacher.answer = lambda _prompt: "I cannot judge."
    questions = store_questions(session, tmp_path / "data", train=1, validation=0, test=0)
    store_rationale(session, questions[Split.TRAIN][0], "A text.")
    app = open_page("prepare/clean", dataset="demo", tab="Judge")
    choose_server(app, teacher.url)
    app = app.button(key="judge_start").click().run()
    session.rollback()
    (run,) = list_runs(session, kinds=[RunKind.JUDGE])
    run_worker(run.id, get_settings(), {RunKind.JUDGE: run_judge})
    app = open_page("prepare/clean", dataset="demo", tab="Judge")
    assert f"Run {run.id}: {run.name}" in [one.value for one in app.text]
    assert any("verdict" in one.value for one in app.error)


def test_a_measurement_of_worth_is_followed_on_its_tab(session: Session, tmp_path: Path) -> None:
    questions = store_questions(session, tmp_path / "data", train=1, validation=0, test=0)
    store_rationale(session, questions[Split.TRAIN][0], "A text.")
    app = open_page("prepare/clean", dataset="demo", tab="Worth")
    app = app.button(key="worth_start").click().run()
    session.rollback()
    (run,) = list_runs(session, kinds=[RunKind.WORTH])
    assert f"Run {run.id}: {run.name}" in [one.value for one in app.text]
    app = app.button(key=f"cancel_now_{run.id}").click().run()
    assert not app.exception
    session.rollback()
    assert list_runs(session, kinds=[RunKind.WORTH])[0].status is RunStatus.CANCELLED
