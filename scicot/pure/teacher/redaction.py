"""Known secrets taken out of a reply, also where it says them in pieces."""

from __future__ import annotations

import json
from collections.abc import Collection

from scicot.pure.secrets import hide_secrets
from scicot.pure.teacher.contents import content_text, thinking_beside
from scicot.pure.teacher.replies import message_in, read_content


def hide_in_reply(body: str, secrets: Collection[str]) -> str:
    """Return a reply's body without the secrets.

    A stream, or a text in parts, may bring a key letter by letter. Such a body is kept as the
    whole that it amounts to.
    """
    body = hide_secrets(body, secrets)
    try:
        content = read_content(body)
        message = message_in(content)
        beside = thinking_beside(message) if message else None
    except RecursionError:  # in objects without end no text is looked for either
        return body
    if message is None:
        return body
    told = {name: value for name, value in message.items() if isinstance(value, str)}
    told["content"] = content_text(message.get("content"))
    if beside:
        told["reasoning"] = beside[1]
    hidden = {name: hide_secrets(value, secrets) for name, value in told.items()}
    if hidden == told:
        return body
    choice = {"message": hidden, "finish_reason": content["choices"][0].get("finish_reason")}
    return json.dumps({"choices": [choice], "usage": content.get("usage")})
