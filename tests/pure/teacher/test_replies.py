from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scicot.pure.teacher.batch_lines import read_results, request_line
from scicot.pure.teacher.replies import read_reply
from scicot.words.teaching import AttemptOutcome, Reply


def body(**choice: object) -> str:
    message = {"content": choice.pop("content", "Because.")}
    message |= {"refusal": choice.pop("refusal", None)}
    return json.dumps({"choices": [{"message": message, "finish_reason": "stop", **choice}]})


@pytest.mark.parametrize(
    ("status", "text", "outcome"),
    [
        (200, body(), "stored"),
        (200, body(finish_reason="length"), "truncated"),
        (200, body(finish_reason="length", content=""), "invalid"),
        (200, body(finish_reason="content_filter"), "refused"),
        (200, body(refusal="No."), "refused"),
        (200, body(content=None), "invalid"),
        (200, body(content="   "), "invalid"),
        (200, body(content=["a"]), "invalid"),
        (200, "<html>", "invalid"),
        (200, "", "invalid"),
        (200, "null", "invalid"),
        (200, "[" * 100_000, "invalid"),
        (200, '{"choices": {}}', "invalid"),
        (200, '{"choices": [null]}', "invalid"),
        (200, '{"error": {"message": "oops"}}', "invalid"),
        (301, "", "denied"),
        (400, '{"error": {"message": "bad"}}', "rejected"),
        (400, '{"error": {"code": "content_filter"}}', "refused"),
        (401, "", "denied"),
        (402, "", "denied"),
        (403, "", "denied"),
        (404, "not json", "denied"),
        (408, "", "unavailable"),
        (422, '{"error": "text"}', "rejected"),
        (429, "{}", "rate_limited"),
        (429, '{"error": {"code": "insufficient_quota"}}', "denied"),
        (429, '{"error": {"type": "insufficient_quota"}}', "denied"),
        (500, "", "unavailable"),
        (504, "", "maybe_paid"),
        (524, "", "maybe_paid"),
        (529, "", "unavailable"),
    ],
)
def test_each_reply_has_one_outcome(status: int, text: str, outcome: str) -> None:
    assert read_reply(Reply(status, text)).outcome == outcome


def test_tokens_are_believed_only_when_they_can_be() -> None:
    whole = json.loads(body())
    for tokens in (True, -1, 1.5, "7", None, 10**12):
        whole["usage"] = {"prompt_tokens": tokens, "completion_tokens": 5}
        answer = read_reply(Reply(200, json.dumps(whole)))
        assert (answer.prompt_tokens, answer.completion_tokens) == (None, 5)


def test_what_a_database_cannot_hold_is_replaced() -> None:
    answer = read_reply(Reply(200, body(content="a\ud800b\x00c")))
    assert answer.text == "a?bc"


def test_the_wait_that_was_asked_for_is_kept() -> None:
    assert read_reply(Reply(429, "", 7.0)).retry_after == 7.0


@given(st.integers(200, 599), st.text(max_size=200))
def test_no_reply_makes_reading_fail(status: int, text: str) -> None:
    read_reply(Reply(status, text))


def test_a_request_line_is_what_the_batch_endpoint_reads() -> None:
    line = json.loads(
        request_line(
            "attempt-7",
            [{"role": "user", "content": "Hé"}],
            model="m",
            parameters={"max_tokens": 9, "temperature": 0},
        )
    )
    assert line["custom_id"] == "attempt-7"
    assert line["url"] == "/v1/chat/completions"
    assert line["body"]["messages"][0]["content"] == "Hé"


def test_results_are_read_by_line_and_what_was_never_done_is_unpaid() -> None:
    lines = [
        '{"custom_id": "attempt-2", "response": {"status_code": 200, "body": {"a": 1}}}',
        "not json",
        '{"response": {"status_code": 200}}',
        '{"custom_id": "attempt-1", "response": null, "error": {"code": "batch_expired"}}',
    ]
    found = dict(read_results("\n".join(lines)))
    assert found["attempt-2"] == Reply(200, '{"a": 1}')
    assert read_reply(found["attempt-1"]).outcome is AttemptOutcome.UNAVAILABLE
    assert len(found) == 2
