from __future__ import annotations

import pytest

from scicot.pure.runs.durations import say_duration


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "0 s"),
        (89, "89 s"),
        (90, "2 min"),
        (60 * 89, "89 min"),
        (5400, "1.5 h"),
        (48 * 3600 - 60, "48.0 h"),
        (72 * 3600, "3 days"),
    ],
)
def test_a_duration_is_said_in_the_unit_that_reads_best(seconds: float, words: str) -> None:
    assert say_duration(seconds) == words
