"""`worth run|show`: what rationales are worth to a student."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from scicot.cli.launcher import choose_launcher
from scicot.cli.output import AsJson, current_actor, emit, parse_statuses, run_number
from scicot.cli.runs import Ask, Launcher, finish_or_follow
from scicot.pure.shares import say_share
from scicot.pure.worth.auc import Auc
from scicot.services.workspace import open_workspace
from scicot.services.worth.show import show_worth
from scicot.words.configs import PAPER_STUDENT, WorthConfig

group = typer.Typer(no_args_is_help=True, help="What a rationale is worth to a student.")
UNTRAINED = "untrained"


def register(app: typer.Typer) -> None:
    """Add this module's commands to the program."""
    app.add_typer(group, name="worth")


@group.command("run")
def run_command(
    dataset: Annotated[str, typer.Option(help="Whose rationales.")],
    by: Annotated[
        str, typer.Option(help="A finished training run's number or name, or 'untrained'.")
    ] = UNTRAINED,
    student: Annotated[str, typer.Option(help="With --by untrained.")] = PAPER_STUDENT,
    status: Annotated[str, typer.Option(help="Statuses, comma-separated; empty for all.")] = "",
    control: Annotated[
        int,
        typer.Option(help="Approved ones of each source that are measured broken as well."),
    ] = 0,
    launcher: Launcher = None,
    ask: Ask = None,
    wait: Annotated[bool, typer.Option("--wait", help="Stay until the run ends.")] = False,
    as_json: AsJson = False,
) -> None:
    """Measure help and leak of each rationale, in a run of its own."""
    config = WorthConfig.checked(
        dataset=dataset,
        run=None if by == UNTRAINED else run_number(by),
        student=student,
        statuses=tuple(parse_statuses(status)),
        control=control,
    )
    with open_workspace() as workspace:
        chosen = choose_launcher(workspace, launcher, ask)
        run_id = workspace.start(current_actor(), config, chosen)
    finish_or_follow(run_id, wait=wait, as_json=as_json)


@group.command("show")
def show_command(
    dataset: Annotated[str, typer.Option(help="Whose rationales are shown.")],
    student: Annotated[
        str | None, typer.Option(help="As stored, e.g. 'run 7'. [who measured last]")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show AUC of help, leak and flags against verdicts, and means by source."""
    with open_workspace() as session:
        view = show_worth(session, dataset, student)
    fields = {
        "student": view.student,
        "students": view.students,
        "rationales": view.rationales,
        "auc": {name: _numbers(auc) for name, auc in view.auc.items()},
        "verdicts": next(
            (
                {"rejected": auc.rejected, "approved": auc.approved}
                for auc in view.auc.values()
                if auc
            ),
            None,
        ),
        "sources": [asdict(source) for source in view.sources],
        "control": [
            {**asdict(line), "help": _numbers(line.help), "leak": _numbers(line.leak)}
            for line in view.control
        ],
    }
    lines = [f"{view.rationales:,} rationales measured by {view.student}."]
    lines += [f"{name:>6}  {_say(auc)}" for name, auc in view.auc.items()]
    lines += [
        f"{source.source}{f' with {source.prompt}' if source.prompt else ''}: "
        f"{source.rationales:,}, help {source.help:+.2f}, leak {source.leak:+.2f} "
        f"nats, {source.given_away:,} give the key away; median help "
        f"{source.help_quartiles[1]:+.2f}, {source.harming:,} below zero"
        for source in view.sources
    ]
    lines += [
        f"{line.source} against {line.broken}: the broken one helps less in "
        f"{say_share(line.helps_less, 0)} of {line.pairs:,}; AUC of help {_brief(line.help)}, "
        f"of leak {_brief(line.leak)}"
        for line in view.control
    ]
    emit(fields, as_json, "\n".join(lines))


def _numbers(auc: Auc | None) -> list[float] | None:
    return [auc.value, auc.interval.low, auc.interval.high] if auc else None


def _say(auc: Auc | None) -> str:
    if auc is None:
        return "AUC unknown: it needs rejected and approved rationales, ten together for 'all'"
    return (
        f"AUC {_brief(auc)} against reject ({auc.rejected:,} rejected, {auc.approved:,} approved)"
    )


def _brief(auc: Auc) -> str:
    return f"{auc.value:.3f} {auc.interval.in_brackets('.3f', scale=1)}"
