"""`bench ...`: what this machine does, measured."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from scicot.cli.output import AsJson, emit

group = typer.Typer(no_args_is_help=True, help="Measure this machine; each prints its ratios.")


def register(app: typer.Typer) -> None:
    """Add this module's commands to the program."""
    app.add_typer(group, name="bench")


@group.command("teacher")
def teacher_command(
    calls: Annotated[int, typer.Option(min=1)] = 640,
    concurrency: Annotated[int, typer.Option(min=1, max=256, help="Calls at once.")] = 32,
    latency: Annotated[float, typer.Option(help="Seconds the local server takes.")] = 1.0,
    as_json: AsJson = False,
) -> None:
    """Ask a local server of known latency: the share of the ideal pace that is kept."""
    from scicot.bench.teacher import bench_teacher

    result = bench_teacher(calls=calls, concurrency=concurrency, latency_seconds=latency)
    emit(result, as_json, "\n".join(f"{key}: {value}" for key, value in result.items()))


@group.command("review")
def review_command(
    rationales: Annotated[int, typer.Option(min=200, help="In a database of its own.")] = 8000,
    presses: Annotated[int, typer.Option(min=10, help="At each of 5 and 20 a second.")] = 60,
    as_json: AsJson = False,
) -> None:
    """Press keys on the review screen in Chromium: time to the next record, presses lost."""
    from scicot.bench.review import bench_review

    result = asdict(bench_review(rationales, presses))
    emit(result, as_json, "\n".join(f"{key}: {value}" for key, value in result.items()))
