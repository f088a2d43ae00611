"""Signing in with a real OpenID Connect provider on this machine: roles, refusals, the way out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from db.migrate import migrate
from db.session import open_session
from scicot.services.system.people import set_role
from scicot.words.records import Actor, Role
from tests.browser.signing_in import (
    FIRST_ADMIN,
    running_provider,
    set_claims,
    sign_in,
    sign_out,
    signed_app,
)

pytestmark = pytest.mark.browser
ROOT = Actor(FIRST_ADMIN)
RITA, EVE = "rita@example.org", "eve@example.org"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("signed") / "home"
    migrate(url_of(folder))
    give(folder, RITA, Role.REVIEWER)
    return folder


def url_of(home: Path) -> str:
    return f"sqlite:///{home / 'scicot.db'}"


def give(home: Path, email: str, role: Role | None) -> None:
    with open_session(url_of(home)) as session:
        set_role(session, ROOT, email, role)


@pytest.fixture(scope="module")
def provider() -> Iterator[int]:
    with running_provider() as port:
        yield port


@pytest.fixture(scope="module")
def address(home: Path, provider: int) -> Iterator[str]:
    with signed_app(home, provider) as started:
        yield started


def test_from_signing_in_to_signing_out(
    page: Page, address: str, home: Path, provider: int
) -> None:
    """Sign in, wrong role, role removed, sign out, token expired: one person's afternoon."""
    sign_in(page, address, RITA)
    expect(page.get_by_role("link", name="Review")).to_be_visible()
    expect(page.get_by_role("link", name="Generate")).to_have_count(0)  # a reviewer's pages only
    page.goto(f"{address}/health")
    expect(page.get_by_text("Page not found")).to_be_visible()
    page.goto(f"{address}/questions")
    expect(page.get_by_role("link", name="Results")).to_be_visible()

    give(home, RITA, None)
    page.get_by_role("link", name="Results").click()
    expect(page.get_by_text(f"{RITA} has no role here")).to_be_visible()
    give(home, RITA, Role.VIEWER)
    page.reload()
    expect(page.get_by_role("link", name="Results")).to_be_visible()
    expect(page.get_by_role("link", name="Review")).to_have_count(0)
    sign_out(page)

    expires = time.time() + 3
    set_claims(provider, RITA, exp=int(expires))
    sign_in(page, address, RITA)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    time.sleep(max(0.0, expires - time.time()))
    page.goto(f"{address}/results")  # Streamlit's cookie would let in for thirty days
    expect(page.get_by_text("Your sign-in has expired")).to_be_visible()
    expect(page.get_by_role("link", name="Questions")).to_have_count(0)
    set_claims(provider, RITA)
    sign_out(page)
    sign_in(page, address, RITA)
    expect(page.get_by_role("link", name="Results")).to_be_visible()


def test_who_has_no_role_or_no_verified_address_sees_no_page(
    page: Page, address: str, provider: int
) -> None:
    sign_in(page, address, EVE)
    expect(page.get_by_text(f"{EVE} has no role here")).to_be_visible()
    expect(page.get_by_role("link", name="Questions")).to_have_count(0)
    sign_out(page)
    set_claims(provider, FIRST_ADMIN, email_verified=False)
    sign_in(page, address, FIRST_ADMIN)
    expect(page.get_by_text("no e-mail address that was verified")).to_be_visible()


def test_a_file_for_download_is_not_for_who_has_not_signed_in(
    address: str, browser: Browser
) -> None:
    context = browser.new_context()
    assert context.request.get(f"{address}/media/0123456789abcdef.jsonl").status == 403
    context.close()
