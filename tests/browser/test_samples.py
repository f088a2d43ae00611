"""Several samples of one question on the review card in real Chromium."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from db.migrate import migrate
from db.session import open_session
from scicot.services.rationales.checks import run_checks
from scicot.services.review.items import load_item
from scicot.words.records import Actor, Split
from tests.browser.app_server import keep_screenshot
from tests.builders import store_questions, store_rationale

pytestmark = pytest.mark.browser


def fill(session: Session, folder: Path) -> list[list[int]]:
    """Store three samples of each of two questions, the best fitting last."""
    ids = []
    for question in store_questions(session, folder, train=2)[Split.TRAIN]:
        texts = (
            "Gravity pulls all year long (C), and (D) does not. The answer is this",
            f"Look how {question.key_text} behaves under gravity ({question.answer_key}) as told.",
            f"Look how {question.key_text} behaves under gravity: it pulls, year by year.",
        )
        ids.append(
            [store_rationale(session, question, text, sample=n) for n, text in enumerate(texts)]
        )
    run_checks(session, "demo")
    return ids


def statuses(session: Session, ids: list[int]) -> list[str]:
    session.rollback()
    return [load_item(session, Actor("x"), one).rationale.status.value for one in ids]


def wait_until_saved(page: Page) -> None:
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    migrate(f"sqlite:///{folder / 'scicot.db'}")
    return folder


def test_samples_are_a_key_away_and_a_choice_passes_the_others_over(
    page: Page, address: str, home: Path, tmp_path: Path
) -> None:
    with open_session(f"sqlite:///{home / 'scicot.db'}") as session:
        first, second = sorted(fill(session, tmp_path / "data"), reverse=True)
        page.goto(f"{address}/review?dataset=demo")
        card = page.locator(".card")
        expect(card).to_have_attribute("data-record", str(first[2]))
        expect(page.get_by_role("button", name="Sample 1 of 3")).to_be_visible()
        keep_screenshot(page, "review-samples")
        page.keyboard.press("n")
        expect(page.get_by_role("button", name="Sample 2 of 3")).to_be_visible()
        expect(card).to_have_attribute("data-record", str(first[1]))
        page.keyboard.press("a")
        expect(card).to_have_attribute("data-record", str(second[2]))
        wait_until_saved(page)
        assert statuses(session, first) == ["skipped", "accepted", "skipped"]
        page.keyboard.press("u")
        expect(card).to_have_attribute("data-record", str(first[1]))
        wait_until_saved(page)
        assert statuses(session, first) == ["unreviewed"] * 3
        page.keyboard.press("Shift+A")  # beside others: the question stays
        expect(card).to_have_attribute("data-record", str(first[2]))
        wait_until_saved(page)
        assert statuses(session, first) == ["unreviewed", "accepted", "unreviewed"]
        page.keyboard.press("u")
        expect(card).to_have_attribute("data-record", str(first[1]))
        page.keyboard.press("x")  # the next best of the same question comes up
        expect(card).to_have_attribute("data-record", str(first[2]))
        page.keyboard.press("x")
        expect(card).to_have_attribute("data-record", str(first[0]))
        page.keyboard.press("x")
        expect(card).to_have_attribute("data-record", str(second[2]))
        page.keyboard.press("a")
        expect(page.get_by_text("Nothing left here")).to_be_visible()
        wait_until_saved(page)
        assert statuses(session, first) == ["rejected"] * 3
        assert statuses(session, second) == ["skipped", "skipped", "accepted"]
        page.reload()
        expect(page.get_by_text("Nothing left here")).to_be_visible()
        page.keyboard.press("u")
        expect(card).to_have_attribute("data-record", str(second[2]))
        wait_until_saved(page)
        assert statuses(session, second) == ["unreviewed"] * 3
        page.set_viewport_size({"width": 375, "height": 740})
        page.reload()
        expect(page.get_by_role("button", name="Sample 1 of 3")).to_be_visible()
        keep_screenshot(page, "review-samples-narrow")
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
