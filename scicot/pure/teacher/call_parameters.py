"""What a chat call is sent with: OpenAI's reasoning models take other names and no temperature."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any

from scicot.words.teaching import Reply

MAX_TOKENS, TEMPERATURE = "max_tokens", "temperature"
_REASONING = re.compile(r"(?:^|/)(?:o\d|gpt-5)", re.IGNORECASE)
_REFUSALS = ("unsupported_parameter", "unsupported_value")


def known_refusals(model: str) -> set[str]:
    """Return which of our parameters this model is known to refuse, by its name."""
    if not _REASONING.search(model):
        return set()
    return {MAX_TOKENS} if "chat" in model else {MAX_TOKENS, TEMPERATURE}


def refused_parameter(reply: Reply) -> str | None:
    """Return the parameter of ours that a reply (HTTP 400) says the model does not take."""
    if reply.status != 400:
        return None
    try:
        error = json.loads(reply.body)["error"]
        code, name = error["code"], error["param"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return None
    return name if code in _REFUSALS and name in (MAX_TOKENS, TEMPERATURE) else None


def call_parameters(
    temperature: float, max_tokens: int, refused: Collection[str] = ()
) -> dict[str, Any]:
    """Return the parameters under the names that the model takes.

    A model that refuses a temperature writes at its own (1); one that refuses `max_tokens` takes
    `max_completion_tokens`, which counts its hidden reasoning too.
    """
    length = "max_completion_tokens" if MAX_TOKENS in refused else MAX_TOKENS
    parameters: dict[str, Any] = {length: max_tokens}
    return parameters if TEMPERATURE in refused else parameters | {TEMPERATURE: temperature}
