"""Known secrets taken out of a text before it is stored, logged or shown."""

from __future__ import annotations

import json
from collections.abc import Iterable
from urllib.parse import quote

HIDDEN = "[key hidden]"
SHORTEST = 8  # a shorter one is no key, and its letters stand in every text


def hide_secrets(text: str, secrets: Iterable[str]) -> str:
    """Return the text without the secrets, in whichever way a server may have written them."""
    for secret in secrets:
        if len(secret) < SHORTEST:
            continue
        as_json = json.dumps(secret)[1:-1]
        for form in {secret, as_json, as_json.replace("/", "\\/"), quote(secret, safe="")}:
            text = text.replace(form, HIDDEN)
    return text
