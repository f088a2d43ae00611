"""Write the migration that brings the newest schema version to the models: for developers.

`python -m db.draft_migration "message"` compares a blank, fully migrated database with the models.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from db.migrate import _alembic_config, migrate


def draft(message: str, revision: str) -> None:
    """Write `db/migrations/versions/<revision>_<message>.py` from the models."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'draft.db'}"
        migrate(url)
        command.revision(_alembic_config(url), message=message, autogenerate=True, rev_id=revision)


if __name__ == "__main__":
    draft(message=sys.argv[2], revision=sys.argv[1])
