"""A streamed reply (`text/event-stream`) put together into the whole it would have been."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

STREAM_CUT = "stream_cut"  # the finish reason of a stream that ended before it said why
_TEXTS = ("content", "reasoning_content", "reasoning", "refusal")


def is_stream(body: str) -> bool:
    """Return whether a body is a stream of events."""
    return body.lstrip()[:6].startswith(("data:", "event:", ": "))


def join_stream(body: str) -> dict[str, Any]:
    """Return the chat completion that the events amount to, or the error among them."""
    parts: dict[str, list[Any]] = {}  # of each field, as they come
    finish: str | None = None
    usage: Any = None
    places: list[Any] = []  # what is told of each token's probability
    is_done = False
    for event in _events(body):
        if event is None:
            is_done = True
            continue
        if event.get("error") or event.get("object") == "error":
            return event | {"was_begun": any(map(any, parts.values()))}
        usage = event.get("usage") or usage
        choices = event.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(choice, dict):
            continue
        told = choice.get("logprobs")
        if isinstance(told, dict) and isinstance(told.get("content"), list):
            places += told["content"]
        delta = choice.get("delta") or choice.get("message")
        if isinstance(delta, dict):
            _add(parts, delta)
        if isinstance(choice.get("finish_reason"), str):
            finish = choice["finish_reason"]
    message = {"role": "assistant"} | {name: _whole(parts[name]) for name in parts}
    if finish is None and not is_done:
        finish = STREAM_CUT
    if finish == STREAM_CUT and not any(message.get(name) for name in _TEXTS):
        return {"choices": []}
    joined = {"message": message, "finish_reason": finish}
    if places:
        joined["logprobs"] = {"content": places}
    return {"choices": [joined], "usage": usage}


def _add(parts: dict[str, list[Any]], delta: dict[str, Any]) -> None:
    for name in _TEXTS:
        value = delta.get(name)
        if isinstance(value, str):
            parts.setdefault(name, []).append(value)
        elif isinstance(value, list):  # parts, a few at a time
            parts.setdefault(name, []).extend(value)


def _whole(parts: list[Any]) -> Any:
    """Return a field's parts as one: a text, or the list of what is not only text.

    Put together at the end: a model's text may come a character at a time.
    """
    return "".join(parts) if all(isinstance(part, str) for part in parts) else parts


def _events(body: str) -> Iterator[dict[str, Any] | None]:
    """Yield each event's JSON object; None for the mark of the end."""
    for line in body.splitlines():
        if not line.startswith("data:"):
            continue
        data = line[5:].strip()
        if data == "[DONE]":
            yield None
            continue
        try:
            event = json.loads(data)
        except (ValueError, RecursionError):
            continue
        if isinstance(event, dict):
            yield event
