import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scicot.pure.review.diffs import Change, Piece, word_diff

TEXTS = st.text(alphabet="ab .,\n’é日", max_size=60)


@given(TEXTS, TEXTS)
def test_the_pieces_hold_both_texts_whole(before: str, after: str) -> None:
    pieces = word_diff(before, after)
    assert "".join(one.text for one in pieces if one.change is not Change.ADDED) == before
    assert "".join(one.text for one in pieces if one.change is not Change.REMOVED) == after


def test_a_changed_word_is_taken_out_and_put_in() -> None:
    assert word_diff("the cold sun", "the hot sun") == [
        Piece(Change.SAME, "the "),
        Piece(Change.REMOVED, "cold"),
        Piece(Change.ADDED, "hot"),
        Piece(Change.SAME, " sun"),
    ]


def test_equal_texts_have_no_change() -> None:
    assert word_diff("as it was", "as it was") == [Piece(Change.SAME, "as it was")]


GOLDEN = Path(__file__).parents[2] / "golden" / "word_diffs.json"
CASES = json.loads(GOLDEN.read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_the_cases_that_the_cards_own_difference_is_held_to(case: dict[str, Any]) -> None:
    pieces = word_diff(case["before"], case["after"])
    assert [[piece.change.value, piece.text] for piece in pieces] == case["pieces"]


def test_a_very_long_text_is_one_change_between_what_is_alike() -> None:
    one, other = (" ".join(f"{name}{n}" for n in range(1200)) for name in "ab")
    pieces = word_diff(f"First. {one} Last.", f"First. {other} Last.")
    assert [piece.change.value for piece in pieces] == ["same", "removed", "added", "same"]
