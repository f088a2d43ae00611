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
    path: Annotated[
        Path | None, typer.Argument(help="A new file, or a folder; backups/ of the home if none.")
    ] = None,
    keep: Annotated[
        int | None, typer.Option(min=1, help="Leave only this many of the series, this one too.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the whole database to one file, also while the app is in use."""
    with open_workspace():
        done = back_up(get_settings(), path, keep=keep)
    removed = f" Removed {len(done.removed)} older." if done.removed else ""
    emit(
        {"path": str(done.path), "bytes": done.size, "removed": [str(old) for old in done.removed]},
        as_json,
        f"Wrote {done.path} ({done.size:,} bytes).{removed}",
    )


def restore_command(
    path: Annotated[Path, typer.Argument(help="A file that backup wrote.")],
    as_json: AsJson = False,
) -> None:
    """Put a backup in place of the database; what was there is kept beside it."""
    kept = restore(get_settings(), path)
    text = f"Restored. The database from before is kept as {kept}." if kept else "Restored."
    emit({"restored": str(path), "kept": str(kept) if kept else None}, as_json, text)
