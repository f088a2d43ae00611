"""The command line's table of commands, and how an error ends one."""

from __future__ import annotations

import json
import logging
import sys

import typer

from scicot.cli import app as app_command
from scicot.cli import (
    attribute,
    backup,
    bench,
    checks,
    compare,
    doctor,
    experiment,
    export,
    generate,
    imports,
    predictions,
    report,
    results,
    review,
    runs,
    students,
    teachers,
    train,
)
from scicot.cli.output import say
from scicot.words.errors import SciCotError

app = typer.Typer(
    name="scicot",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Distil a large model's reasoning into a small one, in the open.",
)
for module in (
    app_command,
    backup,
    imports,
    generate,
    teachers,
    review,
    checks,
    runs,
    doctor,
    experiment,
    export,
    predictions,
    compare,
    results,
    report,
    attribute,
    train,
    students,
    bench,
):
    module.register(app)


def main() -> None:
    """Run the command typed; exit 0, 1 (told what went wrong) or 2 (usage)."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    for chatty in ("alembic", "httpx2"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    try:
        app()
    except SciCotError as error:
        say(f"Error: {error}")
        if "--json" in sys.argv:
            typer.echo(json.dumps({"error": str(error)}))
        sys.exit(1)
