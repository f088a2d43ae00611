"""`attribute RUN`: whose fault each error of a two-stage run is."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

import typer

from scicot.cli.launcher import choose_launcher
from scicot.cli.output import AsJson, current_actor, emit, run_number
from scicot.cli.runs import Ask, Launcher, finish_or_follow
from scicot.pure.evaluation.attribution import Flips, say_control
from scicot.pure.evaluation.followed import COLUMNS, Followed
from scicot.services.evaluation.attribution import (
    SeedFlips,
    attribute_errors,
    attribute_seeds,
)
from scicot.services.runs.runs import get_run
from scicot.services.workspace import open_workspace
from scicot.words.configs import AttributionConfig

RunNumber = Annotated[
    int, typer.Argument(metavar="RUN", parser=run_number, help="A Sci-CoT run that is done.")
]


def register(app: typer.Typer) -> None:
    """Add this module's commands to the program."""
    app.command("attribute")(attribute_command)
    app.command("faults")(faults_command)


def attribute_command(
    run_id: RunNumber,
    reference: Annotated[
        Literal["teacher", "human", "none"],
        typer.Option(help="Whose rationale stands for a good one."),
    ] = "teacher",
    only_referenced: Annotated[
        bool,
        typer.Option(
            "--only-referenced",
            help="Ask only about the questions that have such a rationale: the control needs no "
            "more.",
        ),
    ] = False,
    launcher: Launcher = None,
    ask: Ask = None,
    wait: Annotated[bool, typer.Option("--wait", help="Stay until the run ends.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask the answering stage again with other rationales, in a run of its own."""
    wanted = None if reference == "none" else reference
    config = AttributionConfig.checked(
        run=run_id, reference=wanted, only_referenced=only_referenced
    )
    with open_workspace() as workspace:
        chosen = choose_launcher(workspace, launcher, ask)
        started = workspace.start(current_actor(), config, chosen)
    finish_or_follow(started, wait=wait, as_json=as_json)


def faults_command(run_id: RunNumber, as_json: AsJson = False) -> None:
    """Show a run's errors by fault, as far as the variants were asked."""
    with open_workspace() as session:
        attribution = attribute_errors(session, run_id)
        seeds = attribute_seeds(session, get_run(session, run_id))
    counts = {fault.value: len(ids) for fault, ids in attribution.faults.items()}
    accuracies = {variant.value: score.accuracy for variant, score in attribution.variants.items()}
    own = {variant.value: score.accuracy for variant, score in attribution.own.items()}
    words = attribution.words
    lines = [f"{len(ids):>6}  {words[fault].title}" for fault, ids in attribution.faults.items()]
    emit(
        {
            "run": run_id,
            "questions": attribution.questions,
            "errors": attribution.errors,
            "faults": counts,
            "tells_blame": attribution.tells_blame,
            "accuracy": accuracies,
            "own_accuracy_there": own,
            "control": _describe_flips(attribution.flips),
            "control_masked": _describe_flips(attribution.flips_masked),
            "control_over_seeds": _describe_seeds(seeds),
            "one_place_there": attribution.same_place,
            "followed": _describe_followed(attribution.followed),
        },
        as_json,
        "\n".join(
            [
                f"{attribution.errors:>6}  errors in {attribution.questions} answers",
                *lines,
                *say_control(attribution.flips, attribution.flips_masked),
                *(f"Over its seeds: {sentence}" for sentence in (seeds.sentences if seeds else ())),
                *_followed_lines(attribution.followed),
            ]
        ),
    )


def _describe_seeds(seeds: SeedFlips | None) -> dict[str, Any] | None:
    if seeds is None:
        return None
    return {
        "runs": list(seeds.runs),
        "control": _describe_flips(seeds.flips),
        "control_masked": _describe_flips(seeds.flips_masked),
    }


def _describe_flips(flips: Flips | None) -> dict[str, Any] | None:
    if flips is None:
        return None
    return asdict(flips) | {
        "interval": [flips.interval.low, flips.interval.high] if flips.interval else None,
        "sentence": flips.sentence,
    }


def _followed_lines(followed: Followed) -> list[str]:
    """Return the table of what rationales argue for, its columns aligned, and what it says."""
    if not followed.questions:
        return []
    table = [("The rationale argues for", *COLUMNS), *followed.rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = [
        "  ".join(
            [
                title.ljust(widths[0]),
                *(of.rjust(n) for of, n in zip(cells, widths[1:], strict=True)),
            ]
        )
        for title, *cells in table
    ]
    return [*lines, *followed.sentences]


def _describe_followed(followed: Followed) -> dict[str, Any]:
    """Return the counts by what the rationale argues for, the share and its controls."""
    interval = followed.interval
    return {
        "argues_for": {
            "key": asdict(followed.key),
            "other": asdict(followed.other),
            "unknown": {
                name: count
                for name, count in asdict(followed.unknown).items()
                if name != "followed"
            },
        },
        "questions": followed.told,
        "share": followed.share,
        "interval": [interval.low, interval.high] if interval else None,
        "by_chance": followed.by_chance,
        "without_rationale": {
            "questions": followed.asked_bare,
            "share": followed.without / followed.asked_bare,
            "share_with_it": followed.with_own / followed.asked_bare,
        }
        if followed.asked_bare
        else None,
        "sentences": followed.sentences,
    }
