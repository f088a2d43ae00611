"""From a teacher's name to a connection: which address, which key, which model name."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from scicot.adapters.teacher.addresses import check_address
from scicot.adapters.teacher.starter import find_starter_file, serve_starter
from scicot.words.errors import TeacherRefused
from scicot.words.settings import Settings
from scicot.words.teaching import Teacher, TeacherKind

if TYPE_CHECKING:
    from scicot.adapters.teacher.client import TeacherClient

STARTER_SLOTS = 4  # more at once only share the same cores
STARTER_DEADLINE_SECONDS = 600.0


def check_teacher(teacher: Teacher, settings: Settings) -> None:
    """Raise TeacherRefused or InvalidConfig when the teacher cannot even be asked."""
    if teacher.kind is TeacherKind.STARTER:
        find_starter_file()
    elif teacher.kind is TeacherKind.OPENAI and not settings.openai_api_key:
        raise TeacherRefused(
            f"There is no key for '{teacher.model}'. Put it into the environment or the file .env "
            "as OPENAI_API_KEY=... and start again, or choose the starter teacher, which needs "
            "none."
        )
    elif teacher.base_url:
        check_address(teacher.base_url, settings)


@asynccontextmanager
async def open_teacher(
    teacher: Teacher, settings: Settings, *, concurrency: int
) -> AsyncIterator[TeacherClient]:
    """Yield a client for this teacher; the starter teacher is served for as long as the block."""
    from scicot.adapters.teacher.client import DEADLINE_SECONDS, TeacherClient  # brings openai

    check_teacher(teacher, settings)
    if teacher.kind is TeacherKind.STARTER:
        slots = min(concurrency, STARTER_SLOTS)
        with serve_starter(slots=slots, threads=settings.threads or os.cpu_count() or 1) as url:
            async with TeacherClient(
                url, "none", connections=concurrency, deadline=STARTER_DEADLINE_SECONDS
            ) as client:
                yield client
        return
    async with TeacherClient(
        teacher_address(teacher, settings),
        teacher_key(teacher, settings),
        connections=concurrency,
        deadline=settings.teacher_deadline or DEADLINE_SECONDS,
        checked_by=settings if teacher.base_url else None,
    ) as client:
        yield client


def teacher_address(teacher: Teacher, settings: Settings) -> str | None:
    """Return the base URL; None for OpenAI's own."""
    return teacher.base_url or settings.openai_base_url


def teacher_key(teacher: Teacher, settings: Settings) -> str:
    """Return the key for this teacher; OpenAI's goes to no other address."""
    key = (
        settings.openai_api_key if teacher.kind is TeacherKind.OPENAI else settings.teacher_api_key
    )
    return key.get_secret_value() if key else "none"
