"""The app on a free port, and a real browser on it: for benchmarks of what a person waits for."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scicot.words.errors import SciCotError
from scicot.words.places import REPOSITORY

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
STARTS_WITHIN = 60.0  # seconds


@contextmanager
def app_in_browser(home: Path, *, watch: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the app's address and a page of 1280 x 720 that has visited it.

    `watch` is a script that each document starts with. Raises SciCotError saying what to install
    where there is no Playwright or no Chromium.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise SciCotError(
            "This benchmark needs Playwright. Install it with "
            "`pip install -r requirements-dev.txt`."
        ) from error
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if browser is None:
        raise SciCotError(
            "This benchmark needs Chromium. Install your system's package 'chromium'."
        )
    with _app(home) as address, sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser, args=QUIET)
        page = opened.new_page(viewport={"width": 1280, "height": 720})
        if watch:
            page.add_init_script(watch)
        page.goto(address)  # a first visit: a deep link into a fresh server is told "not found"
        page.get_by_role("link", name="Review").wait_for(timeout=30_000)
        yield address, page
        opened.close()


@contextmanager
def _app(home: Path) -> Iterator[str]:
    """Run the app on a free port with this home folder and yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "SCICOT_HOME": str(home)}
    environment.pop("SCICOT_DATABASE_URL", None)
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
    with (home / "app.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--server.headless=true"],
            cwd=REPOSITORY,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        _wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise SciCotError("The app did not start. Try `python -m scicot app` and read what it says.")
