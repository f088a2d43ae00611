"""Known secrets taken out of a text before it is stored, logged or shown."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from functools import lru_cache

HIDDEN = "[key hidden]"
SHORTEST = 8  # a shorter one is hidden only where it stands alone: its letters stand in many words
SHORTEST_AT_ALL = 4
ANY_OF_ESCAPES = re.compile(r"[\\%&]")


def hide_secrets(text: str, secrets: Iterable[str]) -> str:
    """Return the text without the secrets, in whichever way a server may have written them.

    As they are, within Base64 or as hexadecimal digits, and with any of their signs escaped as
    JSON, URLs or HTML escape.
    """
    is_escaped = bool(ANY_OF_ESCAPES.search(text))
    for secret in secrets:
        if len(secret) < SHORTEST_AT_ALL or (len(secret) < SHORTEST and secret.isalpha()):
            continue
        plain, escaped = _patterns(secret)
        text = plain.sub(HIDDEN, text)
        if is_escaped:
            text = escaped.sub(HIDDEN, text)
    return text


@lru_cache(maxsize=16)
def _patterns(secret: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    forms = [re.escape(secret)]
    if len(secret) >= SHORTEST:
        content = secret.encode("utf-8", "replace")
        forms.append(re.escape(base64.b64encode(content).decode().rstrip("=")))
        forms += [_in_base64(content, before) for before in range(3)]
        forms.append(rf"(?i:{content.hex()})")
    plain, escaped = "|".join(forms), "".join(_escaped(sign) for sign in secret)
    if len(secret) < SHORTEST:
        plain, escaped = rf"(?<!\w)(?:{plain})(?!\w)", rf"(?<!\w){escaped}(?!\w)"
    return re.compile(plain), re.compile(escaped)


def _in_base64(content: bytes, before: int) -> str:
    """Return a pattern of a secret within what is written in Base64, behind so many odd bytes."""
    written = base64.b64encode(b"\0" * before + content).decode()
    # signs that hold bits of what stands before or behind are anybody's
    first, last = (0, 2, 3)[before], len(written.rstrip("="))
    last -= bool((before + len(content)) % 3)
    signs = re.escape(written[first:last])
    return signs.replace(r"\+", "[+-]").replace("/", "[/_]")


def _escaped(sign: str) -> str:
    """Return a pattern of one sign in each way that JSON, a URL or HTML may write it."""
    code = ord(sign)
    url = "".join(f"%{byte:02x}" for byte in sign.encode("utf-8", "replace"))
    ways = (
        re.escape(sign),
        re.escape("\\" + sign),
        # from the first of its backslashes alone: a run of them is read once
        rf"(?i:(?<!\\)\\+u{code:04x}|\\x{code:02x}|{url}|&\#x0*{code:x};|&\#0*{code};)",
    )
    return f"(?:{'|'.join(ways)})"
