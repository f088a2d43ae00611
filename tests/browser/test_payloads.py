"""The short version of the payloads' soak: a browser walks a full database."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.app_server import chromium_page
from tests.soak.payloads import PAYLOADS, Walked, note_what_happens, soak_payloads, was_run
from tests.soak.seeds import new_seed

pytestmark = pytest.mark.browser
# where the most texts of others stand; tests/pages/test_foreign_text.py looks at every page
SOME_PATHS = ("questions", "review", "runs?run=3", "inspect?run=3")


def test_no_payload_in_any_field_runs_or_calls_out(tmp_path: Path) -> None:
    counts = soak_payloads(tmp_path, payloads=PAYLOADS[::10], seed=new_seed(), paths=SOME_PATHS)
    assert counts.agree, counts
    assert counts.fields > 500
    assert counts.payloads >= 20
    assert counts.tables  # its own download is there, and is not shown


def test_the_walk_would_see_a_payload_that_ran_or_called_out() -> None:
    counts = Walked(0)
    with chromium_page(ignores_policy=True) as page:
        note_what_happens(page, "http://127.0.0.1:1", counts)
        page.set_content("<img src=x onerror='window.hit=1'><img src='http://evil.example/p.png'>")
        page.wait_for_function("window.hit")
        assert was_run(page)
    assert any("evil.example" in url for url in counts.outside_requests)
