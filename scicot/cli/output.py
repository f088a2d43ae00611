"""What every command shares: the actor, and how results are said."""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

import typer

from scicot.pure.printable import printable, printable_json
from scicot.pure.teacher.pricing import Estimate
from scicot.services.evaluation.results import find_experiment_number
from scicot.services.runs.runs import find_run_id
from scicot.services.workspace import open_workspace
from scicot.words.errors import InvalidConfig
from scicot.words.people import actor_named
from scicot.words.records import Actor, RationaleStatus

AsJson = Annotated[
    bool, typer.Option("--json", help="Print one JSON object as the last line of stdout.")
]


def run_number(named: str) -> int:
    """Return the run that a number or a name on the command line means; raises NotFound."""
    with open_workspace() as session:
        return find_run_id(session, named)


def experiment_number(named: str) -> int:
    """Return the experiment that a number or a name on the command line means; raises NotFound."""
    with open_workspace() as session:
        return find_experiment_number(session, named)


OfExperiment = Annotated[
    int | None,
    typer.Option(
        metavar="NAME",
        parser=experiment_number,
        help="One experiment's runs, by its number or name; all finished runs without it.",
    ),
]


def say(message: str) -> None:
    """Print a message for the person, on stderr, where it disturbs no script."""
    typer.echo(printable(message), err=True)


def emit(result: Mapping[str, Any], as_json: bool, text: str) -> None:
    """Print the result: as one line of JSON, or as the sentence or table for a person."""
    if as_json:
        typer.echo(printable_json(json.dumps(result, ensure_ascii=False, default=str)))
    else:
        typer.echo(printable(text))
    sys.stdout.flush()


def emit_estimate(estimate: Estimate, as_json: bool) -> None:
    """Print what a teacher would be asked and what that would cost."""
    cost = (
        "at an unknown price"
        if estimate.low_usd is None
        else f"for ${estimate.low_usd:.4f} to ${estimate.high_usd:.4f}"
    )
    text = f"{estimate.calls} calls {cost}; {estimate.already_stored} are there already."
    emit(asdict(estimate), as_json, text)


def current_actor() -> Actor:
    """Return who types: SCICOT_ACTOR, or the name of the account."""
    return actor_named(os.environ.get("SCICOT_ACTOR") or getpass.getuser())


def parse_statuses(names: str) -> list[RationaleStatus]:
    """Return comma-separated statuses as such; raises InvalidConfig for another word."""
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    known = [status.value for status in RationaleStatus]
    for name in wanted:
        if name not in known:
            raise InvalidConfig(f"--include: '{name}' is no status. Use {', '.join(known)}.")
    return [RationaleStatus(name) for name in wanted]
