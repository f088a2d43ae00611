"""Every page for axe, light and dark, and 375 wide: nothing serious, nothing that scrolls away."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from db.migrate import migrate
from db.session import open_session
from scicot.pure.methods.registry import make_config
from scicot.services.evaluation.tags import add_tag
from scicot.services.rationales.checks import run_checks
from scicot.words.records import Actor, RationaleStatus, Split
from tests.browser.app_server import keep_screenshot
from tests.builders import store_questions, store_rationale
from tests.predictions import store_trained

pytestmark = pytest.mark.browser
PAGES = (
    *("", "questions", "generate", "review", "clean", "launch", "runs", "results", "compare"),
    *("compare?view=slices", "compare?view=positions", "inspect", "attribution", "what-if"),
    *("health", "people"),
)
QUIET = (
    "document.querySelector('.stApp')?.dataset.testScriptState === 'notRunning'"
    " && !document.querySelector('[data-testid=stSkeleton], [data-stale=true]')"
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Questions, rationales in several states, and runs of three methods on one test split."""
    folder = tmp_path_factory.mktemp("home")
    url = f"sqlite:///{folder / 'scicot.db'}"
    migrate(url)
    with open_session(url) as session:
        questions = store_questions(session, folder / "files", train=4, test=12)
        for question, status in zip(questions[Split.TRAIN], RationaleStatus, strict=False):
            store_rationale(session, question, "Sure! It is (A), since it is so.", status=status)
        run_checks(session, "demo")
        for place, method in enumerate(("finetune", "one_stage", "sci_cot")):
            config = make_config(method=method, dataset="demo", student="tiny", snapshot="s")
            store_trained(session, list(questions[Split.TEST]), config, right=range(3 + 2 * place))
        add_tag(session, Actor("Ada"), "Misreads")
    return folder


def wait_until_quiet(page: Page) -> None:
    expect(page.get_by_test_id("stMain")).to_be_visible()
    page.wait_for_function(QUIET)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_reads_well_for_axe_and_fits_a_telephone(
    page: Page, address: str, path: str
) -> None:
    page.goto(f"{address}/{path}")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        expect(page.locator(".stApp")).to_have_css("color-scheme", scheme)
        wait_until_quiet(page)
        found = Axe().run(page).response["violations"]
        assert [
            (violation["id"], [node["html"][:120] for node in violation["nodes"]])
            for violation in found
            if violation["impact"] in ("serious", "critical")
        ] == []
    page.set_viewport_size({"width": 375, "height": 740})
    wait_until_quiet(page)
    keep_screenshot(page, f"375-{path.replace('?', '-') or 'home'}")
    page.wait_for_function(
        "document.querySelector('[data-testid=stMain]').scrollWidth <= window.innerWidth"
        " && document.documentElement.scrollWidth <= window.innerWidth"
    )
