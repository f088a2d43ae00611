"""Every page for axe, light and dark, and 375 wide: nothing serious, nothing that scrolls away.

And it asks nobody but the app itself: no fonts, icons or statistics from elsewhere.
"""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Request, expect

from tests.browser.app_server import keep_screenshot, wait_until_quiet

pytestmark = pytest.mark.browser
PAGES = (
    *("", "questions", "generate", "review", "clean", "launch", "runs", "results", "compare"),
    *("compare?view=slices", "compare?view=positions", "inspect", "attribution", "what-if"),
    *("health", "people"),
)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_reads_well_for_axe_and_fits_a_telephone(
    tab: Page, filled_address: str, path: str
) -> None:
    page, asked = tab, set[str]()

    def note(request: Request) -> None:
        asked.add(request.url)

    page.on("request", note)
    page.goto(f"{filled_address}/{path}")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        expect(page.locator(".stApp")).to_have_css("color-scheme", scheme)
        wait_until_quiet(page)
        found = Axe().run(page).response["violations"]
        assert [
            (violation["id"], [node["html"][:120] for node in violation["nodes"]])
            for violation in found
            if violation["impact"] in ("serious", "critical")
        ] == []
    page.set_viewport_size({"width": 375, "height": 740})
    wait_until_quiet(page)
    keep_screenshot(page, f"375-{path.replace('?', '-') or 'home'}")
    page.wait_for_function(
        "document.querySelector('[data-testid=stMain]').scrollWidth <= window.innerWidth"
        " && document.documentElement.scrollWidth <= window.innerWidth"
    )
    assert asked
    assert {url for url in asked if not url.startswith((filled_address, "data:", "blob:"))} == set()
    page.remove_listener("request", note)
