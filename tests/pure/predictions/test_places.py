import pytest

from scicot.pure.predictions.places import (
    Places,
    Standing,
    count_places,
    place_of,
    read_standing,
    warn_of_seeds,
)
from scicot.pure.shares import say_share


def test_letters_and_digits_name_places() -> None:
    assert [place_of(label) for label in ("A", "d", "1", "4", None, "x1")] == [
        1,
        4,
        1,
        4,
        None,
        None,
    ]


def test_a_run_that_answers_one_place_is_warned_of() -> None:
    fallen = count_places([("B", "A", 9), ("B", "B", 88), ("C", "C", 3), (None, "B", 4)])
    standing = fallen.standing
    assert standing.same_place == pytest.approx(92 / 104)
    assert standing.warning == "answers place 2 on 97\u00a0%: it has not learned to choose"
    assert standing.warn("Sci-CoT") == (
        "Sci-CoT answers place 2 on 97\u00a0%: it has not learned to choose; the best place always "
        "would give 88.5\u00a0%."
    )
    assert standing.brief == "97\u00a0% at place 2"
    fair = count_places([("B", "A", 80), ("C", "C", 20)]).standing
    assert (fair.warning, fair.brief, fair.warn("Sci-CoT")) == (
        "",
        "",
        "",
    )  # 80 % is not more than 80 %
    assert count_places([]).standing == Standing()


def test_what_a_run_stored_says_the_same_as_its_predictions() -> None:
    standing = Places(4, {2: 2, 1: 2}, {3: 3, 1: 1}).standing
    assert standing == Standing(0.75, 1, 0.5)  # of equals the first
    stored = {"same_place": 0.75, "most_answered_place": 1, "most_answered_share": 0.5}
    assert read_standing(stored) == standing
    assert read_standing(None) == Standing()


def test_a_share_is_written_in_one_way_and_never_breaks() -> None:
    assert say_share(0.2966) == "29.7\u00a0%"
    assert say_share(0.2966, 0) == "30\u00a0%"
    assert say_share(None) == "–"


def test_a_cells_warning_says_which_of_its_seeds_answer_one_place() -> None:
    shares = [(0, Standing(0.25, 4, 0.68)), (1, Standing(0.25, 4, 0.56))]
    assert warn_of_seeds(shares) == ""
    assert warn_of_seeds([*shares, (2, Standing(0.25, 4, 0.85))]) == (
        "with seed 2 answers place 4 on 85\u00a0%: 1 of 3 seeds has not learned to choose"
    )
    assert warn_of_seeds([(0, Standing(0.25, 4, 0.85))]) == Standing(0.25, 4, 0.85).warning
