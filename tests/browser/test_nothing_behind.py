"""What the app might do behind one's back, pressed in real Chromium: it does what it shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from db.migrate import migrate
from db.models import RunRow
from db.session import open_session, write
from scicot.pure.methods.registry import make_config
from scicot.pure.teacher.prompts import BUILT_IN
from scicot.services.runs.runs import create_run
from scicot.services.teacher.prompts import save_prompt
from scicot.services.training.snapshots import list_snapshots
from scicot.words.records import Actor, RationaleStatus, RunKind, RunStatus, Split
from tests.builders import store_questions, store_rationale
from tests.predictions import store_trained

pytestmark = pytest.mark.browser
ADA = Actor("Ada")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Accepted rationales, a note to the teacher, four runs of which two differ in method alone."""
    folder = tmp_path_factory.mktemp("home")
    url = f"sqlite:///{folder / 'scicot.db'}"
    migrate(url)
    with open_session(url) as session:
        questions = store_questions(session, folder / "files", train=4, test=8)
        for question in questions[Split.TRAIN]:
            store_rationale(session, question, "It is so.", status=RationaleStatus.ACCEPTED)
        save_prompt(session, ADA, "paper with a note", BUILT_IN, is_note=True)
        test = list(questions[Split.TEST])
        for method, student, asked in (
            ("sci_cot", "tiny", test),
            ("one_stage", "tiny", test[:6]),
            ("one_stage", "big", test),
        ):
            config = make_config(method=method, dataset="demo", student=student, snapshot="s")
            store_trained(session, asked, config, right=range(2))
    return folder


def test_a_snapshot_says_what_goes_in_is_chosen_and_is_never_made_twice(
    page: Page, address: str, home: Path
) -> None:
    page.goto(f"{address}/launch?dataset=demo")
    freeze = page.get_by_role("button", name="Freeze")
    page.get_by_role("button", name="New snapshot").click()
    expect(page.get_by_text("Freezes")).to_be_visible()
    freeze.click()
    expect(page.get_by_text("demo-1, which is chosen now")).to_be_visible()
    expect(freeze).to_have_count(0)  # the popover is closed
    page.get_by_role("button", name="New snapshot").click()
    expect(page.get_by_text("These texts are frozen already: demo-1.")).to_be_visible()
    with open_session(f"sqlite:///{home / 'scicot.db'}") as session:
        assert [snapshot.name for snapshot in list_snapshots(session, "demo")] == ["demo-1"]


def test_a_comparison_opens_on_runs_alike_in_all_but_the_method_over_the_matched(
    page: Page, address: str
) -> None:
    page.goto(f"{address}/compare?dataset=demo")
    expect(page.get_by_text("All over the 6 questions that both answered")).to_be_visible()
    expect(page.get_by_text("(of all its own 8: 25.0 %)")).to_be_visible()
    expect(page.get_by_text("These runs differ in")).to_have_count(0)
    page.goto(f"{address}/compare?dataset=demo&a=1&b=3")
    expect(page.get_by_text("These runs differ in student")).to_be_visible()


def test_attribution_notices_that_its_run_is_done(page: Page, address: str, home: Path) -> None:
    url = f"sqlite:///{home / 'scicot.db'}"
    with open_session(url) as session:
        dataset_id = session.query(RunRow.dataset_id).filter(RunRow.id == 1).scalar()
        asking = create_run(
            session,
            ADA,
            kind=RunKind.ATTRIBUTE,
            name="Attribution of run 1",
            config={"run": 1, "reference": None},
            dataset_id=dataset_id,
            status=RunStatus.QUEUED,
        )
    page.goto(f"{address}/attribution?run=1")
    headline = page.get_by_text(f"{asking} · Attribution of run 1").or_(
        page.get_by_text("Attribution of run 1")
    )
    expect(headline.first).to_be_visible()
    with open_session(url) as session, write(session):
        session.execute(update(RunRow).where(RunRow.id == asking).values(status=RunStatus.DONE))
    expect(headline).to_have_count(0)


def test_a_note_to_the_teacher_is_no_prompt_to_choose(page: Page, address: str) -> None:
    page.goto(f"{address}/generate?dataset=demo")
    expect(page.get_by_role("heading", name="Generate", level=1)).to_be_visible()
    prompt = page.get_by_role("combobox", name="Prompt").first
    expect(prompt).to_be_visible()
    expect(page.get_by_text("paper with a note")).to_have_count(0)
    prompt.click()
    expect(page.get_by_role("option").first).to_be_visible()
    expect(page.get_by_role("option", name="paper with a note")).to_have_count(0)
