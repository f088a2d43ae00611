"""Teacher names as people type them: `starter`, `openai:MODEL` or `URL#MODEL`."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from scicot.words.errors import InvalidConfig
from scicot.words.teaching import STARTER_SOURCE, Teacher, TeacherKind

_KEY_LIKE = re.compile(r"^(?:sk|pk|gsk|hf|xai|nvapi|key|api|AIza)[-_]?[\w-]{16,}$|^[\w-]{40,}$")
_KEY = re.compile(r"^(?:sk|gsk|hf|xai|nvapi|AIza)[-_]?[\w-]{20,}$")
_SAFE_TO_REPEAT = re.compile(r"[\w.:-]{1,40}")
FORMS = "'starter', 'openai:MODEL' or 'URL#MODEL', for instance http://127.0.0.1:8080/v1#llama"


def parse_teacher(name: str) -> Teacher:
    """Return the teacher of this name; raises InvalidConfig saying which part is missing."""
    text = name.strip()
    if any(_KEY.search(part) for part in re.split(r"[#:/]", text)):
        raise InvalidConfig(
            "The teacher's name holds what looks like a key. A name is stored and shown: put the "
            "key into OPENAI_API_KEY or SCICOT_TEACHER_API_KEY and name the model."
        )
    if text == TeacherKind.STARTER:
        return Teacher(TeacherKind.STARTER, STARTER_SOURCE)
    if text.startswith("openai:") and text[7:].strip():
        return Teacher(TeacherKind.OPENAI, text[7:].strip())
    address, _, model = text.partition("#")
    if not address.startswith(("http://", "https://")):
        said = f"Teacher '{text}'" if _SAFE_TO_REPEAT.fullmatch(text) else "This teacher"
        raise InvalidConfig(f"{said} is not known. Write {FORMS}.")
    _check_address(address)
    if not model.strip():
        raise InvalidConfig(f"The teacher {address} names no model. Add it behind '#': #MODEL.")
    return Teacher(TeacherKind.URL, model.strip(), address.rstrip("/"))


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname, parts.port
    except ValueError:
        # neither the address nor the error is repeated: a password may stand in both
        raise InvalidConfig(f"The teacher's address cannot be read. Write {FORMS}.") from None
    if not host:
        raise InvalidConfig(f"The teacher's address names no host. Write {FORMS}.")
    if parts.username or parts.password:
        raise InvalidConfig(
            "The teacher's address holds a password. Leave it out of the address and put the key "
            "into SCICOT_TEACHER_API_KEY."
        )
    path = [unquote(part) for part in parts.path.split("/")]
    if parts.query or any("=" in part or _KEY_LIKE.search(part) for part in path):
        raise InvalidConfig(
            "The teacher's address holds what looks like a key. An address is stored and shown: "
            "leave the key (and everything behind '?') out of it and put it into "
            "SCICOT_TEACHER_API_KEY."
        )
