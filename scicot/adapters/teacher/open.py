"""From a teacher's name to a connection: which address, which key, which model name."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from scicot.adapters.starter_file import find_starter_file
from scicot.adapters.teacher.addresses import check_address, check_own_setting
from scicot.adapters.teacher.keys import (
    NO_KEY,
    check_key_host,
    teacher_address,
    teacher_key,
)
from scicot.adapters.teacher.proxies import proxy_for
from scicot.adapters.teacher.starter import serve_starter
from scicot.pure.secrets import hide_secrets
from scicot.words.errors import InvalidConfig, TeacherRefused
from scicot.words.settings import Settings
from scicot.words.teaching import Teacher, TeacherKind

if TYPE_CHECKING:
    from scicot.adapters.teacher.client import TeacherClient

STARTER_SLOTS = 4  # more at once only share the same cores
STARTER_DEADLINE_SECONDS = 600.0


def check_teacher(teacher: Teacher, settings: Settings) -> None:
    """Raise TeacherRefused or InvalidConfig when the teacher cannot even be asked."""
    if teacher.kind is TeacherKind.STARTER:
        find_starter_file("teacher", TeacherRefused)
        return
    named = f"{teacher.base_url or ''} {teacher.model}"
    if hide_secrets(named, settings.known_secrets) != named:
        raise InvalidConfig(
            "The teacher's name holds your key, and a name is stored and shown. Leave the key out."
        )
    if teacher.kind is TeacherKind.OPENAI and teacher_key(teacher, settings) == NO_KEY:
        raise TeacherRefused(
            f"There is no key for '{teacher.model}'. Put it into the environment or the file .env "
            "as OPENAI_API_KEY=... and start again, or choose the starter teacher, which needs "
            "none."
        )
    address = teacher_address(teacher, settings)
    if teacher.base_url:
        check_address(address, settings)
        check_key_host(teacher, settings)
        teacher_key(teacher, settings)
    else:
        check_own_setting("OPENAI_BASE_URL", address)
    proxy_for(address)


@asynccontextmanager
async def open_teacher(
    teacher: Teacher,
    settings: Settings,
    *,
    concurrency: int,
    refused: Collection[str] | None = None,
) -> AsyncIterator[TeacherClient]:
    """Yield a client for this teacher; the starter teacher is served for as long as the block.

    `refused` are the parameters that it is known not to take; None: as its model's name tells.
    """
    from scicot.adapters.teacher.client import DEADLINE_SECONDS, TeacherClient  # brings openai

    check_teacher(teacher, settings)
    if teacher.kind is TeacherKind.STARTER:
        slots = min(concurrency, STARTER_SLOTS)
        with serve_starter(slots=slots, threads=settings.threads or os.cpu_count() or 1) as url:
            async with TeacherClient(
                url, NO_KEY, connections=concurrency, deadline=STARTER_DEADLINE_SECONDS
            ) as client:
                yield client
        return
    async with TeacherClient(
        teacher_address(teacher, settings),
        teacher_key(teacher, settings),
        connections=concurrency,
        deadline=settings.teacher_deadline or DEADLINE_SECONDS,
        checked_by=settings if teacher.base_url else None,
        secrets=settings.known_secrets,
        refused=refused,
    ) as client:
        yield client
