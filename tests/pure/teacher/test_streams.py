from __future__ import annotations

import json

import pytest

from scicot.pure.teacher.replies import read_reply
from scicot.words.teaching import AttemptOutcome, Reply


def test_a_stream_is_put_together_and_one_that_breaks_off_is_cut() -> None:
    pieces = [{"content": "Be"}, {"content": "cause."}, {"reasoning_content": "a"}]
    events = [f"data: {json.dumps({'choices': [{'delta': piece}]})}" for piece in pieces]
    usage = 'data: {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}}'
    whole = read_reply(Reply(200, "\n\n".join([": ping", *events, usage, "data: [DONE]"])))
    assert (whole.outcome, whole.text) == (AttemptOutcome.STORED, "Because.")
    assert (whole.prompt_tokens, whole.completion_tokens) == (3, 2)
    cut = read_reply(Reply(200, "\n\n".join(events)))
    assert (cut.outcome, cut.text) == (AttemptOutcome.TRUNCATED, "Because.")
    broken = "\n\n".join([*events, 'data: {"error": {"message": "gone", "code": 502}}'])
    assert read_reply(Reply(200, broken)).outcome is AttemptOutcome.MAYBE_PAID


T = '{"choices": [{"delta": {"content": "T"}, "finish_reason": "stop"}]}'
STREAMS = {
    "a comment first": f":ping\n\ndata: {T}\n\n",
    "other fields first": f"retry: 3000\nid: 1\ndata:{T}\n\ndata:[DONE]\n",
    "a mark and returns": f"\ufeffdata: {T}\r\n\r\n",
    "data in two lines": f"data: {T[:12]}\ndata: {T[12:]}",
    "an object a line": '{"choices": [{"delta": {"content": ""}}]}\n' + T,
    "Ollama's lines": '{"message": {"content": ""}, "done": false}\n'
    '{"message": {"content": "T"}, "done": true}',
    "Anthropic's events": 'event: content_block_delta\ndata: {"delta": {"text": "T"}}\n\n'
    'event: message_delta\ndata: {"delta": {"stop_reason": "end_turn"}}\n\n',
    "the older completions": 'data: {"choices": [{"text": "T", "finish_reason": "stop"}]}',
    "a choice beside": 'data: {"choices": [{"index": 1, "delta": {"content": "X"}}]}\n\n'
    f"data: {T}",
    "the whole once more": 'data: {"choices": [{"delta": {"content": "T"}}]}\n\n'
    'data: {"choices": [{"message": {"content": "T"}, "finish_reason": "stop"}]}',
}


@pytest.mark.parametrize("body", STREAMS.values(), ids=STREAMS)
def test_events_are_read_however_they_are_written(body: str) -> None:
    answer = read_reply(Reply(200, body))
    assert (answer.outcome, answer.text) == (AttemptOutcome.STORED, "T")


def test_a_separator_of_lines_inside_a_streamed_text_stays_in_it() -> None:
    event = 'data: {"choices": [{"delta": {"content": "a\u2028b"}, "finish_reason": "stop"}]}'
    assert read_reply(Reply(200, event)).text == "a\u2028b"
    error = 'event: error\ndata: {"message": "Overloaded", "type": "overloaded_error"}\n\n'
    assert read_reply(Reply(200, error)).outcome is AttemptOutcome.UNAVAILABLE
