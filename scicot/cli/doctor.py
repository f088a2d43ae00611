"""`doctor`: the health and integrity of everything, with the way out for each finding."""

from __future__ import annotations

from dataclasses import asdict

import typer

from scicot.cli.output import AsJson, emit
from scicot.services.system.health import Level, examine
from scicot.services.workspace import open_workspace
from scicot.words.settings import get_settings


def register(app: typer.Typer) -> None:
    """Add this module's command to the program."""
    app.command("doctor")(doctor_command)


def doctor_command(as_json: AsJson = False) -> None:
    """Examine database, runs, disk, teacher and versions; exit 1 when something is bad."""
    with open_workspace() as session:
        findings = examine(session, get_settings())
    lines = [f"{one.level:<7} {one.area}: {one.found} {one.way_out}" for one in findings]
    emit({"findings": [asdict(one) for one in findings]}, as_json, "\n".join(lines))
    if any(one.level is Level.BAD for one in findings):
        raise typer.Exit(1)
