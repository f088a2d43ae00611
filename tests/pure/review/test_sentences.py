"""Sentences as a reader counts them, and what is known of each."""

from __future__ import annotations

import pytest

from scicot.pure.review.sentences import label_sentences, split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Ice melts. Water flows.", ["Ice melts.", "Water flows."]),
        ("Mr. Hill warms ice. It melts!", ["Mr. Hill warms ice.", "It melts!"]),
        ("One line\nand another", ["One line", "and another"]),
        ("It weighs 3.5 kg.", ["It weighs 3.5 kg."]),
        ("  ", []),
    ],
)
def test_sentences_are_those_that_a_reader_counts(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences


def test_what_follows_the_first_mistake_is_not_labelled() -> None:
    text = "Ice is cold. Ice is a gas. So it flies."
    assert label_sentences(text, 2) == [("Ice is cold.", True), ("Ice is a gas.", False)]
    assert [is_right for _, is_right in label_sentences(text, None)] == [True, True, True]
