"""`bench review`: real presses in a real browser, timed, and each one looked for afterwards."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

from sqlalchemy import select

from db.migrate import migrate
from db.models import ReviewRow
from db.session import open_session
from scicot.bench.app_browser import app_in_browser
from scicot.bench.review_data import make_rationales

KEYS = "aaxas3aa"  # in turn
VERDICTS = {"a": "accept", "x": "reject", "s": "skip", "3": "reject"}
RATES = (5, 20)  # presses a second
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
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'scicot.db'}"
        migrate(url)
        with open_session(url) as session:
            dataset = make_rationales(session, rationales)
        with app_in_browser(Path(folder), watch=WATCH) as (address, page):
            page.goto(f"{address}/review?dataset={dataset}")
            pressed, minutes = _press(page, presses)
            version = page.context.browser.version
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
        misplaced=sum(
            meant.get(rationale_id) != verdict for rationale_id, verdict in written.items()
        ),
        decisions_per_minute=round(len(written) / minutes, 1),
        browser=f"Chromium {version}",
    )
