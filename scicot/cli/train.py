"""`snapshot create|list` and `train METHOD`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer

from scicot.cli.output import AsJson, current_actor, emit, parse_statuses, say
from scicot.cli.runs import finish_or_follow
from scicot.services.queue import tend_queue
from scicot.services.snapshots import create_snapshot, list_snapshots
from scicot.services.training import start_training
from scicot.services.workspace import open_workspace
from scicot.words.configs import PAPER_STUDENT, PAPER_TEACHER, FewShotConfig, TrainingConfig
from scicot.words.errors import InvalidConfig
from scicot.words.records import Method
from scicot.words.settings import get_settings

snapshots = typer.Typer(no_args_is_help=True, help="Freeze what runs train on.")


def register(app: typer.Typer) -> None:
    """Add this module's commands to the program."""
    app.add_typer(snapshots, name="snapshot")
    app.command("train")(train_command)


@snapshots.command("create")
def create_command(
    name: Annotated[str, typer.Argument(help="What runs will call it.")],
    dataset: Annotated[str, typer.Option()],
    include: Annotated[str, typer.Option(help="Statuses, comma-separated.")] = "accepted,edited",
    source: Annotated[
        list[str] | None, typer.Option(help="Take only this source; repeat in order of preference.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Freeze the rationales of these statuses, one a question."""
    with open_workspace() as session:
        made = create_snapshot(
            session,
            current_actor(),
            name=name,
            dataset=dataset,
            include=parse_statuses(include),
            sources=source or (),
        )
    fields = {"snapshot": made.id, **asdict(made)}
    emit(fields, as_json, f"Snapshot '{made.name}' holds {made.items} rationales.")


@snapshots.command("list")
def list_command(as_json: AsJson = False) -> None:
    """Show the snapshots, newest first."""
    with open_workspace() as session:
        found = list_snapshots(session)
    lines = [f"{one.name}: {one.items} rationales of {one.dataset}" for one in found]
    emit({"snapshots": [asdict(one) for one in found]}, as_json, "\n".join(lines))


def train_command(
    method: Annotated[Method, typer.Argument(help="How questions become answers.")],
    dataset: Annotated[str, typer.Option()],
    student: Annotated[str, typer.Option(help="A hub id, a folder, or 'starter'.")] = PAPER_STUDENT,
    snapshot: Annotated[str | None, typer.Option(help="Not needed by finetune.")] = None,
    fraction: Annotated[float, typer.Option(help="Of the training questions.")] = 1.0,
    seed: Annotated[int, typer.Option()] = 0,
    teacher: Annotated[str, typer.Option(help="few_shot only.")] = PAPER_TEACHER,
    setting: Annotated[
        list[str] | None,
        typer.Option("--set", help="Any other setting as KEY=VALUE, e.g. epochs=3; repeatable."),
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Stay until the run ends.")] = False,
    as_json: AsJson = False,
) -> None:
    """Train a student by this method, or let an LLM answer few-shot, in a run of its own."""
    more = parse_settings(setting or ())
    with open_workspace() as session:
        if method is Method.FEW_SHOT:
            from scicot.services.few_shot import start_few_shot

            asked = FewShotConfig.checked(dataset=dataset, teacher=teacher, seed=seed, **more)
            run_id = start_few_shot(session, current_actor(), asked)
        else:
            config = TrainingConfig.checked(
                method=method,
                dataset=dataset,
                student=student,
                snapshot=snapshot,
                fraction=fraction,
                seed=seed,
                **more,
            )
            run_id = start_training(session, current_actor(), config)
        tend_queue(session, get_settings())
    say(f"Run {run_id} is queued.")
    finish_or_follow(run_id, wait=wait, as_json=as_json)


def parse_settings(pairs: Sequence[str]) -> dict[str, Any]:
    """Return KEY=VALUE pairs as a mapping; raises InvalidConfig for one without '='."""
    values = {}
    for pair in pairs:
        key, separator, value = pair.partition("=")
        if not separator or not key.strip():
            raise InvalidConfig(f"--set {pair}: write it as KEY=VALUE, for instance epochs=3.")
        values[key.strip()] = value.strip()
    return values
