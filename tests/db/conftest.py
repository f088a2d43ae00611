"""What the tests of the schema share: databases made by the migrations, not copied."""

from __future__ import annotations

import pytest

import db.migrate
from db.migrate import upgrade_file


@pytest.fixture(autouse=True)
def migrations_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db.migrate, "upgrade_file", upgrade_file)
