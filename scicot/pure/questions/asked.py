"""What was asked, as files hold it: a text, a question's object, or the messages of a chat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scicot.pure.questions.values import as_list, as_text

_ROLES = ("role", "from")
_ASKING = ("user", "human")
_SAID = ("content", "value", "prompt", "text")


def what_was_asked(value: Any) -> str:
    """Return the text that was asked; of a chat what its last message by a person says."""
    held = as_list(value)
    if isinstance(held, list | tuple):
        messages = [message for message in held if isinstance(message, Mapping)]
        if isinstance(value, str) and not messages:
            return value  # a question that is a list of numbers
        asking = [message for message in messages if _role_of(message) in _ASKING]
        return _said(asking[-1]) if asking else ""
    if isinstance(held, Mapping):
        return as_text(held.get("stem")) or _said(held)
    return as_text(value)


def _role_of(message: Mapping[str, Any]) -> str:
    return next((str(message[name]).lower() for name in _ROLES if name in message), "")


def _said(message: Any) -> str:
    if isinstance(message, str):
        return message
    if isinstance(message, list):  # parts of a message
        return "".join(map(_said, message))
    if isinstance(message, Mapping):
        return next((_said(message[name]) for name in _SAID if message.get(name)), "")
    return ""
