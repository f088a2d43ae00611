"""`backup PATH` and `restore PATH`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scicot.cli.output import AsJson, emit
from scicot.services.system.backups import back_up, restore
from scicot.services.workspace import open_workspace
from scicot.words.settings import get_settings


def register(app: typer.Typer) -> None:
    """Add this module's commands to the program."""
    app.command("backup")(backup_command)
    app.command("restore")(restore_command)


def backup_command(
    path: Annotated[Path, typer.Argument(help="A new file.")], as_json: AsJson = False
) -> None:
    """Write the whole database to one file, also while the app is in use."""
    with open_workspace():
        size = back_up(get_settings(), path)
    emit({"path": str(path), "bytes": size}, as_json, f"Wrote {path} ({size:,} bytes).")


def restore_command(
    path: Annotated[Path, typer.Argument(help="A file that backup wrote.")],
    as_json: AsJson = False,
) -> None:
    """Put a backup in place of the database; what was there is kept beside it."""
    kept = restore(get_settings(), path)
    text = f"Restored. The database from before is kept as {kept}." if kept else "Restored."
    emit({"restored": str(path), "kept": str(kept) if kept else None}, as_json, text)
