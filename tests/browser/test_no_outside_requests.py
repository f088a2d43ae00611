"""The app asks nobody but itself: no fonts, icons or statistics from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from scicot.words.settings import Settings
from tests.browser.app_server import chromium_page, running_app

pytestmark = pytest.mark.browser


def test_no_page_asks_another_host_and_a_first_deep_link_is_found(
    settings: Settings, tmp_path: Path
) -> None:
    asked: list[str] = []
    with (
        running_app(settings.home_folder, tmp_path / "app.log") as address,
        chromium_page() as page,
    ):
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{address}/launch")  # the first visit to a fresh server is a deep link
        page.get_by_role("heading", name="Launch").wait_for()
        assert page.get_by_role("dialog").count() == 0
        for name in ("", "questions", "generate", "review", "runs", "results", "health"):
            page.goto(f"{address}/{name}")
            page.get_by_test_id("stMain").get_by_role("heading").first.wait_for()
    assert asked
    outside = {url for url in asked if not url.startswith((address, "data:", "blob:"))}
    assert outside == set()
