"""The texts of a reply's message: what was answered, and what was thought in a field beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# the fields in which servers put a model's thinking, in the order in which they are looked at
THINKING_FIELDS = (
    "reasoning_content",
    "reasoning",
    "thinking",
    "reasoning_details",
    "reasoning_text",
    "thinking_blocks",
)
_TEXT_PARTS = ("text", "output_text")


def content_text(content: Any) -> str:
    """Return a message's text: as it is, or its text parts joined; thinking parts are left."""
    if isinstance(content, str):
        return content
    if isinstance(content, Mapping):
        content = [content]
    if not isinstance(content, list):
        return ""
    return "".join(
        part if isinstance(part, str) else _part_text(part)
        for part in content
        if isinstance(part, str)
        or (isinstance(part, Mapping) and part.get("type", "text") in _TEXT_PARTS)
    )


def thinking_beside(message: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return (field, text) of what the model thought outside its text, None when nothing."""
    for name in THINKING_FIELDS:
        if text := _any_text(message.get(name)).strip():
            return name, text
    beside = message.get("provider_specific_fields")
    if isinstance(beside, Mapping) and (inner := thinking_beside(beside)):
        return inner
    content = message.get("content")
    if isinstance(content, list):
        thoughts = [
            part.get("thinking") or part.get("text") or part.get("reasoning")
            for part in content
            if isinstance(part, Mapping) and part.get("type") in ("thinking", "reasoning")
        ]
        if text := _any_text(thoughts).strip():
            return "content, in parts of type thinking", text
    return None


def refusal_in(message: Mapping[str, Any]) -> str:
    """Return the sentence by which a message refuses, in its field or in a part of its own."""
    content = message.get("content")
    parts = content if isinstance(content, list) else []
    said = [message.get("refusal"), *(p.get("refusal") for p in parts if isinstance(p, Mapping))]
    return next((text.strip() for text in said if isinstance(text, str) and text.strip()), "")


def _part_text(part: Mapping[str, Any]) -> str:
    text = part.get("text", part.get("content"))
    if isinstance(text, Mapping):
        text = text.get("value")
    return text if isinstance(text, str) else ""


def _any_text(value: Any) -> str:
    """Return the text in a field whose layout differs from server to server."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(_any_text(part) for part in value)
    if isinstance(value, Mapping):
        names = ("text", "content", "thinking")
        return _any_text(next((value[name] for name in names if value.get(name)), ""))
    return ""
