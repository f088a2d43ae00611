"""Reading what a teacher's server sent back: each reply has exactly one outcome.

Nothing here raises: what cannot be read is `invalid`, with the reason. Whatever the server itself
says stands in the reason.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from scicot.pure.teacher.call_parameters import WHOLE, refused_parameter
from scicot.pure.teacher.contents import content_text, refusal_in, thinking_beside
from scicot.pure.teacher.error_texts import ServerError, error_in, read_error, storable
from scicot.pure.teacher.streams import STREAM_CUT, is_stream, join_stream
from scicot.pure.teacher.thinking import cut_thinking
from scicot.words.teaching import Answer, AttemptOutcome, Reply

MAX_TOKENS_BELIEVED = 10_000_000
WENT_INTO_THINKING = "The limit went into thinking: raise max_tokens"
BESIDE = "The reply has no text; the model's thinking stands in its field"
_QUOTA_CODES = ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active")
_MAYBE_PAID_STATUS = (504, 524)  # a gateway lost patience; the model behind it may have written
_RETRYABLE_STATUS = (408, 409, 425)
_FILTERED = (
    *("content_filter", "safety", "recitation", "sensitive", "prohibited_content", "blocklist"),
    *("content_filtered", "refusal"),
)
# reasons by which a server says that it broke off
_BROKEN = ("error", "network_error", "insufficient_system_resource", "abort", "cancelled")
_WRAPPERS = ("data", "result", "response")  # around a completion, at some gateways
# as others call OpenAI's "length"
_LENGTHS = ("max_tokens", "model_length", "max_output_tokens")
_DENIED_STATUS = {
    401: "The teacher does not accept the key",
    402: "The teacher asks for payment",
    403: "The key has no permission for this model",
    404: "There is no such model or address",
}


def read_reply(reply: Reply) -> Answer:
    """Return what a reply amounts to: text, a reason to try again, or a reason not to."""
    if reply.status != 200:
        return _read_failure(reply.status, read_error(reply.body), reply)
    try:
        return read_body(reply.body, reply.retry_after)
    except RecursionError:  # JSON reads deeper than what looks into it does
        return Answer(AttemptOutcome.INVALID, reason="The reply is nested without end")


def _read_failure(status: int, error: ServerError, reply: Reply) -> Answer:
    said = f": {error.message}" if error.message else ""
    if 300 <= status < 400:
        return Answer(
            AttemptOutcome.DENIED,
            reason=f"The address redirects elsewhere (HTTP {status}), which is not followed. "
            "Use the address it leads to.",
        )
    if status in _DENIED_STATUS:
        what = _DENIED_STATUS[status]
        return Answer(AttemptOutcome.DENIED, reason=f"{what} (HTTP {status}){said}")
    if error.code in _QUOTA_CODES:
        return Answer(AttemptOutcome.DENIED, reason=f"The teacher's quota is used up{said}")
    if status == 429:
        return Answer(
            AttemptOutcome.RATE_LIMITED,
            reason=f"The teacher asked to wait (HTTP 429){said}",
            retry_after=reply.retry_after,
        )
    if status in _MAYBE_PAID_STATUS:
        reason = f"A gateway gave up waiting (HTTP {status}){said}"
        return Answer(AttemptOutcome.MAYBE_PAID, reason=reason)
    if status in _RETRYABLE_STATUS or status >= 500:
        return Answer(
            AttemptOutcome.UNAVAILABLE,
            reason=f"The teacher's server failed (HTTP {status}){said}",
            retry_after=reply.retry_after,
        )
    if error.code == "content_filter":
        return Answer(AttemptOutcome.REFUSED, reason=f"The teacher's content filter refused{said}")
    if name := refused_parameter(reply):
        does = "only streams" if name == WHOLE else f"does not take {name}"
        again = "streamed" if name == WHOLE else "without it"
        return Answer(
            AttemptOutcome.UNAVAILABLE, reason=f"The model {does}; asked again {again}{said}"
        )
    return Answer(AttemptOutcome.REJECTED, reason=f"The request was rejected (HTTP {status}){said}")


def read_body(body: str, retry_after: float | None = None) -> Answer:
    """Return what the body of a successful (HTTP 200) reply holds.

    An error inside it counts as the status that it names.
    """
    content = read_content(body)
    if content is None:
        page = read_error(body).message
        said = f": {page}" if page else ""
        kind = "a web page" if body.lstrip()[:1] == "<" else "no JSON"
        return Answer(AttemptOutcome.INVALID, reason=f"The reply is {kind}{said}")
    if isinstance(content, list) and (error := error_in(content)) and error.status:
        return _read_failure(error.status, error, Reply(error.status, body, retry_after))
    content = _completion_in(content)
    if not isinstance(content, dict):
        return Answer(AttemptOutcome.INVALID, reason="The reply is not a JSON object")
    answer = _read_choice(content.get("choices") or _one_choice(content))
    if answer.text is None and (error := error_in(content)):
        if content.get("was_begun"):
            reason = f"The stream broke off: {error.message}"
            return Answer(AttemptOutcome.MAYBE_PAID, reason=reason)
        if error.status is None or error.status < 300:
            reason = f"The reply is an error: {error.message}"
            return Answer(AttemptOutcome.INVALID, reason=reason)
        return _read_failure(error.status, error, Reply(error.status, body, retry_after))
    usage = content.get("usage")
    usage = usage if isinstance(usage, Mapping) else content
    asked, written = (
        ("prompt_tokens", "input_tokens", "prompt_eval_count"),
        (
            "completion_tokens",
            "output_tokens",
            "eval_count",
        ),
    )
    return replace(
        answer,
        prompt_tokens=next((_tokens(usage[name]) for name in asked if name in usage), None),
        completion_tokens=next((_tokens(usage[name]) for name in written if name in usage), None),
    )


def _completion_in(content: Any) -> Any:
    """Return the completion itself, where a list of one or a gateway's object stands around it."""
    if isinstance(content, list) and len(content) == 1:
        content = content[0]
    if isinstance(content, dict) and not content.get("choices"):
        inner = (content.get(name) for name in _WRAPPERS)
        return next(
            (held for held in inner if isinstance(held, dict) and "choices" in held), content
        )
    return content


def read_content(body: str) -> Any:
    """Return a body's JSON value, a stream's put together; None when it is neither."""
    if is_stream(body):
        return join_stream(body)
    try:
        content = json.loads(body.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None
    return "null" if content is None else content


def thinking_in(body: str) -> str | None:
    """Return what a reply without a text has in a field for thinking, None when nothing."""
    message = message_in(read_content(body))
    try:
        beside = thinking_beside(message) if message else None
    except RecursionError:
        return None
    return storable(beside[1]) if beside else None


def message_in(content: Any) -> Mapping[str, Any] | None:
    """Return the message of a body's first choice, None where it has none."""
    choices = content.get("choices") if isinstance(content, dict) else None
    return _message_of(choices[0]) if isinstance(choices, list) and choices else None


def _message_of(choice: Any) -> Mapping[str, Any] | None:
    """Return a choice's message; that of the older completions endpoint is a text alone."""
    if not isinstance(choice, Mapping):
        return None
    for name in ("message", "delta"):
        if isinstance(choice.get(name), Mapping):
            return choice[name]  # type: ignore[no-any-return]
    return {"content": choice["text"]} if isinstance(choice.get("text"), str) else None


def _one_choice(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the answer of servers that speak their own way as if it were a choice.

    Ollama's `message`, Anthropic's `content`, the `output` of OpenAI's responses.
    """
    message = content.get("message")
    if not isinstance(message, Mapping):
        parts = content.get("output", content.get("content"))
        if not isinstance(parts, list):
            return []
        inner = [part.get("content") for part in parts if isinstance(part, Mapping)]
        flat = [part for some in inner if isinstance(some, list) for part in some]
        message = {"content": flat or parts}
    finish = content.get("stop_reason") or content.get("done_reason")
    return [{"message": message, "finish_reason": finish}]


def _read_choice(choices: Any) -> Answer:
    """Return what the first choice amounts to."""
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = _message_of(choice)
    if not isinstance(choice, Mapping) or message is None:
        return Answer(AttemptOutcome.INVALID, reason="The reply holds no choice")
    finish = choice.get("finish_reason")
    finish = storable(finish)[:50] if isinstance(finish, str) else None
    finish = "length" if finish and finish.lower() in _LENGTHS else finish
    if refusal := refusal_in(message):
        said = storable(refusal)[:200]
        reason = f"The teacher refused: {said}"
        return Answer(AttemptOutcome.REFUSED, reason=reason, finish_reason=finish)
    if finish and finish.lower() in _FILTERED:
        reason = "The teacher's content filter refused"
        return Answer(AttemptOutcome.REFUSED, reason=reason, finish_reason=finish)
    thinking = cut_thinking(storable(content_text(message.get("content"))))
    text = thinking.text.strip()
    if not text:
        reason = _why_no_text(message, finish, thinking.was_there, thinking.is_unclosed)
        return Answer(AttemptOutcome.INVALID, reason=reason, finish_reason=finish)
    if finish and finish.lower() in _BROKEN:
        error = error_in(choice)
        said = f": {error.message}" if error and error.message else f" ({finish})"
        return Answer(AttemptOutcome.TRUNCATED, text, f"The server broke off{said}", finish)
    if finish in ("length", STREAM_CUT):
        reason = "Cut off at max_tokens" if finish == "length" else "The stream ended early"
        return Answer(AttemptOutcome.TRUNCATED, text, reason, finish)
    return Answer(AttemptOutcome.STORED, text, finish_reason=finish)


def _why_no_text(
    message: Mapping[str, Any], finish: str | None, was_thinking: bool, is_unclosed: bool
) -> str:
    beside = thinking_beside(message)
    if finish == "length":
        where = f" (field {beside[0]})" if beside else ""
        return f"{WENT_INTO_THINKING}{where}"
    if is_unclosed:
        return f"A thought never ends, so there is no text. {WENT_INTO_THINKING}"
    if finish and finish.lower() in _BROKEN:
        return f"The server broke off ({finish}) before any text"
    if beside:
        return f"{BESIDE} {beside[0]}"
    if message.get("tool_calls") or message.get("function_call"):
        return "The reply calls a tool and holds no text"
    if was_thinking:
        return "The reply holds thinking alone, no text"
    return "The reply holds no text"


def _tokens(value: Any) -> int | None:
    """Return a count of tokens that can be believed; nothing is asked or answered in none."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 < value <= MAX_TOKENS_BELIEVED else None
