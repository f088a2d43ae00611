"""Each option's share, read from what servers tell of their tokens."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from scicot.pure.teacher.option_shares import has_probabilities, read_option_shares
from scicot.pure.teacher.streams import join_stream

Place = tuple[str, Mapping[str, float]]
LABELS = ("A", "B", "C")


def place(token: str, others: Mapping[str, float]) -> dict[str, Any]:
    return {
        "token": token,
        "logprob": math.log(others.get(token, 0.9)),
        "top_logprobs": [
            {"token": name, "logprob": math.log(chance)} for name, chance in others.items()
        ],
    }


def reply(*places: Place, text: str = "B") -> str:
    told = {"content": [place(*one) for one in places]}
    return json.dumps({"choices": [{"message": {"content": text}, "logprobs": told}]})


@pytest.mark.parametrize(
    ("places", "shares"),
    [
        ([("B", {"B": 0.6, "A": 0.2, "The": 0.2})], {"A": 0.25, "B": 0.75, "C": 0.0}),
        ([("B", {"B": 0.4, " B": 0.2, "(B": 0.2, "C": 0.2})], {"A": 0.0, "B": 0.8, "C": 0.2}),
        ([("(", {"(": 0.9}), ("A", {"A": 0.5, "C": 0.5})], {"A": 0.5, "B": 0.0, "C": 0.5}),
        (
            [("The", {}), (" answer", {}), (" is", {}), (" C", {" C": 1.0})],
            {"A": 0, "B": 0, "C": 1},
        ),
        ([("A", {"A": 0.9}), (" plant", {}), (" is", {})], None),  # an article
        ([("Maybe", {"B": 0.3})], None),
        ([("B", {})], {"A": 0.0, "B": 1.0, "C": 0.0}),
    ],
)
def test_the_shares_stand_where_the_letter_was_written(
    places: Sequence[Place], shares: dict[str, float] | None
) -> None:
    read = read_option_shares(reply(*places), LABELS)
    assert read == (shares if shares is None else pytest.approx(shares))


@pytest.mark.parametrize(
    "body",
    [
        "no JSON",
        "[]",
        '{"choices": []}',
        '{"choices": [{"message": {"content": "B"}}]}',
        '{"choices": [{"message": {"content": "B"}, "logprobs": null}]}',
        '{"choices": [{"logprobs": {"content": [{"token": "B"}, 3, null]}}]}',
    ],
)
def test_a_reply_without_probabilities_has_none(body: str) -> None:
    assert not has_probabilities(body)
    assert read_option_shares(body, LABELS) is None


def test_a_stream_tells_them_piece_by_piece() -> None:
    pieces = [("(", {"(": 1.0}), ("B", {"B": 0.5, "A": 0.5})]
    events = [
        {"choices": [{"delta": {"content": token}, "logprobs": {"content": [place(token, those)]}}]}
        for token, those in pieces
    ]
    stream = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
    assert join_stream(stream)["choices"][0]["message"]["content"] == "(B"
    assert read_option_shares(stream, LABELS) == {"A": 0.5, "B": 0.5, "C": 0.0}
