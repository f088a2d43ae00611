"""The texts in a cell of somebody's file: as they are, or inside what a server replied."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scicot.pure.teacher.contents import content_text
from scicot.pure.teacher.replies import WENT_INTO_THINKING, read_body
from scicot.words.teaching import Answer, AttemptOutcome

WRAPPERS = (
    "body",
    "response",
    "raw_response",
    "result",
)  # around a reply in files of batch endpoints
ANSWERING = ("assistant", "model", "gpt", "bot", "ai", "chatgpt")  # roles in chats of files
REPLIES = ("choices", "message", "content", "output", "error")  # what a reply has one of


@dataclass(frozen=True, slots=True)
class BroughtText:
    """One text; `why` says why a reply holds none, `is_cut` that its limit was reached.

    `has_failed`: nobody answered, so that there is nothing to read.
    """

    text: str
    why: str = ""
    is_cut: bool = False
    has_failed: bool = False


def texts_in(value: Any) -> list[BroughtText]:
    """Return the texts that a cell holds; none where it is neither text nor reply."""
    if isinstance(value, str):
        return [BroughtText(value)]
    if isinstance(value, list):
        return _of_list(value)
    if isinstance(value, Mapping):
        return list(_of_reply(value))
    return []


def _of_list(values: list[Any]) -> list[BroughtText]:
    messages = [value for value in values if isinstance(value, Mapping) and _role_of(value)]
    if messages:
        said = [
            content_text(message.get("content", message.get("value")))
            for message in messages
            if _role_of(message) in ANSWERING
        ]
        return [BroughtText(said[-1])] if said else []
    texts = [text for value in values for text in texts_in(value)]
    return texts if len(texts) >= len(values) else []


def _role_of(value: Mapping[str, Any]) -> str:
    return str(value.get("role") or value.get("from") or "").lower()


def _of_reply(value: Mapping[str, Any]) -> Iterator[BroughtText]:
    for name in WRAPPERS:
        inner = value.get(name)
        if isinstance(inner, Mapping):
            yield from _of_reply(inner)
            return
    candidates = value.get("candidates")
    if isinstance(candidates, list):  # Gemini's own
        for candidate in candidates:
            held = candidate.get("content") if isinstance(candidate, Mapping) else None
            parts = held.get("parts") if isinstance(held, Mapping) else None
            is_cut = bool(held) and candidate.get("finishReason") == "MAX_TOKENS"
            yield BroughtText(content_text(parts), is_cut=is_cut)
        return
    if isinstance(value.get("value"), str) and not _role_of(value):  # an annotation's
        yield BroughtText(value["value"])
        return
    if isinstance(value.get("text"), str) and "choices" not in value:  # vLLM's own outputs
        finish = value.get("finish_reason")
        yield BroughtText(value["text"], is_cut=finish == "length")
        return
    if "role" in value:
        yield BroughtText(content_text(value.get("content")))
        return
    if not any(name in value for name in REPLIES):
        return
    choices = value.get("choices")
    several = choices if isinstance(choices, list) and len(choices) > 1 else [None]
    for choice in several:
        body = dict(value) if choice is None else {**value, "choices": [choice]}
        yield _as_brought(read_body(json.dumps(body)), is_reply="error" not in body)


def _as_brought(answer: Answer, *, is_reply: bool) -> BroughtText:
    if answer.text is not None:
        return BroughtText(answer.text, is_cut=answer.outcome is AttemptOutcome.TRUNCATED)
    why = answer.reason or "The reply holds no text"
    silent = answer.outcome is AttemptOutcome.REFUSED or (
        answer.outcome is AttemptOutcome.INVALID and is_reply
    )
    return BroughtText("", why, WENT_INTO_THINKING in why, has_failed=not silent)
