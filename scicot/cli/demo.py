"""`demo`: the demonstration comes into an empty workspace, or leaves it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from scicot.cli.app import app_command
from scicot.cli.output import AsJson, current_actor, emit
from scicot.services.demo.demonstration import add_demonstration, remove_demonstration
from scicot.services.workspace import open_workspace


def register(app: typer.Typer) -> None:
    """Add this module's command to the program."""
    app.command("demo")(demo_command)


def demo_command(
    remove: Annotated[
        bool, typer.Option("--remove", help="Take it out again, and nothing else.")
    ] = False,
    open_app: Annotated[
        bool, typer.Option("--open", help="Start the web app on it afterwards.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Fill an empty home with a finished piece of work to look at: real runs, small numbers."""
    with open_workspace() as workspace:
        if remove:
            done = remove_demonstration(workspace, workspace.settings, current_actor())
            text = f"Removed the demonstration '{done.dataset}'; nothing else was touched."
        else:
            done = add_demonstration(workspace, current_actor())
            text = (
                f"The demonstration '{done.dataset}' is here: {done.questions} questions, "
                f"{done.rationales} rationales, {done.runs} runs. `scicot app` opens it; "
                "`scicot demo --remove` takes it out again."
            )
    emit({**asdict(done), "removed": remove}, as_json, text)
    if open_app and not remove:
        app_command()
