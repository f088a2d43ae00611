"""The browser is closed and the app killed while a student trains: the run does not notice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from db.migrate import migrate
from db.session import open_session
from scicot.services.runs.runs import get_run, list_runs
from scicot.services.runs.steering import request_cancel
from scicot.words.records import Actor, RunKind, RunStatus
from scicot.words.runs import RunView
from scicot.words.settings import Settings
from tests.browser.app_server import app_process, chromium_page
from tests.browser.test_whole_line import fill, wait_for
from tests.services.training_line import prepare
from tests.tiny_students import build_tiny_t5

pytestmark = pytest.mark.browser
ADA = Actor("Ada")
STEPS = "200000"  # more than a tiny student takes until the app is back, however busy the machine
PATIENCE_SECONDS = 240.0


def look(settings: Settings, run_id: int) -> RunView:
    with open_session(settings.resolved_database_url) as session:
        return get_run(session, run_id)


def badge(page: Page, status: str) -> Locator:
    """Return the opened run's status, which has an icon before it."""
    return page.locator(".stMarkdownBadge").filter(has_text=status).first


@pytest.fixture(autouse=True)
def nothing_is_left(settings: Settings) -> Iterator[None]:
    """Wait for what comes late on a busy machine, and leave no worker behind, also of a failure."""
    expect.set_options(timeout=120_000)
    yield
    expect.set_options(timeout=5_000)
    with open_session(settings.resolved_database_url) as session:
        for run in list_runs(session):
            if not run.status.is_finished and run.status is not RunStatus.LOST:
                request_cancel(session, ADA, run.id)


def start_from_launch(page: Page, address: str, student: Path) -> None:
    page.goto(f"{address}/launch")
    page.get_by_role("combobox", name=re.compile(r"\bStudent$")).click()
    page.get_by_role("option", name="a model folder on this machine").click()
    fill(page, "Folder or hub id", str(student))
    page.get_by_text("More settings").click()
    fill(page, "Steps, in place of epochs", STEPS)
    fill(page, "Tokens a rationale at most", "16")
    page.get_by_role("button", name=re.compile("Start 3 runs")).click()
    expect(page.get_by_text("Queued as run")).to_be_visible()


def the_one_that_trains(settings: Settings) -> int:
    """Return the run that has told of steps; those that wait behind it are taken back."""
    trains: list[int] = []

    def has_begun() -> bool:
        with open_session(settings.resolved_database_url) as session:
            runs = list_runs(session, kinds=[RunKind.TRAIN])
            ended = [run for run in runs if run.status in (RunStatus.FAILED, RunStatus.LOST)]
            assert not ended, ended[0].error
            trains[:] = [run.id for run in runs if run.progress_done > 0]
            if trains:
                for run in runs:
                    if run.status is RunStatus.QUEUED:
                        request_cancel(session, ADA, run.id)
        return bool(trains)

    wait_for(has_begun, "steps of a run", PATIENCE_SECONDS)
    return trains[0]


def test_a_run_goes_on_though_the_browser_is_closed_and_the_app_killed_and_is_cancelled_later(
    tmp_path: Path, settings: Settings
) -> None:
    migrate(settings.resolved_database_url)
    with open_session(settings.resolved_database_url) as session:
        prepare(session, tmp_path / "data", train=40, validation=2)
    student = build_tiny_t5(tmp_path / "tiny-t5")
    log, home = tmp_path / "app.log", settings.home_folder
    with app_process(home, log) as (address, app):
        with chromium_page() as page:
            start_from_launch(page, address, student)
            run_id = the_one_that_trains(settings)
        app.kill()
        app.wait()
        seen = look(settings, run_id).progress_done
        wait_for(
            lambda: look(settings, run_id).progress_done > seen, "more steps", PATIENCE_SECONDS
        )
        assert look(settings, run_id).status is RunStatus.RUNNING
    with app_process(home, log) as (address, _), chromium_page() as page:
        page.goto(f"{address}/runs?run={run_id}")
        expect(badge(page, "running")).to_be_visible()
        page.get_by_role("button", name="Cancel", exact=True).click()
        page.get_by_role("button", name=f"Cancel run {run_id}").click()
        expect(badge(page, "cancelled")).to_be_visible()
        assert look(settings, run_id).status is RunStatus.CANCELLED
