"""The whole of Sci-CoT once, in real Chromium, from the questions to What if."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from db.session import open_session
from scicot.services.predictions.store import list_predictions
from scicot.services.questions.lookup import get_question
from scicot.services.runs.runs import list_runs
from scicot.words.records import RunKind, RunStatus
from scicot.words.settings import Settings
from tests.browser.app_server import (
    chromium_page,
    keep_screenshot,
    running_app,
    wait_until_quiet,
)
from tests.tiny_students import build_tiny_t5

pytestmark = pytest.mark.browser
SIZES = {"Train": 8, "Dev": 2, "Test": 8}  # real ARC questions
ASKED = 3  # of which so many are explained by the starter teacher


def take_questions(arc_folder: Path, folder: Path) -> Path:
    """Write the first questions of ARC-Easy's splits into a folder of the official layout."""
    target = folder / "arc" / "ARC-Easy"
    target.mkdir(parents=True)
    for suffix, count in SIZES.items():
        name = f"ARC-Easy-{suffix}.jsonl"
        with (arc_folder / "ARC-Easy" / name).open(encoding="utf-8") as rows:
            lines = [next(rows) for _ in range(count)]
        (target / name).write_text("".join(lines), encoding="utf-8")
    return target.parent


def go_to(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=name).click()


def fill(page: Page, label: str, value: str) -> None:
    box = page.locator(f'input[aria-label="{label}"]')
    wait_until_quiet(page)  # while it is drawn anew the page holds the box of before as well
    expect(box).to_have_count(1)
    box.fill(value)
    page.keyboard.press("Tab")  # wherever the focus is: it may be drawn anew by now


def wait_for_runs(settings: Settings, kind: RunKind, count: int) -> None:
    """Return once so many runs of a kind are done; the app page keeps the queue moving."""

    def statuses() -> list[RunStatus]:
        with open_session(settings.resolved_database_url) as session:
            runs = list_runs(session, kinds=[kind])
        failed = [run for run in runs if run.status in (RunStatus.FAILED, RunStatus.LOST)]
        assert not failed, failed[0].error
        return [run.status for run in runs]

    wait_for(lambda: statuses().count(RunStatus.DONE) == count, f"{count} {kind} runs", 1500)


def wait_for(is_so: Callable[[], bool], what: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return
        time.sleep(0.5)
    raise AssertionError(f"waited {seconds:.0f} s for {what}")


def import_questions(page: Page, folder: Path) -> None:
    fill(page, "Path", str(folder))
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text(f"Added {sum(SIZES.values())} questions")).to_be_visible()
    keep_screenshot(page, "1-questions")


def generate(page: Page, settings: Settings) -> None:
    go_to(page, "Generate")
    page.get_by_role("button", name="Use the starter teacher instead").click()
    expect(page.get_by_text("The starter teacher (SmolLM2")).to_be_visible()
    fill(page, "Only the first so many questions", str(ASKED))
    # its icon is a font's ligature, and so part of the name
    page.get_by_role("button", name=re.compile(r"\bGenerate$")).click()
    wait_for_runs(settings, RunKind.GENERATE, 1)
    keep_screenshot(page, "2-generate")


def review(page: Page) -> None:
    """Accept by key until nothing is left, with one edit and one undo on the way."""
    go_to(page, "Review")
    box = page.get_by_role("textbox", name="Rationale")
    expect(box).not_to_have_value("")  # the text comes with the card that listens for keys
    first = box.input_value()
    page.keyboard.press("a")
    expect(box).not_to_have_value(first)
    page.keyboard.press("u")
    expect(box).to_have_value(first)
    keep_screenshot(page, "3-review")
    page.keyboard.press("e")
    expect(box).to_be_editable()
    page.keyboard.type(" This is why.")
    page.keyboard.press("Control+Enter")
    expect(box).not_to_have_value(re.compile("This is why"))
    for _ in range(ASKED - 1):
        before = box.input_value()
        page.keyboard.press("a")
        page.wait_for_function(
            "before => { const box = document.querySelector('textarea[aria-label=Rationale]');"
            " return !box || !box.offsetParent || box.value !== before; }",
            arg=before,
        )


def train(page: Page, student: Path, settings: Settings) -> None:
    go_to(page, "Launch")
    page.get_by_role("button", name="New snapshot").click()
    page.get_by_role("button", name="Freeze").click()
    expect(page.get_by_text("Snapshot: the rationales to train on")).to_be_visible()
    expect(page.get_by_text("which is chosen now")).to_have_count(1)
    page.get_by_role("combobox", name=re.compile(r"\bStudent$")).click()
    page.get_by_role("option", name="a model folder on this machine").click()
    fill(page, "Folder or hub id", str(student))
    page.get_by_text("More settings").click()
    fill(page, "Epochs", "1")
    fill(page, "Tokens a rationale at most", "16")
    page.get_by_role("button", name=re.compile("Start 3 runs")).click()
    expect(page.get_by_text("Queued as run")).to_be_visible()
    keep_screenshot(page, "4-launch")
    page.get_by_role("link", name=re.compile("Watch all 3")).click()
    expect(page.get_by_role("heading", name="Runs")).to_be_visible()
    wait_for_runs(settings, RunKind.TRAIN, 3)
    keep_screenshot(page, "5-runs")


def compare(page: Page, address: str, settings: Settings) -> None:
    with open_session(settings.resolved_database_url) as session:
        runs = {str(run.method): run.id for run in list_runs(session, kinds=[RunKind.TRAIN])}
    page.goto(f"{address}/compare?a={runs['sci_cot']}&b={runs['one_stage']}")
    expect(page.get_by_text("McNemar mid-p")).to_be_visible()
    cell = page.get_by_role("button", name=re.compile(r"[1-9]\d* · (Both|Only|Neither)")).first
    cell.click()
    expect(page.get_by_text("Raw output").first).to_be_visible()
    keep_screenshot(page, "6-compare")


def ask_what_if(page: Page, address: str, settings: Settings) -> None:
    """The original is what the run itself answered."""
    with open_session(settings.resolved_database_url) as session:
        trained = list_runs(session, kinds=[RunKind.TRAIN])
        (run,) = (run for run in trained if run.method == "sci_cot")
        stored = list_predictions(session, run.id)[0]
        question = get_question(session, stored.question_id)
    page.goto(f"{address}/what-if?run={run.id}&question={question.id}")
    expect(page.get_by_test_id("stCode").first).to_have_text(stored.output or "")
    options = page.get_by_role("region", name="Each option's share, before and now")
    for choice in question.choices:
        expect(options.get_by_text(choice.text, exact=True).first).to_be_visible()
    keep_screenshot(page, "7-what-if")


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """Each thing is waited for until it is there: a busy machine answers late."""
    expect.set_options(timeout=120_000)
    yield
    expect.set_options(timeout=5_000)


def test_the_whole_line_in_chromium(arc_folder: Path, tmp_path: Path, settings: Settings) -> None:
    pytest.importorskip("xllamacpp", reason="the starter teacher needs xllamacpp")
    folder = take_questions(arc_folder, tmp_path)
    student = build_tiny_t5(tmp_path / "tiny-t5")
    with (
        running_app(settings.home_folder, tmp_path / "app.log") as address,
        chromium_page() as page,
    ):
        page.goto(f"{address}/questions")  # the first visit to a fresh server is a deep link
        expect(page.get_by_role("heading", name="Questions").first).to_be_visible()
        assert page.get_by_role("dialog").count() == 0  # "Page not found" would be one
        import_questions(page, folder)
        generate(page, settings)
        review(page)
        train(page, student, settings)
        compare(page, address, settings)
        ask_what_if(page, address, settings)
    assert "Traceback" not in (tmp_path / "app.log").read_text(encoding="utf-8")
