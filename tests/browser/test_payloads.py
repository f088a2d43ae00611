"""The short version of the payloads' soak: a browser walks every page of a full database."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.app_server import chromium_page
from tests.soak.payloads import PAYLOADS, Walked, note_what_happens, soak_payloads, was_run

pytestmark = pytest.mark.browser


def test_no_payload_in_any_field_runs_or_calls_out_on_any_page(tmp_path: Path) -> None:
    counts = soak_payloads(tmp_path, payloads=PAYLOADS[::10], seed=0)
    assert counts.agree, counts
    assert counts.fields > 500
    assert counts.payloads >= 20
    assert counts.tables >= 3  # their own downloads are there, and none is shown


def test_the_walk_would_see_a_payload_that_ran_or_called_out() -> None:
    counts = Walked(0)
    with chromium_page(ignores_policy=True) as page:
        note_what_happens(page, "http://127.0.0.1:1", counts)
        page.set_content("<img src=x onerror='window.hit=1'><img src='http://evil.example/p.png'>")
        page.wait_for_function("window.hit")
        assert was_run(page)
    assert any("evil.example" in url for url in counts.outside_requests)
