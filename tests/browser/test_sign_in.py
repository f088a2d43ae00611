"""Signing in with a real OpenID Connect provider on this machine: roles, refusals, the way out."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from db.migrate import migrate
from db.session import open_session
from scicot.services.system.people import set_role
from scicot.words.records import Actor, Role
from tests.browser.app_server import free_port, running_app

pytestmark = pytest.mark.browser
ROOT = Actor("root@example.org")
SECRETS = """
[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "a secret of this test, forty characters long"
client_id = "scicot"
client_secret = "scicot"
server_metadata_url = "http://127.0.0.1:{provider}/.well-known/openid-configuration"
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("signed") / "home"
    migrate(url_of(folder))
    with open_session(url_of(folder)) as session:
        set_role(session, ROOT, "vera@example.org", Role.VIEWER)
        set_role(session, ROOT, "rita@example.org", Role.REVIEWER)
    return folder


def url_of(home: Path) -> str:
    return f"sqlite:///{home / 'scicot.db'}"


@pytest.fixture(scope="module")
def provider() -> Iterator[int]:
    """The port of the provider; whoever types an address there is who they say."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}/.well-known/openid-configuration"
    for _ in range(150):
        try:
            urllib.request.urlopen(address, timeout=2).close()
            break
        except OSError:
            time.sleep(0.2)
    yield port
    process.terminate()
    process.wait()


@pytest.fixture(scope="module")
def address(home: Path, provider: int) -> Iterator[str]:
    port = free_port()
    (home / "secrets.toml").write_text(SECRETS.format(port=port, provider=provider))
    own = {"SCICOT_SIGN_IN": "1", "SCICOT_FIRST_ADMIN": "root@example.org"}
    before = dict(os.environ)
    os.environ.update(own)
    try:
        with running_app(home, home / "app.log", port) as started:
            yield started
    finally:
        os.environ.clear()
        os.environ.update(before)


def sign_in(page: Page, address: str, email: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Sign in").click()
    page.locator("input[name=sub]").fill(email)
    page.locator("button, input[type=submit]").first.click()


def test_who_has_no_role_sees_no_page(page: Page, address: str) -> None:
    sign_in(page, address, "eve@example.org")
    expect(page.get_by_text("eve@example.org has no role here")).to_be_visible()
    expect(page.get_by_role("link", name="Questions")).to_have_count(0)


def test_a_viewer_opens_what_a_viewer_may_and_nothing_by_link(page: Page, address: str) -> None:
    sign_in(page, address, "vera@example.org")
    expect(page.get_by_role("link", name="Questions")).to_be_visible()
    expect(page.get_by_role("link", name="Generate")).to_have_count(0)
    page.goto(f"{address}/health")
    expect(page.get_by_text("Page not found")).to_be_visible()


def test_a_role_that_is_taken_away_ends_at_the_next_action(
    page: Page, address: str, home: Path
) -> None:
    sign_in(page, address, "rita@example.org")
    expect(page.get_by_role("link", name="Review")).to_be_visible()
    with open_session(url_of(home)) as session:
        set_role(session, ROOT, "rita@example.org", None)
    page.get_by_role("link", name="Results").click()
    expect(page.get_by_text("rita@example.org has no role here")).to_be_visible()


def test_signing_out_closes_the_pages(page: Page, address: str) -> None:
    sign_in(page, address, "root@example.org")
    expect(page.get_by_role("link", name="Health")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="End session").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_file_for_download_is_not_for_who_has_not_signed_in(
    address: str, browser: Browser
) -> None:
    context = browser.new_context()
    assert context.request.get(f"{address}/media/0123456789abcdef.jsonl").status == 403
    context.close()
