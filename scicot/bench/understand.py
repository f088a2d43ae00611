"""`bench understand`: how long the evaluation pages take to open, to filter and to turn over."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from db.migrate import migrate
from db.session import open_session
from scicot.bench.app_browser import app_in_browser
from scicot.bench.synthetic import build_synthetic
from scicot.bench.what_if import time_what_if
from scicot.words.settings import Settings

ROUNDS = 5
WAITS = 30_000  # ms


@dataclass(frozen=True, slots=True)
class UnderstandBench:
    """Medians in milliseconds, from the press to what it asked for being on the screen."""

    runs: int
    questions: int
    results_ms: float
    compare_ms: float
    inspect_ms: float
    cell_ms: float
    next_ms: float
    slice_filter_ms: float
    what_if_ms: float


def bench_understand(runs: int, questions: int, settings: Settings) -> UnderstandBench:
    """Make a database of made-up runs, open the app on it and time its evaluation pages."""
    what_if_ms = time_what_if(settings)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'scicot.db'}"
        migrate(url)
        with open_session(url) as session:
            build_synthetic(session, runs=runs, questions=questions)
        with app_in_browser(Path(folder)) as (_, page):
            return _measure(page, runs, questions, what_if_ms)


def _measure(page: Any, runs: int, questions: int, what_if_ms: float) -> UnderstandBench:
    times: dict[str, list[float]] = {}

    def clock(name: str, press: Callable[[], None], wait: Callable[[], None]) -> None:
        began = time.perf_counter()
        press()
        wait()
        times.setdefault(name, []).append((time.perf_counter() - began) * 1000)

    def appears(text: str) -> Callable[[], None]:
        return lambda: page.get_by_text(text).first.wait_for(timeout=WAITS)

    def follow(name: str) -> Callable[[], None]:
        return page.get_by_role("link", name=name, exact=True).click  # type: ignore[no-any-return]

    def press(name: str) -> Callable[[], None]:
        return page.get_by_role("button", name=name).first.click  # type: ignore[no-any-return]

    def press_first_slice() -> None:
        page.get_by_role("region", name=" against ").get_by_role("rowheader").first.get_by_role(
            "button"
        ).click()

    for _ in range(ROUNDS):
        clock("results", follow("Results"), appears("Figures 4 and 5"))
        clock("compare", follow("Compare"), appears("Raw output"))
        before = page.get_by_text("synthetic · test ·").first.inner_text()
        clock("cell", press("Neither"), _turned(page, before))
        before = page.get_by_text("synthetic · test ·").first.inner_text()
        clock("next", press("Next"), _turned(page, before))
        page.get_by_role("button", name="Slices").or_(
            page.get_by_role("radio", name="Slices")
        ).first.click()
        page.get_by_text("As a table; a press on a slice").click()
        page.get_by_role("region", name=" against ").get_by_role("rowheader").first.wait_for()
        clock("slice", press_first_slice, appears("All questions"))
        clock("inspect", follow("Inspect"), appears("Keep the note"))
    medians = {name: round(median(values), 1) for name, values in times.items()}
    return UnderstandBench(
        runs=runs,
        questions=questions,
        results_ms=medians["results"],
        compare_ms=medians["compare"],
        inspect_ms=medians["inspect"],
        cell_ms=medians["cell"],
        next_ms=medians["next"],
        slice_filter_ms=medians["slice"],
        what_if_ms=what_if_ms,
    )


def _turned(page: Any, before: str) -> Callable[[], None]:
    """Return a wait for another question than the one whose line is `before`."""
    script = (
        "before => { const line = [...document.querySelectorAll('p')]"
        ".find(one => one.innerText.startsWith('synthetic · test ·'));"
        " return line && line.innerText !== before; }"
    )
    return lambda: page.wait_for_function(script, arg=before, timeout=WAITS)
