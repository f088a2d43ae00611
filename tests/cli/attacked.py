"""Every command of the program, called in this process with what an attacker or an accident gives.

The list comes from the parser itself, so a new command is among them.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, get_args
from unittest.mock import patch

import typer

from db.session import get_engine
from scicot.cli.main import app, main
from scicot.services import workspace
from scicot.words.settings import get_settings

SECONDS = 60  # a command that is still at it then hangs


class Hangs(BaseException):
    """A command did not end."""


@dataclass(frozen=True)
class Said:
    """How a command ended, and all that it printed."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        return next((line for line in self.err.splitlines() if line.startswith("Error: ")), "")


@cache
def commands() -> dict[tuple[str, ...], Any]:
    """Return every command by its words."""
    return dict(_below((), program()))


@cache
def program() -> Any:
    """Return the program's parser, which is built once here and not for every command."""
    return typer.main.get_command(app)


def _below(words: tuple[str, ...], command: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, inner in getattr(command, "commands", {}).items():
        yield from _below((*words, name), inner)
    if not hasattr(command, "commands"):
        yield words, command


def plain_words(command: Any, file: Path, **given: str) -> list[str]:
    """Return words with which a command does what it is for, as far as the parser asks for them.

    `given` says other values by a parameter's name; an option that it names is among the words.
    """
    options: list[str] = ["--no-wait"] if "--no-wait" in _flags(command) else []
    arguments: list[str] = []
    for parameter in command.params:
        if not (parameter.required or parameter.name in ("method", "dataset", *given)):
            continue
        value = given.get(parameter.name, _plain_value(parameter, file))
        if parameter.param_type_name == "argument":
            arguments += [value] * max(1, parameter.nargs)
        else:
            options += [parameter.opts[0], value]
    return [*options, "--", *arguments]


def _flags(command: Any) -> list[str]:
    return [name for parameter in command.params for name in parameter.secondary_opts]


def _plain_value(parameter: Any, file: Path) -> str:
    kind = parameter.type_descriptor.annotation
    kind = get_args(kind)[0] if get_args(kind) else kind
    if isinstance(kind, type) and issubclass(kind, Enum):
        return str(next(iter(kind)).value)
    plain = {Path: str(file), int: "1", float: "1", datetime: "2026-01-01"}
    return "finetune" if parameter.name == "method" else plain.get(kind, "demo")


def call(*words: str) -> Said:
    """Run a command as a new process would; what it would become or start is not started."""
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
    _as_a_new_process()
    umask, folder = os.umask(0o077), Path.cwd()
    signal.signal(signal.SIGALRM, _hangs)
    signal.alarm(SECONDS)
    code = 0
    try:
        with (
            redirect_stdout(out),
            redirect_stderr(err),
            patch.object(sys, "stdin", io.StringIO()),
            patch.object(sys, "argv", ["scicot", *words]),
            patch.object(os, "execv"),
            patch("scicot.cli.main.app", program()),
        ):
            main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    finally:
        signal.alarm(0)
        os.umask(umask)
        os.chdir(folder)
    out.flush()
    err.flush()
    return Said(code, out.buffer.getvalue().decode(), err.buffer.getvalue().decode())


def _hangs(*_: object) -> None:
    raise Hangs


def _as_a_new_process() -> None:
    get_settings.cache_clear()
    workspace._migrate_once.cache_clear()
    get_engine.cache_clear()
