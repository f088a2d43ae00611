"""`make screenshots`: the demonstration's pages as pictures; the README's three are committed.

All of them go to artifacts/screenshots, in two widths, light and dark, to be looked at.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from scicot.services.demo.demonstration import add_demonstration
from scicot.services.evaluation.comparison import list_predicted_runs
from scicot.services.evaluation.pairs import default_pair
from scicot.services.workspace import open_workspace
from scicot.words.records import Actor
from scicot.words.settings import get_settings
from tests.browser.app_server import (
    CHROMIUM,
    CHROMIUM_OPTIONS,
    SCREENSHOTS,
    running_app,
    wait_until_quiet,
)

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
PAGES = (
    *("", "questions", "generate", "review", "clean", "launch", "runs"),
    *("results", "compare", "inspect", "attribution", "what-if", "health", "people"),
)
README = ("", "review", "compare")
WIDTHS = {1280: 800, 375: 740}
SETTLED = 2_000  # milliseconds after the page says that it is done: charts draw themselves


def take_all(pages: tuple[str, ...], widths: tuple[int, ...], schemes: tuple[str, ...]) -> None:
    """Take pictures of these pages of the demonstration."""
    with tempfile.TemporaryDirectory(prefix="scicot-pictures-") as folder:
        home = Path(folder)
        os.environ["SCICOT_HOME"] = str(home)
        os.environ["SCICOT_LAUNCHER"] = "none"
        get_settings.cache_clear()
        with open_workspace() as workspace:
            add_demonstration(workspace, Actor("Ada"))
            runs = default_pair(list_predicted_runs(workspace))
        with running_app(home, home / "app.log") as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
            for width in widths:
                for scheme in schemes:
                    page = _open(browser, width, scheme)
                    for name in pages:
                        _take(page, address, name, f"{name or 'home'}-{width}-{scheme}")
            browser.close()
        print(f"Compared are runs {runs}; the pictures are in {SCREENSHOTS}.")


def _open(browser: Browser, width: int, scheme: str) -> Page:
    page = browser.new_page(
        viewport={"width": width, "height": WIDTHS[width]},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page.set_default_timeout(120_000)
    return page


def _take(page: Page, address: str, name: str, called: str) -> None:
    page.goto(f"{address}/{name}")
    page.locator('[data-testid="stMain"] :is(h1, h3)').first.wait_for()  # Review's is a small one
    wait_until_quiet(page)
    page.wait_for_timeout(SETTLED)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{called}.png")


def keep_for_readme() -> None:
    """Put the README's pictures into docs."""
    PICTURES.mkdir(exist_ok=True)
    for name in README:
        taken = SCREENSHOTS / f"{name or 'home'}-1280-light.png"
        shutil.copy2(taken, PICTURES / f"{name or 'home'}.png")


def main() -> None:
    """Take every page's pictures, or, with `readme`, only the three."""
    if "readme" in sys.argv[1:]:
        take_all(README, (1280,), ("light",))
    else:
        take_all(PAGES, tuple(WIDTHS), ("light", "dark"))
    keep_for_readme()


if __name__ == "__main__":
    main()
