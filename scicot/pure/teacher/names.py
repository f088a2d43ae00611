"""Teacher names as people type them: `starter`, `openai:MODEL` or `URL#MODEL`."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from scicot.words.errors import InvalidConfig
from scicot.words.teaching import STARTER_SOURCE, Teacher, TeacherKind

_KEY_LIKE = re.compile(r"^(?:sk|pk|gsk|hf|xai|nvapi|key|api|AIza)[-_]?[\w-]{16,}$|^[\w-]{40,}$")
FORMS = "'starter', 'openai:MODEL' or 'URL#MODEL', for instance http://127.0.0.1:8080/v1#llama"


def parse_teacher(name: str) -> Teacher:
    """Return the teacher of this name; raises InvalidConfig saying which part is missing."""
    text = name.strip()
    if text == TeacherKind.STARTER:
        return Teacher(TeacherKind.STARTER, STARTER_SOURCE)
    if text.startswith("openai:") and text[7:].strip():
        return Teacher(TeacherKind.OPENAI, text[7:].strip())
    address, _, model = text.partition("#")
    if not address.startswith(("http://", "https://")):
        raise InvalidConfig(f"Teacher '{name}' is not known. Write {FORMS}.")
    _check_address(address)
    if not model.strip():
        raise InvalidConfig(f"Teacher '{name}' names no model. Add it behind '#': {address}#MODEL.")
    return Teacher(TeacherKind.URL, model.strip(), address.rstrip("/"))


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise InvalidConfig(f"Teacher address '{address}' cannot be read: {error}.") from error
    if not host:
        raise InvalidConfig(f"Teacher address '{address}' names no host. Write {FORMS}.")
    if parts.username or parts.password:
        raise InvalidConfig(
            "The teacher's address holds a password. Leave it out of the address and put the key "
            "into SCICOT_TEACHER_API_KEY."
        )
    if parts.query or any(_KEY_LIKE.search(part) for part in parts.path.split("/")):
        raise InvalidConfig(
            "The teacher's address holds what looks like a key. An address is stored and shown: "
            "leave the key (and everything behind '?') out of it and put it into "
            "SCICOT_TEACHER_API_KEY."
        )
