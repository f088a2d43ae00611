"""One Chromium and one app a module; a fresh page a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.app_server import chromium_page, running_app
from tests.browser.filled_home import fill


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium_page() as page:
        opened = page.context.browser
        assert opened is not None
        yield opened


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    """The running app's address; `home` is the module's own."""
    with running_app(home, home / "app.log") as started:
        yield started


@pytest.fixture(scope="session")
def filled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which every page has something to show."""
    folder = tmp_path_factory.mktemp("filled")
    fill(folder)
    return folder


@pytest.fixture(scope="session")
def filled_address(filled_home: Path) -> Iterator[str]:
    """The one app of all tests that look at every page; what is queued there stays queued."""
    with running_app(filled_home, filled_home / "app.log", SCICOT_LAUNCHER="none") as started:
        yield started


SIZE: ViewportSize = {"width": 1280, "height": 720}


@pytest.fixture
def patience() -> Iterator[None]:
    """Each thing is waited for until it is there; a busy machine answers late."""
    expect.set_options(timeout=30_000)  # milliseconds
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def page(browser: Browser, patience: None) -> Iterator[Page]:
    """A page of 1280 x 720 in a profile of its own."""
    context = browser.new_context(viewport=SIZE)
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def kept_tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=SIZE)
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def tab(kept_tab: Page, patience: None) -> Page:
    """A tab for all tests of a module that only open addresses.

    Each is a new document and a new session of the app, but what the tab has compiled it keeps:
    half of what opening one costs.
    """
    kept_tab.set_viewport_size(SIZE)
    return kept_tab
