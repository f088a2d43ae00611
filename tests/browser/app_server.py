"""The app in a process of its own, and a page of real Chromium on it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "artifacts" / "screenshots"
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_app(
    home: Path, log: Path, port: int | None = None, **environment: str
) -> Iterator[str]:
    """Yield the address of the app, started as `make app` starts it."""
    with app_process(home, log, port, **environment) as (address, _):
        yield address


@contextmanager
def app_process(
    home: Path, log: Path, port: int | None = None, **environment: str
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Yield the app's address and its process, which the test may kill."""
    port = port or free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "scicot", "app", "--port", str(port), "--no-open"],
            cwd=ROOT,
            env={**os.environ, "SCICOT_HOME": str(home), **environment},
            stdout=output,
            stderr=output,
        )
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}", process)
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until_healthy(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 300  # a busy machine starts late
    while time.monotonic() < deadline:
        assert process.poll() is None, "the app ended before it was ready"
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.2)
    raise AssertionError(f"the app at {address} was not ready within 300 s")


@contextmanager
def chromium_page(
    width: int = 1280, height: int = 720, *, ignores_policy: bool = False
) -> Iterator[Page]:
    """Yield a page of a fresh Chromium; the test is skipped where Chromium is not installed.

    One that ignores the content security policy loads and runs whatever a page asks for.
    """
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed: install your system's package 'chromium'")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
        page = browser.new_page(
            viewport={"width": width, "height": height}, bypass_csp=ignores_policy
        )
        page.set_default_timeout(60_000)
        try:
            yield page
        except BaseException:
            keep_screenshot(page, "failure")
            raise
        finally:
            browser.close()


def keep_screenshot(page: Page, name: str) -> None:
    """Save what the page shows under artifacts/screenshots."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def wait_until_quiet(page: Page) -> None:
    """Wait until the app has drawn all it has to: while it works, what it replaces is pale.

    And until colors have changed that change by and by: between two, a text can be hard to read.
    """
    expect(page.get_by_test_id("stMain")).to_be_visible()
    page.wait_for_function(
        "document.querySelector('.stApp')?.dataset.testScriptState === 'notRunning'"
        " && !document.querySelector('[data-testid=stSkeleton], [data-stale=true]')"
        " && document.getAnimations().every(one => one.playState !== 'running'"
        " || one.effect?.getComputedTiming().endTime === Infinity)"
    )
