"""Drafts: what stood after the same words before."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scicot.pure.students.prompt_lookup import DRAFTED, SURE, PromptLookup, trim

TOKENS = st.lists(st.integers(0, 3), max_size=40)


END = 99


def test_what_followed_the_same_three_tokens_is_drafted() -> None:
    assert PromptLookup([1, 2, 3, 4, 5, 1, 2, 3]).draft(9) == [4]
    assert PromptLookup([1, 2, 3, 4, 1, 2, 3, 5, 1, 2, 3]).draft(9) == [5], "where they stood last"
    assert PromptLookup([1, 2, 3, 4, 5]).draft(9) == []
    assert PromptLookup([]).draft(9) == []
    assert PromptLookup([1, 2, 3, 1, 2, 3]).draft(0) == []


def test_drafts_grow_as_they_are_right_and_shrink_as_they_are_not() -> None:
    text = PromptLookup([1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3])
    text.take(text.draft(9), [4, 5], END)
    assert text.draft(9) == [6, 7]
    text.take([6, 7], [6, 7, 8], END)
    assert text.draft(9) == [9, 1, 2]
    text.take([9, 1, 2], [9, 1, 7, 0], END)
    assert text.tokens[-3:] == [9, 1, 7]
    text.extend([1, 2, 3])
    assert text.draft(9) == [4, 5], "two of them were right"
    text.take([4, 5], [0, 0, 0], END)
    text.extend([1, 2, 3])
    assert len(text.draft(9)) == 1


def test_nothing_is_taken_after_the_end_though_it_was_drafted() -> None:
    text = PromptLookup([1])
    text.take([END, 2], [END, 2, 3], END)
    assert text.tokens == [1, END]


def test_a_text_that_repeats_is_drafted_to_go_on_so_and_further_once_it_is_sure() -> None:
    assert PromptLookup([7, 8] * (SURE - 1)).draft(9) == [7, 8, 7, 8, 7, 8]


@given(first=TOKENS, then=TOKENS, most=st.integers(0, 8))
def test_a_text_told_in_parts_is_the_same_text(
    first: list[int], then: list[int], most: int
) -> None:
    parts = PromptLookup(first)
    parts.extend(then)
    whole = PromptLookup(first + then)
    assert parts.tokens == whole.tokens
    draft = parts.draft(most)
    assert draft == whole.draft(most)
    assert len(draft) <= most
    text, words = first + then, min(alike for alike, _ in DRAFTED)
    if draft:
        ends = [text[place : place + words] for place in range(len(text) - words)]
        assert text[-words:] in ends, "nothing is drafted after words that are new"


@given(
    lengths=st.lists(st.integers(1, 7), min_size=1, max_size=60),
    multiple=st.sampled_from([1, 8, 16]),
)
def test_trimmed_drafts_are_a_multiple_where_that_can_be(lengths: list[int], multiple: int) -> None:
    asked = [list(range(length)) for length in lengths]
    trim(asked, multiple)
    total, before = sum(map(len, asked)), sum(lengths)
    assert all(one == list(range(len(one))) and one for one in asked)
    assert before - total < multiple
    if before < 2 * multiple:
        assert total == before, "a few texts keep what was drafted"
    else:
        assert total % multiple == 0 or total == len(asked)
