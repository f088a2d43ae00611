"""`judge rubrics|save|run|agreement`: an LLM that reads rationales by a rubric, on a leash."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from scicot.cli.output import AsJson, current_actor, emit, emit_estimate, say
from scicot.cli.runs import finish_or_follow
from scicot.services.judge.agreement import judge_agreement
from scicot.services.judge.estimate import estimate_judge
from scicot.services.judge.rubrics import list_rubrics, load_rubric, save_rubric
from scicot.services.workspace import open_workspace
from scicot.words.asking_configs import JudgeConfig
from scicot.words.configs import PAPER_TEACHER

group = typer.Typer(no_args_is_help=True, help="A judge by rubric, measured against people.")
Dataset = Annotated[str, typer.Option(help="Whose rationales are judged.")]
RubricId = Annotated[int, typer.Option("--rubric", help="The rubric version's number.")]


def register(app: typer.Typer) -> None:
    """Add this module's commands to the program."""
    app.add_typer(group, name="judge")


@group.command("rubrics")
def rubrics_command(as_json: AsJson = False) -> None:
    """Show every version of the rubric, newest first."""
    with open_workspace() as session:
        rubrics = list_rubrics(session)
    lines = []
    for rubric in rubrics:
        lines.append(f"Rubric {rubric.id}, by {rubric.actor}")
        lines += [f"  {criterion.name}: {criterion.asks}" for criterion in rubric.criteria]
    emit({"rubrics": [asdict(rubric) for rubric in rubrics]}, as_json, "\n".join(lines))


@group.command("save")
def save_command(
    path: Annotated[Path, typer.Argument(help="YAML: a criterion's name, and what it asks.")],
    as_json: AsJson = False,
) -> None:
    """Store a file's criteria as the next version of the rubric."""
    with open_workspace() as session:
        saved = save_rubric(session, current_actor(), load_rubric(path))
    emit(asdict(saved), as_json, f"Rubric {saved.id} has {len(saved.criteria)} criteria.")


@group.command("run")
def run_command(
    dataset: Dataset,
    rubric: RubricId = 1,
    teacher: Annotated[
        str, typer.Option(help="starter, openai:MODEL or URL#MODEL.")
    ] = PAPER_TEACHER,
    limit: Annotated[int | None, typer.Option(help="The first so many rationales.")] = None,
    examples: Annotated[
        int, typer.Option(help="Corrections by people that it is shown, of other questions.")
    ] = 0,
    max_tokens: Annotated[int, typer.Option(help="The longest verdict.")] = 512,
    budget: Annotated[float | None, typer.Option(help="USD that are never passed.")] = None,
    concurrency: Annotated[int, typer.Option(help="Calls at once.")] = 8,
    wait: Annotated[bool, typer.Option(help="Stay until the run ends.")] = True,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Say calls and cost, and send nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Have a teacher judge rationales by a rubric; what is judged already is not asked again."""
    config = JudgeConfig.checked(
        dataset=dataset,
        rubric=rubric,
        teacher=teacher,
        limit=limit,
        examples=examples,
        max_tokens=max_tokens,
        budget_usd=budget,
        concurrency=concurrency,
    )
    if estimate:
        with open_workspace() as session:
            expected = estimate_judge(session, config)
        emit_estimate(expected, as_json)
        return
    with open_workspace() as workspace:
        run_id = workspace.start(current_actor(), config)
    say(f"Run {run_id} is queued.")
    finish_or_follow(run_id, wait=wait, as_json=as_json)


@group.command("agreement")
def agreement_command(dataset: Dataset, rubric: RubricId = 1, as_json: AsJson = False) -> None:
    """Show how the judges agree with people who had judged the same texts before."""
    with open_workspace() as session:
        agreements = judge_agreement(session, dataset, rubric)
    lines = [f"{judge}: {agreement.sentence()}" for judge, agreement in agreements.items()]
    shown = {judge: asdict(agreement) for judge, agreement in agreements.items()}
    only = next(iter(shown.values())) if len(shown) == 1 else {}
    empty = "No rationale has both a blind verdict and a judge's. Review some, then judge them."
    emit({"rubric": rubric, "judges": shown, **only}, as_json, "\n".join(lines) or empty)
