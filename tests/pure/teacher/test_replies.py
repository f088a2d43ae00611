from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scicot.pure.teacher.batch_lines import read_results
from scicot.pure.teacher.call_parameters import refused_parameter
from scicot.pure.teacher.redaction import hide_in_reply
from scicot.pure.teacher.replies import read_reply
from scicot.words.teaching import Reply

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
