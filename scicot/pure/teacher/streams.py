"""A streamed reply (`text/event-stream`) put together into the whole it would have been."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from scicot.pure.teacher.error_texts import error_in

STREAM_CUT = "stream_cut"  # the finish reason of a stream that ended before it said why
MOST_LINES = 20  # of one event's data
_TEXTS = ("content", "reasoning_content", "reasoning", "refusal")


def is_stream(body: str) -> bool:
    """Return whether a body is a stream of events, or of JSON objects a line."""
    start = body.lstrip("\ufeff \t\r\n")
    if start.startswith(("data:", "event:", ":", "id:", "retry:")):
        return True
    first, _, rest = start.partition("\n")
    return start.startswith("{") and first.rstrip().endswith("}") and rest.lstrip().startswith("{")


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
        choice = _choice_of(event)
        if choice is None:
            if error_in(event):
                return event | {"was_begun": any(map(any, parts.values()))}
            continue
        told = choice.get("logprobs")
        if isinstance(told, dict) and isinstance(told.get("content"), list):
            places += told["content"]
        delta, whole = choice.get("delta"), choice.get("message")
        if isinstance(delta, dict):
            _add(parts, delta)
        elif isinstance(whole, dict):  # in place of what came piece by piece
            parts |= {name: [whole[name]] for name in _TEXTS if isinstance(whole.get(name), str)}
        elif isinstance(choice.get("text"), str):
            _add(parts, {"content": choice["text"]})
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


def _choice_of(event: dict[str, Any]) -> dict[str, Any] | None:
    """Return the first choice that an event adds to; None for an event that adds to none."""
    choices = event.get("choices")
    if isinstance(choices, list):
        held = (choice for choice in choices if isinstance(choice, dict))
        return next((choice for choice in held if choice.get("index") in (0, None)), None)
    delta = event.get("delta")
    if isinstance(delta, dict):  # Anthropic's
        said = {"content": delta.get("text"), "reasoning": delta.get("thinking")}
        return {"delta": said, "finish_reason": delta.get("stop_reason")}
    if isinstance(event.get("message"), dict) and "done" in event:  # Ollama's
        finish = event.get("done_reason") or ("stop" if event["done"] else None)
        return {"delta": event["message"], "finish_reason": finish}
    return None


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
    data: list[str] = []
    # not splitlines: a text may hold U+2028
    for line in body.lstrip("\ufeff").replace("\r\n", "\n").split("\n"):
        if line.startswith("{"):
            line = f"data:{line}"
        if not line.strip():
            data = []
        if not line.startswith("data:"):
            continue
        data = [*data[-MOST_LINES:], line[5:].strip()]
        for held in (data[-1], "\n".join(data)):
            if held == "[DONE]":
                data = []
                yield None
                break
            event = _object(held)
            if event is not None:
                data = []
                yield event
                break


def _object(text: str) -> dict[str, Any] | None:
    try:
        event = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None
