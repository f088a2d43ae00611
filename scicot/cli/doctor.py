"""`doctor`: the health and integrity of everything, with the way out for each finding."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from scicot.cli.output import AsJson, emit
from scicot.services.system.findings import Level
from scicot.services.system.health import examine
from scicot.words.settings import get_settings


def register(app: typer.Typer) -> None:
    """Add this module's command to the program."""
    app.command("doctor")(doctor_command)


def doctor_command(
    rehearse: Annotated[
        bool, typer.Option("--rehearse", help="Restore the newest backup elsewhere and look at it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Examine database, runs, disk, teacher and versions; exit 1 when something is bad."""
    findings = examine(get_settings(), with_rehearsal=rehearse)
    lines = [
        f"{finding.level:<7} {finding.area}: {finding.found} {finding.way_out}"
        for finding in findings
    ]
    fields = [asdict(finding) for finding in findings]
    emit({"findings": fields}, as_json, "\n".join(lines))
    if any(finding.level is Level.BAD for finding in findings):
        raise typer.Exit(1)
