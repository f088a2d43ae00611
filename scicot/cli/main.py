"""The command line's table of commands, and how an error ends one."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from scicot import __version__
from scicot.cli import app as app_command
from scicot.cli import (
    attribute,
    backup,
    bench,
    checks,
    compare,
    demo,
    doctor,
    duplicates,
    experiment,
    export,
    generate,
    imports,
    judge,
    parcels,
    predictions,
    report,
    results,
    review,
    runs,
    students,
    teachers,
    train,
    upkeep,
    worth,
)
from scicot.cli.output import say
from scicot.pure.printable import printable, printable_json
from scicot.pure.runs.log_lines import LogForm
from scicot.pure.secrets import hide_secrets
from scicot.services.system.failures import tell
from scicot.words.settings import get_settings


@contextmanager
def _readable() -> Iterator[None]:
    """Take orders to the terminal out of what the parser repeats of the words typed."""
    try:
        yield
    except TyperException as error:
        error.message = printable(error.message)
        raise


class _Program(TyperGroup):
    """The program as typer has it, whose complaints can be read."""

    def make_context(self, *args: Any, **options: Any) -> Any:
        """Parse the words that come before the command's own."""
        with _readable():
            return super().make_context(*args, **options)

    def invoke(self, ctx: Any) -> Any:
        """Parse the command's words and carry it out."""
        with _readable():
            return super().invoke(ctx)


app = typer.Typer(
    name="scicot",
    cls=_Program,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for module in (
    app_command,
    demo,
    backup,
    imports,
    duplicates,
    generate,
    teachers,
    judge,
    review,
    checks,
    runs,
    parcels,
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
    worth,
    upkeep,
):
    module.register(app)


def _tell_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"scicot {__version__}")
        raise typer.Exit


@app.callback()
def program(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help="Say it and end."),
    ] = False,
) -> None:
    """Distil a large model's reasoning into a small one, in the open."""


class _Plain(LogForm):
    """Writes a record without the keys at hand, and without orders to the terminal."""

    secrets: tuple[str, ...] = ()

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line, its traceback included."""
        return printable(hide_secrets(super().format(record), self.secrets))


def main() -> None:
    """Run the command typed; exit 0, 1 (told what went wrong) or 2 (usage)."""
    shown = logging.StreamHandler()
    form = _Plain()
    shown.setFormatter(form)
    logging.basicConfig(level=logging.INFO, handlers=[shown])
    for chatty in ("alembic", "httpx2"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    os.umask(0o077)  # what we write is this account's: the database, logs, students, exports
    try:
        form.secrets = get_settings().known_secrets  # what cannot be read is told first of all
        app()
    except Exception as error:  # the outermost frame: anything is told as one sentence
        told = tell(error)
        say(f"Error: {told}")
        if "--json" in sys.argv:
            line = {"error": told.sentence, "error_id": told.error_id}
            with suppress(OSError):  # it may be what went wrong
                typer.echo(printable_json(json.dumps(line, ensure_ascii=False)))
        _leave_full_stdout()
        sys.exit(1)


def _leave_full_stdout() -> None:
    """Leave a stdout that takes nothing more: at the end Python would write to it once again."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
