"""`duplicates list`."""

from __future__ import annotations

from typing import Annotated

import typer

from scicot.cli.output import AsJson, emit
from scicot.pure.shares import say_share
from scicot.services.questions.duplicates import (
    DuplicatePair,
    DuplicateSide,
    list_duplicates,
    search_duplicates,
)
from scicot.services.workspace import open_workspace

group = typer.Typer(no_args_is_help=True, help="Questions that ask the same, or nearly.")


def register(app: typer.Typer) -> None:
    """Add this module's commands to the program."""
    app.add_typer(group, name="duplicates")


@group.callback()
def _group() -> None:
    """Questions that ask the same, or nearly."""


@group.command("list")
def list_command(
    dataset: Annotated[str, typer.Option(help="Its questions, against those of all datasets.")],
    as_json: AsJson = False,
) -> None:
    """List the pairs within and across splits and datasets, searched for anew."""
    with open_workspace() as session:
        list_duplicates(session, [dataset])  # refuses a name that nothing bears
        search_duplicates(session, [dataset])
        pairs = list_duplicates(session, [dataset])
    emit(
        {
            "exact": [_ids(pair) for pair in pairs if pair.is_exact],
            "near": [_ids(pair) for pair in pairs if not pair.is_exact],
            "across_splits": sum(pair.is_across for pair in pairs),
            "pairs": [
                {
                    "first": _place(pair.first),
                    "second": _place(pair.second),
                    "similarity": round(pair.similarity, 3),
                }
                for pair in pairs
            ],
        },
        as_json,
        "\n\n".join(map(_side_by_side, pairs)) or f"No question of {dataset} stands twice.",
    )


def _ids(pair: DuplicatePair) -> list[str]:
    return [pair.first.external_id, pair.second.external_id]


def _place(side: DuplicateSide) -> dict[str, str]:
    return {"dataset": side.dataset, "split": side.split.value, "id": side.external_id}


def _side_by_side(pair: DuplicatePair) -> str:
    alike = "the same" if pair.is_exact else f"{say_share(pair.similarity, 0)} alike"
    sides = (
        f"  {side.dataset} {side.split.value} {side.external_id}: {side.stem} "
        f"[{' | '.join(side.options)}]"
        for side in (pair.first, pair.second)
    )
    return "\n".join((alike, *sides))
