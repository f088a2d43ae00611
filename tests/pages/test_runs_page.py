from sqlalchemy import update
from sqlalchemy.orm import Session

from db.models import RunRow
from db.session import write
from scicot.adapters.artifacts import log_path
from scicot.services.runs.runs import create_run, list_runs
from scicot.services.workspace import open_workspace
from scicot.words.records import Actor, RunKind, RunStatus
from scicot.words.settings import Settings
from tests.pages.driver import open_page
from tests.pages.training import button, store_run, table_of_changes


def test_the_runs_page_says_what_differs_from_another_run(session: Session) -> None:
    store_run(session)
    run_id = store_run(session, epochs=7)
    page = open_page("train/runs", run=str(run_id))
    assert not page.exception
    assert table_of_changes(page) == [("epochs", "2.0", "7.0")]


def test_runs_page_shows_a_run_and_cancels_it(session: Session) -> None:
    run_id = create_run(session, Actor("Ada"), kind=RunKind.TRAIN, name="a run", config={})
    other = create_run(session, Actor("Ada"), kind=RunKind.TRAIN, name="another", config={})
    page = open_page("train/runs", run=str(other))
    assert not page.exception
    assert f"Run {other}: another" in [one.value for one in page.text]
    button(page, f"Cancel run {other}").click().run()
    with open_workspace() as fresh:
        by_id = {run.id: run.status for run in list_runs(fresh)}
    assert by_id[other] is RunStatus.CANCELLED
    assert by_id[run_id] is RunStatus.QUEUED


def test_a_failed_run_shows_the_cause_that_its_log_names(
    session: Session, settings: Settings
) -> None:
    run_id = store_run(session)
    with write(session):
        values = {"status": RunStatus.FAILED, "error": "Unexpected ValueError (error 12ab)."}
        session.execute(update(RunRow).where(RunRow.id == run_id).values(**values))
    path = log_path(settings, run_id)
    path.parent.mkdir(parents=True)
    path.write_text("Starting\nTraceback (most recent call last):\nValueError: no such shape\n")
    page = open_page("train/runs", run=str(run_id))
    assert not page.exception
    assert page.error[0].value == "Unexpected ValueError (error 12ab)."
    assert page.code[0].value == "ValueError: no such shape"


def test_the_choice_of_a_run_holds_however_often_it_is_made(session: Session) -> None:
    ids = [store_run(session, seed=seed) for seed in range(4)]
    page = open_page("train/runs")
    for run_id in [*ids, ids[0]]:
        page.query_params["run"] = str(run_id)  # as a press of its row does
        page.run()
        assert f"Cancel run {run_id}" in [one.label for one in page.button]
