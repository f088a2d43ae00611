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
