"""Rows and boxes pressed five times in real Chromium: what was chosen is what is shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from db.migrate import migrate
from db.session import open_session
from scicot.pure.methods.registry import make_config
from scicot.services.training.snapshots import create_snapshot
from scicot.words.records import Actor, RationaleStatus, Split
from tests.builders import store_questions, store_rationale
from tests.predictions import store_trained

pytestmark = pytest.mark.browser
RUNS = 4


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    url = f"sqlite:///{folder / 'scicot.db'}"
    migrate(url)
    with open_session(url) as session:
        questions = store_questions(session, folder / "files", test=6)
        for question in questions[Split.TRAIN]:
            store_rationale(session, question, status=RationaleStatus.ACCEPTED)
        create_snapshot(session, Actor("Ada"), name="first", dataset="demo")
        for seed in range(RUNS):
            config = make_config(method="sci_cot", dataset="demo", snapshot="first", seed=seed)
            store_trained(session, questions[Split.TEST], config)
    return folder


def test_a_row_opens_its_run_and_ticks_lay_runs_over_each_other(page: Page, address: str) -> None:
    page.goto(f"{address}/runs?dataset=demo")
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


def test_what_launch_offers_follows_each_choice(page: Page, address: str) -> None:
    page.goto(f"{address}/launch?dataset=demo")
    for title in ("Fine-tune", "Sci-CoT", "One-stage", "Step-by-step", "Sci-CoT"):
        page.get_by_test_id("stMain").get_by_role("radio", name=title, exact=True).click()
        expect(page.get_by_role("button", name=re.compile(f"Start {title}$"))).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 1280
