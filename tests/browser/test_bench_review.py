import pytest

from scicot.bench.review import bench_review

pytestmark = pytest.mark.browser


def test_no_press_is_dropped_or_lands_on_another_record() -> None:
    done = bench_review(rationales=300, presses=16)
    assert (done.presses, done.dropped, done.misplaced) == (32, 0, 0)
