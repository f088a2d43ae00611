"""Reading what a teacher's server sent back: each reply has exactly one outcome.

Nothing here raises: what cannot be read is `invalid`, with the reason.
"""

from __future__ import annotations

import json
from typing import Any

from scicot.pure.teacher.call_parameters import refused_parameter
from scicot.words.teaching import Answer, AttemptOutcome, Reply

MAX_TOKENS_BELIEVED = 10_000_000
_QUOTA_CODES = ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active")
_MAYBE_PAID_STATUS = (504, 524)  # a gateway lost patience; the model behind it may have written
_RETRYABLE_STATUS = (408, 409, 425)
_DENIED_STATUS = {
    401: "The teacher does not accept the key",
    402: "The teacher asks for payment",
    403: "The key has no permission for this model",
    404: "There is no such model or address",
}


def read_reply(reply: Reply) -> Answer:
    """Return what a reply amounts to: text, a reason to try again, or a reason not to."""
    if reply.status == 200:
        return read_body(reply.body)
    code, message = _error_of(reply.body)
    said = f": {message}" if message else ""
    if 300 <= reply.status < 400:
        return Answer(
            AttemptOutcome.DENIED,
            reason=f"The address redirects elsewhere (HTTP {reply.status}), which is not followed. "
            "Use the address it leads to.",
        )
    if reply.status in _DENIED_STATUS:
        what = _DENIED_STATUS[reply.status]
        return Answer(AttemptOutcome.DENIED, reason=f"{what} (HTTP {reply.status}){said}")
    if code in _QUOTA_CODES:
        return Answer(AttemptOutcome.DENIED, reason=f"The teacher's quota is used up{said}")
    if reply.status == 429:
        return Answer(
            AttemptOutcome.RATE_LIMITED,
            reason="The teacher asked to wait (HTTP 429)",
            retry_after=reply.retry_after,
        )
    if reply.status in _MAYBE_PAID_STATUS:
        return Answer(
            AttemptOutcome.MAYBE_PAID, reason=f"A gateway gave up waiting (HTTP {reply.status})"
        )
    if reply.status in _RETRYABLE_STATUS or reply.status >= 500:
        return Answer(
            AttemptOutcome.UNAVAILABLE,
            reason=f"The teacher's server failed (HTTP {reply.status})",
            retry_after=reply.retry_after,
        )
    if code == "content_filter":
        return Answer(AttemptOutcome.REFUSED, reason="The teacher's content filter refused")
    if name := refused_parameter(reply):
        return Answer(
            AttemptOutcome.UNAVAILABLE,
            reason=f"The model does not take {name}; asked again without it",
        )
    return Answer(
        AttemptOutcome.REJECTED, reason=f"The request was rejected (HTTP {reply.status}){said}"
    )


def read_body(body: str) -> Answer:
    """Return what the body of a successful (HTTP 200) reply holds."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        kind = "a web page" if body.lstrip()[:1] == "<" else "no JSON"
        return Answer(AttemptOutcome.INVALID, reason=f"The reply is {kind}")
    if not isinstance(content, dict):
        return Answer(AttemptOutcome.INVALID, reason="The reply is not a JSON object")
    usage = content.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    prompt_tokens = _tokens(usage.get("prompt_tokens"))
    completion_tokens = _tokens(usage.get("completion_tokens"))
    outcome, text, reason, finish = _read_choice(content.get("choices"))
    return Answer(
        outcome,
        text=text,
        reason=reason,
        finish_reason=finish,
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
    )


def _read_choice(choices: Any) -> tuple[AttemptOutcome, str | None, str | None, str | None]:
    """Return (outcome, text, reason, finish reason) of the first choice."""
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        return AttemptOutcome.INVALID, None, "The reply holds no choice", None
    finish = choice.get("finish_reason")
    finish = storable(finish)[:50] if isinstance(finish, str) else None
    refusal = message.get("refusal")
    if isinstance(refusal, str) and refusal.strip():
        said = storable(refusal.strip())[:200]
        return AttemptOutcome.REFUSED, None, f"The teacher refused: {said}", finish
    if finish == "content_filter":
        return AttemptOutcome.REFUSED, None, "The teacher's content filter refused", finish
    text = message.get("content")
    text = storable(text).strip() if isinstance(text, str) else ""
    if not text and finish == "length":
        reason = "All of max_tokens went into hidden reasoning: raise max_tokens"
        return AttemptOutcome.INVALID, None, reason, finish
    if not text:
        return AttemptOutcome.INVALID, None, "The reply holds no text", finish
    if finish == "length":
        return AttemptOutcome.TRUNCATED, text, "Cut off at max_tokens", finish
    return AttemptOutcome.STORED, text, None, finish


def storable(text: str) -> str:
    """Return the text without what a database cannot hold: lone surrogates and NUL."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")


def _tokens(value: Any) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 <= value <= MAX_TOKENS_BELIEVED else None


def _error_of(body: str) -> tuple[str | None, str | None]:
    """Return the error's code (or type) and message, in OpenAI's layout."""
    try:
        error = json.loads(body)["error"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return None, None
    if not isinstance(error, dict):
        return None, storable(str(error))[:200] or None
    code = error.get("code") or error.get("type")
    message = error.get("message")
    return (
        code if isinstance(code, str) else None,
        storable(message)[:200] if isinstance(message, str) else None,
    )
