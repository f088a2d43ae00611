"""The group `export`; each noun's module adds its command."""

from __future__ import annotations

import typer

group = typer.Typer(no_args_is_help=True, help="Write rationales, predictions or datasets out.")


def register(app: typer.Typer) -> None:
    """Add the group to the program."""
    app.add_typer(group, name="export")
