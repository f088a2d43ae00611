"""What the tests of the teacher's services share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scicot.words.settings import get_settings
from tests.fake_teacher import FakeTeacher, serve


@pytest.fixture
def teacher(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTeacher]:
    monkeypatch.setenv("SCICOT_TEACHER_RETRY_SECONDS", "0.01")
    get_settings.cache_clear()
    with serve(FakeTeacher()) as served:
        yield served
