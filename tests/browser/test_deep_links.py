"""Every screen's address in real Chromium, each opened as a new document by its link alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from db.migrate import migrate
from db.session import open_session
from scicot.words.configs import TrainingConfig
from scicot.words.records import Split
from tests.builders import store_questions, store_rationale
from tests.predictions import store_trained

pytestmark = pytest.mark.browser
# the links as they have been since the first release, and what stands on the page
LINKS = {
    "/?dataset=demo&search=moon": "Questions",  # the questions' page was the first one
    "/?dataset=demo": "Home",
    "/questions?dataset=demo&split=train": "Questions",
    "/generate?dataset=demo&section=Prompts": "Generate",
    "/review?dataset=demo&queue=all": "Review",
    "/clean?dataset=demo": "Clean",
    "/launch?dataset=demo&like=1": "Launch",
    "/runs?run=1": "Runs",
    "/results?experiment=all": "Results",
    "/compare?a=1&b=2&cell=neither": "Compare",
    "/inspect?runs=1,2&question=9": "Inspect",
    "/attribution?run=1": "Attribution",
    "/what-if?run=1": "What if",
    "/health": "Health",
    "/people": "People",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    url = f"sqlite:///{folder / 'scicot.db'}"
    migrate(url)
    with open_session(url) as session:
        questions = store_questions(session, folder / "files", test=6)
        for question in questions[Split.TRAIN]:
            store_rationale(session, question)
        for method in ("sci_cot", "one_stage"):
            config = TrainingConfig(method=method, dataset="demo", snapshot="s")
            store_trained(session, questions[Split.TEST], config)
    return folder


@pytest.mark.parametrize("link", LINKS)
def test_a_deep_link_opens_its_screen(tab: Page, address: str, link: str) -> None:
    tab.goto(f"{address}{link}")
    heading = tab.get_by_test_id("stMain").get_by_role("heading", name=LINKS[link], exact=True)
    expect(heading.first).to_be_visible(timeout=60_000)
    assert tab.get_by_role("dialog").count() == 0  # "Page not found" would be one
