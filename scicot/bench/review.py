"""`bench review`: real presses in a real browser, timed, and each one looked for afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

from sqlalchemy import select

from db.migrate import migrate
from db.models import ReviewRow
from db.session import open_session
from scicot.bench.review_data import make_rationales
from scicot.words.errors import SciCotError

REPOSITORY = Path(__file__).resolve().parents[2]
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
KEYS = "aaxas3aa"  # in turn
VERDICTS = {"a": "accept", "x": "reject", "s": "skip", "3": "reject"}
RATES = (5, 20)  # presses a second
STARTS_WITHIN = 60.0  # seconds
# notes, ahead of the page's own listeners, what was on the screen at each press and when it changed
WATCH = """
window.presses = [];
const shown = () => {
  for (const host of document.querySelectorAll("*")) {
    const card = host.shadowRoot && host.shadowRoot.querySelector(".card");
    if (card) return card.dataset.record;
  }
  return null;
};
window.shownRecord = shown;
window.addEventListener("keydown", (event) => {
  const press = { key: event.key, record: shown(), at: performance.now(), took: null };
  window.presses.push(press);
  const look = () => {
    if (shown() !== press.record) press.took = performance.now() - press.at;
    else if (performance.now() - press.at < 5000) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}, true);
"""


@dataclass(frozen=True, slots=True)
class ReviewBench:
    """How fast presses show, in milliseconds, and how many were lost or landed elsewhere."""

    rationales: int
    presses: int
    p50_ms: float
    p95_ms: float
    dropped: int
    misplaced: int
    decisions_per_minute: float
    browser: str


def bench_review(rationales: int, presses: int) -> ReviewBench:
    """Make a database, open the app on it, press keys at 5 and 20 a second and compare."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise SciCotError(
            "bench review needs Playwright. Install it with `pip install -r requirements-dev.txt`."
        ) from error
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if browser is None:
        raise SciCotError("bench review needs Chromium. Install your system's package 'chromium'.")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'scicot.db'}"
        migrate(url)
        with open_session(url) as session:
            dataset = make_rationales(session, rationales)
        with _app(Path(folder)) as address, sync_playwright() as playwright:
            opened = playwright.chromium.launch(executable_path=browser, args=QUIET)
            page = opened.new_page(viewport={"width": 1280, "height": 720})
            page.add_init_script(WATCH)
            page.goto(address)  # a first visit: a deep link into a fresh server is told "not found"
            page.get_by_role("link", name="Review").wait_for(timeout=30_000)
            page.goto(f"{address}/review?dataset={dataset}")
            pressed, minutes = _press(page, presses)
            version = opened.version
            opened.close()
        return _judge(url, rationales, pressed, minutes, version)


def _press(page: Any, presses: int) -> tuple[list[dict[str, Any]], float]:
    """Return what each press was shown and how long the next record took, and the minutes."""
    page.wait_for_function("window.shownRecord()", timeout=30_000)
    began = time.monotonic()
    for rate in RATES:
        due = time.monotonic()
        for number in range(presses):
            time.sleep(max(0.0, due - time.monotonic()))
            page.keyboard.press(KEYS[number % len(KEYS)])
            due += 1 / rate
    minutes = (time.monotonic() - began) / 60
    page.get_by_text("Saved", exact=False).wait_for(timeout=60_000)
    pressed: list[dict[str, Any]] = page.evaluate("window.presses")
    return pressed, minutes


def _judge(
    url: str, rationales: int, pressed: Sequence[dict[str, Any]], minutes: float, version: str
) -> ReviewBench:
    with open_session(url) as session:
        written = {
            rationale_id: verdict.value
            for rationale_id, verdict in session.execute(
                select(ReviewRow.rationale_id, ReviewRow.verdict)
            )
        }
    meant = {int(press["record"]): VERDICTS[press["key"]] for press in pressed if press["record"]}
    took = [press["took"] for press in pressed if press["took"] is not None]
    percentiles = quantiles(took, n=100, method="inclusive")
    return ReviewBench(
        rationales=rationales,
        presses=len(pressed),
        p50_ms=round(percentiles[49], 1),
        p95_ms=round(percentiles[94], 1),
        dropped=len(pressed) - len(set(meant) & set(written)),
        misplaced=sum(meant.get(one) != verdict for one, verdict in written.items()),
        decisions_per_minute=round(len(written) / minutes, 1),
        browser=f"Chromium {version}",
    )


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
