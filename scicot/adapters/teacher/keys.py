"""A teacher's key, checked before anything is booked; and to which host it may go."""

from __future__ import annotations

from urllib.parse import urlsplit

from scicot.adapters.teacher.proxies import is_own_machine
from scicot.words.errors import TeacherRefused
from scicot.words.settings import Settings
from scicot.words.teaching import Teacher, TeacherKind

OPENAI_ADDRESS = "https://api.openai.com/v1"
NO_KEY = "none"  # what is sent where no key is wanted; the header may not be empty


def teacher_address(teacher: Teacher, settings: Settings) -> str:
    """Return the base URL: the teacher's own, the one set for OpenAI's models, or OpenAI's."""
    return teacher.base_url or settings.openai_base_url or OPENAI_ADDRESS


def teacher_key(teacher: Teacher, settings: Settings) -> str:
    """Return the key for this teacher, without white space around it.

    OpenAI's goes to no other address, and SCICOT_TEACHER_API_KEY only to the host it was given
    for. Raises TeacherRefused for a key that no request can carry, naming the variable.
    """
    if teacher.kind is TeacherKind.OPENAI:
        name, secret = "OPENAI_API_KEY", settings.openai_api_key
    else:
        name, secret = "SCICOT_TEACHER_API_KEY", settings.teacher_api_key
    key = secret.get_secret_value().strip() if secret else ""
    if not key:
        return NO_KEY
    if teacher.kind is TeacherKind.URL and not _is_for(teacher, settings):
        return NO_KEY
    if not all("!" <= sign <= "~" for sign in key):
        raise TeacherRefused(
            f"{name} holds a sign that no key has (a blank, a line break, a curly quote or "
            "another sign outside ASCII). Copy the key again, without what stands around it."
        )
    if key.startswith((f"{name}=", "$", "<")):
        raise TeacherRefused(
            f"{name} holds a placeholder or its own name instead of a key. Write the key alone."
        )
    if key[0] in "\"'`" or key[-1] in "\"'`":
        raise TeacherRefused(f"{name} stands in quotes. Take them off.")
    return key


def check_key_host(teacher: Teacher, settings: Settings) -> None:
    """Raise TeacherRefused where a key is at hand and nothing says which host it is for."""
    secret = settings.teacher_api_key
    if teacher.kind is not TeacherKind.URL or not secret or not secret.get_secret_value().strip():
        return
    host = host_of(teacher)
    if not settings.teacher_api_hosts and not is_own_machine(_name_of(teacher)):
        raise TeacherRefused(
            f"SCICOT_TEACHER_API_KEY does not say which host it is for, so it is not sent to "
            f"{host}. Set SCICOT_TEACHER_API_HOST={host} beside it and start again."
        )


def host_of(teacher: Teacher) -> str:
    """Return host and port, if one is named, of a teacher's address."""
    return urlsplit(teacher.base_url or "").netloc.lower()


def _name_of(teacher: Teacher) -> str:
    """Return the host without a port; of an IPv6 address without its brackets."""
    return urlsplit(teacher.base_url or "").hostname or ""


def _is_for(teacher: Teacher, settings: Settings) -> bool:
    host = host_of(teacher)
    hosts = settings.teacher_api_hosts
    if not hosts:
        return is_own_machine(_name_of(teacher))
    return host in hosts or host.rpartition(":")[0] in hosts
