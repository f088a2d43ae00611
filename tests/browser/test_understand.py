"""The evaluation pages in real Chromium: click-through, keys, links, and the report from disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from db.migrate import migrate
from db.session import open_session
from scicot.pure.methods.registry import make_config
from scicot.services.evaluation.report import write_report
from scicot.services.evaluation.tags import add_tag
from scicot.services.predictions.store import store_predictions
from scicot.services.questions.lookup import find_dataset_id
from scicot.services.runs.runs import create_run
from scicot.words.records import (
    Actor,
    Outcome,
    Prediction,
    RunKind,
    RunStatus,
    Split,
    StoredQuestion,
)
from tests.browser.app_server import keep_screenshot
from tests.builders import store_questions, store_rationale
from tests.predictions import store_trained

pytestmark = pytest.mark.browser
NASTY = (
    "<script>window.hit=1</script><img src=x onerror='window.hit=1'>"
    "![a](http://evil.example/a.png) [b](javascript:window.hit=1)"
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs 1 (Sci-CoT) and 2 (one-stage) on 40 questions, and 3, whose every text is hostile."""
    folder = tmp_path_factory.mktemp("home")
    url = f"sqlite:///{folder / 'scicot.db'}"
    migrate(url)
    with open_session(url) as session:
        questions = list(store_questions(session, folder / "files", test=40)[Split.TEST])
        for method, right in (("sci_cot", range(5, 25)), ("one_stage", range(10))):
            config = make_config(method=method, dataset="demo", student="tiny", snapshot="s")
            store_trained(session, questions, config, right=right)
        store_rationale(session, questions[5], "The teacher explains it.")
        _store_hostile(session, questions)
        add_tag(session, Actor("Ada"), "Misreads")
        write_report(session, folder / "report.html")
    return folder


def _store_hostile(session: Session, questions: list[StoredQuestion]) -> None:
    run = create_run(
        session,
        Actor(NASTY[:90]),
        kind=RunKind.IMPORTED,
        name=NASTY,
        config={"text": NASTY},
        dataset_id=find_dataset_id(session, "demo"),
        status=RunStatus.DONE,
    )
    store_predictions(
        session,
        run,
        [Prediction(one.id, NASTY, NASTY, None, Outcome.NO_ANSWER) for one in questions],
    )


def test_a_cell_is_read_by_key_and_the_link_brings_the_question_back(
    page: Page, browser: Browser, address: str
) -> None:
    page.goto(f"{address}/compare?a=1&b=2")
    page.get_by_role("button", name="15 · Only run 1").click()
    expect(page.get_by_text("Question 1 of 15")).to_be_visible()
    page.get_by_role("button", name="5 · Only run 2").click()
    expect(page.get_by_text("Question 1 of 5")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_text("Question 2 of 5")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_text("Question 3 of 5")).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_text("Question 2 of 5")).to_be_visible()
    expect(page.get_by_text("number 1 about the river")).to_be_visible()
    keep_screenshot(page, "understand-compare")
    again = browser.new_context().new_page()
    again.goto(page.url)
    expect(again.get_by_text("Question 2 of 5")).to_be_visible(timeout=60_000)
    expect(again.get_by_text("number 1 about the river")).to_be_visible()
    again.context.close()


def test_a_digit_tags_the_answer_that_is_shown(page: Page, address: str) -> None:
    page.goto(f"{address}/compare?a=1&b=2&cell=neither")
    button = page.get_by_role("button", name="Misreads")
    button.wait_for()
    page.keyboard.press("1")
    expect(page.get_by_text("Misreads ·")).to_be_visible()
    page.keyboard.press("1")
    expect(page.get_by_text("Misreads ·")).to_have_count(0)


def test_a_click_on_a_slice_filters_the_questions(page: Page, address: str) -> None:
    page.goto(f"{address}/compare?a=1&b=2&view=slices&by=key_position")
    page.get_by_text("As a table").click()
    table = page.get_by_role("region", name="run 1 against run 2 by")
    # a press of a head sorts; the press is the row's own
    table.get_by_role("button", name="run 2", exact=True).click()
    table.get_by_role("rowheader", name="1").get_by_role("button").click()
    expect(page.get_by_text("Only Position of the key: 1 (10 questions)")).to_be_visible()
    page.get_by_role("button", name="All questions").click()
    expect(page.get_by_text("Only Position of the key")).to_have_count(0)


def test_an_empty_cell_is_a_button_that_leads_to_its_run_ready_to_launch(
    page: Page, address: str
) -> None:
    page.goto(f"{address}/results")
    table = page.get_by_role("region", name="training data size (demo)")
    row = table.get_by_role("row").filter(has=page.get_by_role("rowheader", name="12.5 %"))
    row.get_by_role("button", name="Launch").last.click()
    page.get_by_role("heading", name="Launch", level=1).wait_for()
    for part in ("like=1", "fraction=0.125"):  # run 1 is Sci-CoT's: the link need not say it twice
        assert part in page.url
    expect(page.get_by_role("combobox", name="Dataset")).to_have_value("demo")


@pytest.mark.parametrize(
    "path", ["compare?a=1&b=3&cell=only_a", "inspect?runs=3&question=60", "results", "attribution"]
)
def test_hostile_text_is_shown_and_does_nothing(page: Page, address: str, path: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/{path}")
    page.get_by_role("heading", level=1).wait_for()
    page.wait_for_timeout(1500)  # whatever it would fetch, it would have begun to
    assert page.evaluate("window.hit") is None
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []


def test_the_report_opens_from_disk_without_a_network(browser: Browser, home: Path) -> None:
    context = browser.new_context(offline=True, viewport={"width": 375, "height": 740})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((home / "report.html").as_uri())
    expect(
        page.get_by_text("In this run Sci-CoT is better than One-stage by").first
    ).to_be_visible()
    page.get_by_text("Both right: 5 of 5").first.click()
    expect(page.get_by_text("The teacher explains it.").first).to_be_visible()
    figures = page.evaluate("[...document.images].map(image => image.naturalWidth > 0)")
    assert figures
    assert all(figures)
    assert page.evaluate("window.hit") is None
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not wide
    keep_screenshot(page, "understand-report")
    context.close()
