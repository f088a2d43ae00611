from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scicot.pure.teacher.batch_lines import read_results, request_line
from scicot.pure.teacher.call_parameters import refused_parameter
from scicot.pure.teacher.redaction import hide_in_reply
from scicot.pure.teacher.replies import read_reply
from scicot.words.teaching import AttemptOutcome, Reply

STREAMED = 'data: {"choices": [{"delta": {"content": "b"}, "finish_reason": "stop"}]}'


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
        (200, body(content=[7]), "invalid"),
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


SHAPES = [
    # (body's message, finish reason, text, words of the reason)
    ({"content": "<think>a</think>\n\nT"}, "stop", "T", ""),
    ({"content": "a, b\n</think>\n\nT"}, "stop", "T", ""),
    ({"content": "<THINKING>a</THINKING> T"}, "stop", "T", ""),
    ({"content": "[THINK]a[/THINK]T"}, "stop", "T", ""),
    ({"content": "<think></think>T"}, "stop", "T", ""),
    ({"content": "<think>a</think>T <think>b</think>U"}, "stop", "T U", ""),
    (
        {
            "content": "<|channel|>analysis<|message|>a<|end|><|start|>assistant"
            "<|channel|>final<|message|>T"
        },
        "stop",
        "T",
        "",
    ),
    ({"content": '<think type="x">a</think>T'}, "stop", "T", ""),
    ({"content": '<think type="x">a, and then'}, "stop", None, "never ends"),
    ({"content": '<details type="reasoning" done="true">a</details>T'}, "stop", "T", ""),
    ({"content": "<unused94>thought\na<unused95>T"}, "stop", "T", ""),
    ({"content": ["T", "U"]}, "stop", "TU", ""),
    ({"content": "", "reasoning_text": "a"}, "stop", None, "field reasoning_text"),
    *(
        ({"content": text}, "stop", "T", "")
        for text in (
            *("<reason>a</reason>T", "<inner_monologue>a</inner_monologue>T"),
            *("<scratch_pad>a</scratch_pad>T", "&lt;think&gt;a&lt;/think&gt;T"),
            *("<|im_start|>think\na<|im_end|>T", "analysisWe need a.assistantfinalT"),
            *("Here is my thought process:\na\nHere is my response:\nT",),
            *("<think>a</think><|begin_of_box|>T<|end_of_box|>",),
            *("<think>a</think>\n<answer>T</answer>", "<think>a</think><response>\nT\n</response>"),
        )
    ),
    ({"content": [{"type": "text", "content": "T"}]}, "stop", "T", ""),
    ({"content": [{"type": "refusal", "refusal": "No way"}]}, "stop", None, "refused: No way"),
    ({"content": None, "thinking_blocks": [{"thinking": "a"}]}, "stop", None, "thinking_blocks"),
    (
        {"content": "", "provider_specific_fields": {"reasoning_content": "a"}},
        "stop",
        None,
        "field reasoning_content",
    ),
    ({"content": None, "tool_calls": [{"id": "1"}]}, "tool_calls", None, "calls a tool"),
    ({"content": None}, "SAFETY", None, "content filter"),
    ({"content": "Half"}, "error", "Half", "The server broke off"),
    ({"content": ""}, "network_error", None, "broke off (network_error) before any text"),
    ({"content": "T"}, "max_tokens", "T", "Cut off"),
    ({"content": "<think>a, and then"}, "length", None, "limit went into thinking"),
    ({"content": "<think>a, and then"}, "stop", None, "never ends"),
    ({"content": "<think>a</think>"}, "stop", None, "thinking alone"),
    ({"content": "<think>a</think>T"}, "length", "T", "Cut off"),
    ({"content": "", "reasoning_content": "a"}, "stop", None, "field reasoning_content"),
    ({"content": None, "reasoning": "a"}, "stop", None, "field reasoning"),
    ({"content": None, "reasoning_details": [{"text": "a"}]}, "stop", None, "reasoning_details"),
    ({"content": "", "reasoning_content": "a"}, "length", None, "raise max_tokens"),
    ({"content": "T", "reasoning_content": "a"}, "stop", "T", ""),
    ({"content": [{"type": "text", "text": "T"}]}, "stop", "T", ""),
    (
        {"content": [{"type": "output_text", "text": "T"}, {"type": "text", "text": "U"}]},
        "stop",
        "TU",
        "",
    ),
    (
        {"content": [{"type": "thinking", "thinking": "a"}, {"type": "text", "text": "T"}]},
        "stop",
        "T",
        "",
    ),
    ({"content": [{"type": "thinking", "thinking": "a"}]}, "stop", None, "parts of type thinking"),
    ({"content": {"type": "text", "text": "T"}}, "stop", "T", ""),
]


@pytest.mark.parametrize(("message", "finish", "text", "reason"), SHAPES)
def test_the_text_is_told_from_the_thinking(
    message: dict[str, object], finish: str, text: str | None, reason: str
) -> None:
    whole = json.dumps({"choices": [{"message": message, "finish_reason": finish}]})
    answer = read_reply(Reply(200, whole))
    assert answer.text == text
    assert reason in (answer.reason or "")


SAID_IN_WORDS = [
    ({"error": "The model is overloaded"}, 200, "unavailable", "overloaded"),
    (
        {"choices": None, "base_resp": {"status_code": 1002, "status_msg": "rate limit"}},
        200,
        "rate_limited",
        "rate limit",
    ),
    ({"error": {"code": "1302", "message": "您的账户已达到速率限制"}}, 200, "rate_limited", "速率"),
    ({"error": {"message": "Insufficient Balance"}}, 200, "denied", "Insufficient Balance"),
    ({"success": False, "code": 50505, "message": "Server busy"}, 200, "unavailable", "busy"),
    ({"error": {"message": "Rate limit reached for your tier"}}, 200, "rate_limited", "your tier"),
    ({"error": {"message": "The model does not exist"}}, 200, "invalid", "does not exist"),
    ({"fault": {"faultstring": "Invalid ApiKey"}}, 403, "denied", ": Invalid ApiKey"),
    ({"__type": "ValidationException", "Message": "bad model"}, 400, "rejected", ": bad model"),
]


@pytest.mark.parametrize(("body", "status", "outcome", "said"), SAID_IN_WORDS)
def test_an_error_without_a_code_is_what_its_sentence_says(
    body: dict[str, object], status: int, outcome: str, said: str
) -> None:
    answer = read_reply(Reply(status, json.dumps(body)))
    assert answer.outcome == outcome
    assert said in (answer.reason or "")


OTHER_WAYS = {
    "a gateway's object around it": {
        "code": 0,
        "data": {"choices": [{"message": {"content": "T"}, "finish_reason": "stop"}]},
    },
    "Ollama's own": {"message": {"role": "assistant", "content": "T"}, "done": True},
    "Anthropic's own": {
        "content": [{"type": "thinking", "thinking": "a"}, {"type": "text", "text": "T"}],
        "stop_reason": "end_turn",
    },
    "OpenAI's responses": {
        "object": "response",
        "output": [
            {"type": "reasoning", "summary": []},
            {"type": "message", "content": [{"type": "output_text", "text": "T"}]},
        ],
    },
    "the older completions": {"choices": [{"text": "T", "finish_reason": "stop"}]},
}


@pytest.mark.parametrize("body", OTHER_WAYS.values(), ids=OTHER_WAYS)
def test_a_server_that_speaks_its_own_way_is_read(body: dict[str, object]) -> None:
    assert read_reply(Reply(200, "\ufeff" + json.dumps(body))).text == "T"


FAILURES = [
    (200, '[{"error": {"code": 429, "message": "Slow"}}]', "rate_limited", "Slow"),
    (200, '{"error": {"code": "RESOURCE_EXHAUSTED", "message": "Slow"}}', "rate_limited", "Slow"),
    (200, '{"statusCode": 429, "message": "Slow"}', "rate_limited", "Slow"),
    (200, '{"success": false, "message": "Slow", "code": 429}', "rate_limited", "Slow"),
    (200, '{"error": {"message": "Slow down", "code": 429}}', "rate_limited", "Slow down"),
    (200, '{"error": {"message": "Slow down", "code": "429"}}', "rate_limited", "Slow down"),
    (200, '{"error": {"type": "rate_limit_error", "message": "Slow"}}', "rate_limited", "Slow"),
    (200, '{"error": {"message": "No credit", "code": 402}}', "denied", "No credit"),
    (200, '{"error": {"message": "Upstream", "code": 502}}', "unavailable", "Upstream"),
    (200, '{"object": "error", "message": "Busy", "code": 503}', "unavailable", "Busy"),
    (200, '{"choices": [{"error": {"message": "Gone", "code": 502}}]}', "unavailable", "Gone"),
    (200, 'data: {"error": {"message": "Busy", "code": 503}}\n\n', "unavailable", "Busy"),
    (400, '{"object": "error", "message": "Too odd", "code": 400}', "rejected", "Too odd"),
    (404, '{"object": "error", "message": "No model m", "code": 404}', "denied", "No model m"),
    (400, '{"detail": "Bad prompt"}', "rejected", "Bad prompt"),
    (400, '[{"error": {"message": "In a list", "code": 400}}]', "rejected", "In a list"),
    (400, '{"errors": [{"message": "First of all"}]}', "rejected", "First of all"),
    (400, '{"error": "A text"}', "rejected", "A text"),
    (400, "Plain words", "rejected", "Plain words"),
    (
        403,
        "<html><head><title>A &amp; B</title></head></html>",
        "denied",
        "A & B",
    ),
    (
        422,
        '{"detail": [{"type": "missing", "loc": ["body", "model"], "msg": "Field required"}]}',
        "rejected",
        "model: Field required",
    ),
    (429, '{"error": {"message": "Wait 3 s"}}', "rate_limited", "Wait 3 s"),
    (500, '{"message": "boom"}', "unavailable", "boom"),
    (
        400,
        '{"error": {"message": "Provider", "metadata": {"raw": "its own word"}}}',
        "rejected",
        "its own word",
    ),
]


@pytest.mark.parametrize(("status", "text", "outcome", "said"), FAILURES)
def test_the_servers_own_sentence_is_kept(status: int, text: str, outcome: str, said: str) -> None:
    answer = read_reply(Reply(status, text))
    assert answer.outcome == outcome
    assert said in (answer.reason or "")


REFUSALS = [
    (
        400,
        {"error": {"code": "unsupported_parameter", "param": "max_tokens", "message": "x"}},
        "max_tokens",
    ),
    (
        400,
        {
            "error": {
                "message": "Unsupported parameter: 'max_tokens' is not supported with this "
                "model. Use 'max_completion_tokens' instead."
            }
        },
        "max_tokens",
    ),
    (
        400,
        {
            "error": {
                "message": "Unsupported value: 'temperature' does not support 0.0 with this "
                "model. Only the default (1) value is supported."
            }
        },
        "temperature",
    ),
    (
        400,
        {"object": "error", "message": "temperature is not supported by this model"},
        "temperature",
    ),
    (
        422,
        {"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "no"}]},
        "seed",
    ),
    (422, {"message": {"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"]}]}}, "seed"),
    (400, {"error": {"message": "Unrecognized request argument supplied: seed"}}, "seed"),
    (
        400,
        [{"error": {"message": 'Unknown name "seed": Cannot find field.'}}],
        "seed",
    ),
    (
        400,
        {"error": {"message": "'stream_options' is only allowed when 'stream' is enabled."}},
        "stream_options",
    ),
    (400, {"error": {"message": "streamed calls only"}}, "a whole reply"),
    (
        400,
        {"error": {"message": "This model only supports stream mode, set stream to true"}},
        "a whole reply",
    ),
    (400, {"message": "non-streaming calls are not supported"}, "a whole reply"),
    (
        400,
        {"error": {"message": "max_tokens is too large: 9000. At most 4096 work"}},
        None,
    ),
    (400, {"error": {"message": "This model's maximum context length is 2048 tokens"}}, None),
    (500, {"error": {"message": "temperature is not supported"}}, None),
]


@pytest.mark.parametrize(("status", "content", "name"), REFUSALS)
def test_a_refused_parameter_is_told_from_a_value_out_of_range(
    status: int, content: object, name: str | None
) -> None:
    assert refused_parameter(Reply(status, json.dumps(content))) == name


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


@pytest.mark.parametrize(
    ("status", "text"),
    [
        *((400, json.dumps({"error": {"code": code}})) for code in ("²", "9" * 5000, True, [1])),
        (422, '{"detail": [{"loc": 5, "msg": "odd"}]}'),
        *((500, "[" * depth + "]" * depth) for depth in (300, 480, 900)),
        *((500, '{"error": ' * depth + "1" + "}" * depth) for depth in (480, 900)),
        (
            200,
            '{"choices": [{"message": {"content": "", "reasoning": '
            + "[" * 480
            + "]" * 480
            + "}}]}",
        ),
        (200, 'data: {"choices": [{"delta": {"content": ["a"]}}]}\n' + STREAMED),
        (200, 'data: {"errors": ' + "[" * 480 + "]" * 480 + "}"),
    ],
)
def test_no_reply_is_so_odd_that_its_run_would_end_without_a_reason(status: int, text: str) -> None:
    assert hide_in_reply(text, ["a-secret"]) == text
    answer = read_reply(Reply(status, text))
    assert answer.reason or answer.text
    list(read_results(json.dumps({"custom_id": "a", "error": text})))
    refused_parameter(Reply(status, text))


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


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        ({"usage": {"input_tokens": 3, "output_tokens": 4}}, (3, 4)),
        ({"prompt_eval_count": 3, "eval_count": 4}, (3, 4)),
        ({"usage": {"total_tokens": 9}}, (None, None)),
    ],
)
def test_usage_is_read_by_the_names_of_others(
    usage: dict[str, object], tokens: tuple[int | None, int | None]
) -> None:
    answer = read_reply(Reply(200, json.dumps(json.loads(body()) | usage)))
    assert (answer.prompt_tokens, answer.completion_tokens) == tokens


def test_a_usage_of_nothing_is_unknown() -> None:
    whole = json.loads(body()) | {"usage": {"prompt_tokens": 0, "completion_tokens": 0}}
    answer = read_reply(Reply(200, json.dumps(whole)))
    assert (answer.prompt_tokens, answer.completion_tokens) == (None, None)


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
