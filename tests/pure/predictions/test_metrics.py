import math

import pytest

from scicot.pure.predictions.metrics import option_probabilities, score_outcomes, word_overlap
from scicot.words.records import Outcome


def test_what_cannot_be_read_is_counted_and_is_not_right() -> None:
    found = score_outcomes([Outcome.CORRECT, Outcome.NO_ANSWER, Outcome.INCORRECT, Outcome.CORRECT])
    assert (found.n, found.correct, found.no_answer) == (4, 2, 1)
    assert (found.accuracy, found.no_answer_share) == (0.5, 0.25)


def test_no_prediction_has_no_accuracy() -> None:
    assert score_outcomes([]).accuracy is None
    assert score_outcomes([]).interval is None


def test_option_probabilities_are_shares_of_the_options() -> None:
    found = option_probabilities({"A": math.log(0.02), "B": math.log(0.06)})
    assert found == pytest.approx({"A": 0.25, "B": 0.75})


def test_very_unlikely_options_do_not_underflow() -> None:
    assert option_probabilities({"A": -5000.0, "B": -5000.0}) == {"A": 0.5, "B": 0.5}


@pytest.mark.parametrize(
    ("first", "second", "share"),
    [
        ("Iron rusts.", "iron RUSTS", 1.0),
        ("Iron rusts in air", "Iron melts", 2 * 1 / 6),
        ("iron iron", "iron", 2 / 3),
        ("a", "b", 0.0),
        ("", "b", None),
    ],
)
def test_overlap_counts_shared_words(first: str, second: str, share: float | None) -> None:
    assert word_overlap(first, second) == (share if share is None else pytest.approx(share))
