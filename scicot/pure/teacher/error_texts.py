"""What a server says went wrong, in whatever layout it says it.

Seen in the wild: OpenAI's `{"error": {...}}`, vLLM's flat `{"object": "error", "message": ...}`,
FastAPI's `{"detail": ...}`, a list around any of them, the error inside a choice, plain text and
web pages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

LONGEST_SENTENCE = 200
_STATUSES = range(100, 600)
_CODES = ("code", "type", "status", "statusCode", "status_code", "error_code")
_NAMED_STATUSES = {
    "rate_limit_exceeded": 429,
    "rate_limit_error": 429,
    "too_many_requests": 429,
    "insufficient_quota": 429,
    "invalid_api_key": 401,
    "authentication_error": 401,
    "permission_error": 403,
    "permission_denied": 403,
    "model_not_found": 404,
    "not_found_error": 404,
    "invalid_request_error": 400,
    "context_length_exceeded": 400,
    "content_filter": 400,
    "resource_exhausted": 429,
    "throttlingexception": 429,
    "unauthenticated": 401,
    "overloaded_error": 503,
    "service_unavailable": 503,
    "unavailable": 503,
    "internal_server_error": 500,
    "server_error": 500,
    "api_error": 500,
}

# what a sentence means where no code beside it says so
_SAID_STATUSES = (
    (
        re.compile(
            r"rate.?limit|too many requests|slow down|throttl|request limit reached|"
            r"速率限制|限流|频率|频繁|并发",
            re.IGNORECASE,
        ),
        429,
    ),
    (re.compile(r"insufficient (?:balance|credit|quota|funds)|overdue|余额不足|欠费", re.I), 402),
    (re.compile(r"overload|temporarily unavailable|try again later|server busy", re.I), 503),
)
_SENTENCES = ("message", "error_msg", "msg", "status_msg", "detail", "Message", "faultstring")


@dataclass(frozen=True, slots=True)
class ServerError:
    """What a server said: its code word, its sentence, the parameter named, the status meant."""

    code: str | None = None
    message: str | None = None
    parameter: str | None = None
    status: int | None = None
    refuses_extra: bool = False  # "this field is not taken", said by a validator


def read_error(body: str) -> ServerError:
    """Return what the body says; its first 200 characters where it has no layout we know."""
    try:
        content = json.loads(body)
        error = error_in(content)
    except (ValueError, RecursionError):  # an error inside an error, without end
        return ServerError(message=_sentence(_plain_text(body)))
    return error or ServerError(message=_sentence(body) if content else None)


def error_in(content: Any) -> ServerError | None:
    """Return the error that a JSON value holds, None when it holds none."""
    if isinstance(content, list):
        return next((found for item in content if (found := error_in(item))), None)
    if not isinstance(content, Mapping):
        return None
    for name in ("error", "errors", "fault", "base_resp"):
        if content.get(name):
            return _read(content[name])
    if content.get("detail"):
        return _read_detail(content["detail"])
    choices = content.get("choices")
    if isinstance(choices, list) and choices:
        return error_in(choices[0]) if isinstance(choices[0], Mapping) else None
    if "choices" not in content and _text_of(content, *_SENTENCES[:4], *_SENTENCES[5:]):
        return _read(content)
    return None


def _read(error: Any) -> ServerError:
    if isinstance(error, list):
        error = error[0]
    if not isinstance(error, Mapping):
        return ServerError(message=_sentence(str(error)), status=_said_status(str(error)))
    inner = error.get("error")
    if isinstance(inner, Mapping):
        return _read(inner)
    codes = [error.get(name) for name in _CODES]
    words = [word for word in codes if isinstance(word, str) and _number(word) is None]
    message = _text_of(error, *_SENTENCES) or _text_of(error, "error")
    metadata = error.get("metadata")
    raw = _text_of(metadata, "raw") if isinstance(metadata, Mapping) else None
    if raw and raw not in (message or ""):  # a gateway's own word, and the provider's behind it
        message = f"{message}: {raw}" if message else raw
    parameter = error.get("param")
    return ServerError(
        code=words[0] if words else None,
        message=_sentence(message or json.dumps(error, ensure_ascii=False)),
        parameter=parameter if isinstance(parameter, str) else None,
        status=_status(codes) or _said_status(message or ""),
    )


def _read_detail(detail: Any) -> ServerError:
    """Return FastAPI's detail: a text, an error, or a list of fields with what is wrong."""
    if isinstance(detail, list) and detail and isinstance(detail[0], Mapping):
        first = detail[0]
        place = first.get("loc")
        where = [str(part) for part in place if part != "body"] if isinstance(place, list) else []
        kind = str(first.get("type") or "")
        said = _text_of(first, "msg", "message") or kind
        return ServerError(
            code=kind or None,
            message=_sentence(f"{'.'.join(where)}: {said}" if where else said),
            parameter=where[-1] if where else None,
            refuses_extra="extra" in kind or "unexpected_keyword" in kind,
        )
    return _read(detail)


def _status(codes: list[Any]) -> int | None:
    for code in codes:
        number = _number(code)
        if number in _STATUSES:
            return number
        if isinstance(code, str) and code.lower() in _NAMED_STATUSES:
            return _NAMED_STATUSES[code.lower()]
    return None


def _number(code: Any) -> int | None:
    """Return the whole number that a code is or spells; None for a word, a superscript, a flag."""
    if isinstance(code, str):
        code = code.strip()
        return int(code) if code.isascii() and code.isdigit() and len(code) < 10 else None
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def _said_status(sentence: str) -> int | None:
    return next((status for said, status in _SAID_STATUSES if said.search(sentence)), None)


def _text_of(values: Mapping[str, Any], *names: str) -> str | None:
    for name in names:
        value = values.get(name)
        if isinstance(value, str) and value.strip():
            return value
    return None


def _plain_text(body: str) -> str:
    """Return a web page's title, or its words without the tags; other texts as they are."""
    if body.lstrip()[:1] != "<":
        return body
    title = re.search(r"<title[^>]*>([^<]{1,500})", body[:20_000], re.IGNORECASE)
    return unescape(title.group(1) if title else re.sub(r"<[^<>]{0,500}>", " ", body[:5000]))


def _sentence(text: str) -> str | None:
    return " ".join(storable(text[:2000]).split())[:LONGEST_SENTENCE] or None


def storable(text: str) -> str:
    """Return the text without what a database cannot hold: lone surrogates and NUL."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
