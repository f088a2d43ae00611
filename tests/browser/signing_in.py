"""A real OpenID Connect provider on this machine, and a person signing in with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.app_server import free_port, running_app

FIRST_ADMIN = "root@example.org"
SECRETS = """
[auth]
redirect_uri = "{outside}/oauth2callback"
cookie_secret = "a secret of this test, forty characters long"
client_id = "scicot"
client_secret = "scicot"
server_metadata_url = "http://127.0.0.1:{provider}/.well-known/openid-configuration"
"""


@contextmanager
def running_provider() -> Iterator[int]:
    """Yield the port of a provider; whoever types an address there is who they say."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}/.well-known/openid-configuration"
    for _ in range(300):
        try:
            urllib.request.urlopen(address, timeout=2).close()
            break
        except OSError:
            time.sleep(0.2)
    try:
        yield port
    finally:
        process.terminate()
        process.wait()


@contextmanager
def signed_app(home: Path, provider: int, outside: str | None = None) -> Iterator[str]:
    """Yield the address of an app that everybody signs in to, reached by this outside address."""
    port = free_port()
    outside = outside or f"http://127.0.0.1:{port}"
    (home / "secrets.toml").write_text(SECRETS.format(outside=outside, provider=provider))
    before = dict(os.environ)
    os.environ.update({"SCICOT_SIGN_IN": "1", "SCICOT_FIRST_ADMIN": FIRST_ADMIN})
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


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="End session").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def set_claims(provider: int, email: str, **claims: object) -> None:
    """Let the provider's tokens for this address say so from now on."""
    body = json.dumps({"email": email, "email_verified": True} | claims).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{provider}/users/{email}",
        data=body,
        method="PUT",
        headers={"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=20).close()
