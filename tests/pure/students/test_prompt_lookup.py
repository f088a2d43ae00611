"""Drafts: what stood after the same words before."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scicot.pure.students.prompt_lookup import DRAFTED, PromptLookup, trim

TOKENS = st.lists(st.integers(0, 3), max_size=40)


def test_what_followed_the_same_two_tokens_is_drafted() -> None:
    assert PromptLookup([1, 2, 3, 4, 5, 1, 2]).draft(9) == [3, 4, 5]
    assert PromptLookup([1, 2, 3, 4, 5, 1, 2]).draft(2) == [3, 4]
    assert PromptLookup([1, 2, 3, 1, 2, 4, 1, 2]).draft(1) == [4], "where they stood last"
    assert PromptLookup([1, 2, 3, 4, 5]).draft(9) == []
    assert PromptLookup([]).draft(9) == []


def test_a_text_that_repeats_is_drafted_to_go_on_so_and_further_once_it_is_sure() -> None:
    assert PromptLookup([7, 8, 7, 8]).draft(9) == [7, 8, 7]
    ((sure, most), _) = DRAFTED
    assert PromptLookup([7, 8] * sure).draft(9) == [7, 8, 7, 8, 7, 8][:most]


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
    text, words = first + then, min(length for length, _ in DRAFTED)
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
