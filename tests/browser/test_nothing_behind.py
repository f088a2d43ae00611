"""What the app might do behind one's back, pressed in real Chromium: it does what it shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Error, Locator, Page, expect
from sqlalchemy import update

from db.models import RunRow
from db.session import open_session, write
from scicot.services.questions.lookup import find_dataset_id
from scicot.services.review.regeneration import NOTED_PROMPT
from scicot.services.runs.runs import create_run
from scicot.services.training.snapshots import list_snapshots
from scicot.words.records import RunKind, RunStatus
from tests.browser.app_server import wait_until_quiet
from tests.browser.filled_home import ADA, GENERATED, url_of

pytestmark = pytest.mark.browser


def test_a_note_to_the_teacher_is_no_prompt_to_choose(page: Page, filled_address: str) -> None:
    page.goto(f"{filled_address}/generate?dataset=demo")
    prompt = page.get_by_role("combobox", name="Prompt").first
    expect(prompt).to_be_visible()
    expect(page.get_by_text(NOTED_PROMPT)).to_have_count(0)
    prompt.click()
    expect(page.get_by_role("option").first).to_be_visible()
    expect(page.get_by_role("option", name=NOTED_PROMPT)).to_have_count(0)


def test_a_snapshot_says_what_goes_in_is_chosen_and_is_never_made_twice(
    page: Page, filled_address: str, filled_home: Path
) -> None:
    page.goto(f"{filled_address}/launch?dataset=demo")
    freeze = page.get_by_role("button", name="Freeze")
    page.get_by_role("button", name="New snapshot").click()
    expect(page.get_by_text("Freezes")).to_be_visible()
    freeze.click()
    expect(page.get_by_text("demo-1, which is chosen now")).to_be_visible()
    expect(freeze).to_have_count(0)  # the popover is closed
    page.get_by_role("button", name="New snapshot").click()
    expect(page.get_by_text("These texts are frozen already: demo-1.")).to_be_visible()
    with open_session(url_of(filled_home)) as session:
        assert [snapshot.name for snapshot in list_snapshots(session, "demo")] == ["demo-1"]


def choose(page: Page, box: Locator, name: str) -> None:
    """Choose what ends in a name; a redraw closes the list, as scrolling does: then once more."""
    for seconds in (10, 10, 30):
        wait_until_quiet(page)
        box.click()  # scrolls there, and is done with it before the list opens
        box.fill(name)
        try:
            page.get_by_role("option", name=re.compile(f"{name}$")).click(timeout=seconds * 1000)
        except Error:
            if seconds == 30:
                raise
        else:
            return


def test_five_choices_of_a_run_hold_and_what_is_cancelled_is_named(
    page: Page, filled_address: str, filled_home: Path
) -> None:
    page.goto(f"{filled_address}/generate?dataset=demo")
    box = page.get_by_role("combobox", name="Run", exact=True)
    for number in (1, 3, 2, 1, GENERATED):
        choose(page, box, f"rationales {number}")
        expect(page.get_by_text(re.compile(rf"Run \d+: rationales {number}$"))).to_be_visible()
    with open_session(url_of(filled_home)) as session:
        queued = create_run(
            session,
            ADA,
            kind=RunKind.WORTH,
            name="the one that waits",
            config={},
            dataset_id=find_dataset_id(session, "demo"),
        )
    page.goto(f"{filled_address}/runs?dataset=demo&run={queued}")
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.get_by_text("It has not begun: nothing is lost.")).to_be_visible()
    page.get_by_role("button", name=f"Cancel run {queued}").click()
    expect(page.get_by_text("Cancelled by")).to_be_visible()
    with open_session(url_of(filled_home)) as session:
        cancelled = session.query(RunRow.id).filter(RunRow.status == RunStatus.CANCELLED)
        assert [row.id for row in cancelled] == [queued]


def test_a_row_opens_its_run_and_ticks_lay_runs_over_each_other(
    page: Page, filled_address: str
) -> None:
    page.goto(f"{filled_address}/runs?dataset=demo")
    for run_id in (2, 4, 1, 3, 2):
        page.get_by_role("button", name=re.compile(f"^{run_id} · ")).click()
        expect(page.get_by_text(f"Run {run_id}:")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Run 2:")).to_be_visible()
    for run_id in (3, 1):
        page.get_by_role("checkbox", name=f"Tick {run_id}").check()
        expect(page).to_have_url(re.compile(f"ticked=.*{run_id}"))
    overlaid = page.get_by_role("region", name="The ticked runs")
    expect(overlaid.get_by_role("rowheader")).to_have_text([re.compile("^3 "), re.compile("^1 ")])
    page.get_by_role("button", name=re.compile("^4 · ")).click()
    expect(page.get_by_text("Run 4:")).to_be_visible()


def test_what_launch_offers_follows_each_choice(page: Page, filled_address: str) -> None:
    page.goto(f"{filled_address}/launch?dataset=other")
    for title in ("Fine-tune", "Sci-CoT", "One-stage", "Step-by-step", "Sci-CoT"):
        page.get_by_test_id("stMain").get_by_role("radio", name=title, exact=True).click()
        expect(page.get_by_role("button", name=re.compile(f"Start {title}$"))).to_be_visible()


def test_a_comparison_opens_on_runs_alike_in_all_but_the_method_over_the_matched(
    page: Page, filled_address: str
) -> None:
    page.goto(f"{filled_address}/compare?dataset=demo&a=1&b=2")
    expect(page.get_by_text("All over the 6 questions that both answered")).to_be_visible()
    expect(page.get_by_text("(of all its own 8: 25.0 %)")).to_be_visible()
    expect(page.get_by_text("These runs differ in")).to_have_count(0)
    page.goto(f"{filled_address}/compare?dataset=demo&a=1&b=3")
    expect(page.get_by_text("These runs differ in student")).to_be_visible()


def test_name_dataset_and_what_was_filled_in_outlive_a_switch_and_a_reload(
    page: Page, filled_address: str
) -> None:
    page.goto(f"{filled_address}/launch")
    name = page.get_by_role("textbox", name="Your name")
    name.fill("Grace")
    name.press("Enter")
    page.get_by_role("combobox", name="Dataset").click()
    page.get_by_role("option", name="other").click()
    expect(page.get_by_role("combobox", name="Dataset")).to_have_value("other")
    share = page.get_by_role("combobox", name="Share of the training questions")
    share.click()
    page.get_by_role("option", name="25\u00a0%", exact=True).click()
    sidebar = page.get_by_test_id("stSidebarNav")
    sidebar.get_by_role("link", name="Clean").click()
    expect(page.get_by_role("heading", name="Clean", level=1)).to_be_visible()
    expect(page.get_by_role("combobox", name="Dataset")).to_have_value("other")
    sidebar.get_by_role("link", name="Launch").click()
    expect(page.get_by_role("heading", name="Launch", level=1)).to_be_visible()
    expect(share).to_have_value("25\u00a0%")
    page.reload()
    expect(name).to_have_value("Grace")
    expect(page.get_by_role("combobox", name="Dataset")).to_have_value("other")


def test_a_broken_link_says_that_another_run_is_shown(page: Page, filled_address: str) -> None:
    page.goto(f"{filled_address}/runs?dataset=demo&run=999")
    expect(page.get_by_text("The link names run 999, which is not here")).to_be_visible()


def test_attribution_notices_that_its_run_is_done(
    page: Page, filled_address: str, filled_home: Path
) -> None:
    with open_session(url_of(filled_home)) as session:
        asking = create_run(
            session,
            ADA,
            kind=RunKind.ATTRIBUTE,
            name="Attribution of run 1",
            config={"run": 1, "reference": None},
            dataset_id=find_dataset_id(session, "demo"),
            status=RunStatus.QUEUED,
        )
    page.goto(f"{filled_address}/attribution?dataset=demo&run=1")
    headline = page.get_by_text(f"Run {asking}: Attribution of run 1")
    expect(headline).to_be_visible()
    with open_session(url_of(filled_home)) as session, write(session):
        session.execute(update(RunRow).where(RunRow.id == asking).values(status=RunStatus.DONE))
    expect(headline).to_have_count(0)
