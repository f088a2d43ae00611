"""`snapshot create|list` and `train METHOD`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer

from scicot.cli.launcher import choose_launcher
from scicot.cli.output import AsJson, current_actor, emit, parse_statuses, run_number, say
from scicot.cli.runs import Ask, Launcher, describe_differences, finish_or_follow
from scicot.pure.methods.plan import OwnAnswerRule
from scicot.pure.methods.registry import (
    find_method,
    list_methods,
    list_trained,
    needs_rationales,
)
from scicot.services.training.choosing import Criteria
from scicot.services.training.cloning import clone_config, differences_from_run
from scicot.services.training.estimate import estimate_training
from scicot.services.training.preview import inspect_training
from scicot.services.training.previewed import StagePreview
from scicot.services.training.snapshots import create_snapshot, list_snapshots
from scicot.services.training.training import list_equal_runs
from scicot.services.workspace import open_workspace
from scicot.words.asking_configs import FewShotConfig
from scicot.words.configs import PAPER_STUDENT, PAPER_TEACHER
from scicot.words.errors import InvalidConfig
from scicot.words.records import RunKind, Split

snapshots = typer.Typer(no_args_is_help=True, help="Freeze what runs train on.")


def register(app: typer.Typer) -> None:
    """Add this module's commands to the program."""
    app.add_typer(snapshots, name="snapshot")
    app.command("train")(train_command)


@snapshots.command("create")
def create_command(
    name: Annotated[str, typer.Argument(help="What runs will call it.")],
    dataset: Annotated[str, typer.Option(help="Whose rationales are frozen.")],
    include: Annotated[str, typer.Option(help="Statuses, comma-separated.")] = "accepted,edited",
    source: Annotated[
        list[str] | None, typer.Option(help="Take only this source; repeat in order of preference.")
    ] = None,
    own_answer_right: Annotated[
        bool,
        typer.Option(
            "--own-answer-right", help="Only where the teacher, without the key, comes to it."
        ),
    ] = False,
    own_answer_not_wrong: Annotated[
        bool,
        typer.Option(
            "--own-answer-not-wrong",
            help="Without what comes to another answer; what was told the key stays (STaR).",
        ),
    ] = False,
    sample: Annotated[
        list[int] | None, typer.Option(help="Only samples of this number, from 0; repeatable.")
    ] = None,
    per_question: Annotated[
        int, typer.Option(min=1, help="Up to so many a question; sources take turns.")
    ] = 1,
    least_help: Annotated[
        float | None,
        typer.Option(help="Only what makes the key likelier by so many nats (`worth run`)."),
    ] = None,
    without_leak: Annotated[
        bool,
        typer.Option("--without-leak", help="Only what was measured and gives no key away."),
    ] = False,
    by_help: Annotated[
        bool,
        typer.Option("--by-help", help="What helps a student most comes first, whosever it is."),
    ] = False,
    measured_by: Annotated[
        str | None,
        typer.Option(
            help="Whose measures count, as `worth show` names the student; else the last one's."
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=1, help="So many questions at most: with --by-help the best helped, else drawn."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Freeze the rationales of these statuses, one a question or several."""
    if own_answer_right and own_answer_not_wrong:
        raise typer.BadParameter("--own-answer-right is the narrower one: name one of the two.")
    own_answer: OwnAnswerRule | None = "not_wrong" if own_answer_not_wrong else None
    criteria = Criteria(
        include=parse_statuses(include),
        sources=source or (),
        samples=sample or (),
        own_answer="right" if own_answer_right else own_answer,
        per_question=per_question,
        least_help=least_help,
        without_leak=without_leak,
        by_help=by_help,
        limit=limit,
        measured_by=measured_by,
    )
    with open_workspace() as session:
        snapshot = create_snapshot(
            session,
            current_actor(),
            name=name,
            dataset=dataset,
            criteria=criteria,
        )
    fields = {"snapshot": snapshot.id, **asdict(snapshot)}
    said = f"Snapshot '{snapshot.name}' holds {snapshot.items} rationales."
    if by := snapshot.criteria.get("measured_by"):
        said += f" What they help was measured by {by}."
    if snapshot.already_there:
        also = f" '{name}' is another name of it." if name != snapshot.name else ""
        said = f"These texts are frozen already: {said}{also}"
    emit(fields, as_json, said)


@snapshots.command("list")
def list_command(
    archived: Annotated[bool, typer.Option("--archived", help="Those archived too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the snapshots, newest first."""
    with open_workspace() as session:
        listed = list_snapshots(session, with_archived=archived)
    lines = [
        f"{snapshot.name}: {snapshot.items} rationales of {snapshot.dataset}" for snapshot in listed
    ]
    emit({"snapshots": [asdict(snapshot) for snapshot in listed]}, as_json, "\n".join(lines))


METHODS = ", ".join(method.name for method in list_methods())
WITHOUT_RATIONALES = ", ".join(
    method.name for method in list_trained() if not needs_rationales(method)
)


def _known_method(name: str | None) -> str | None:
    """Return the name of a method; raises typer.BadParameter with those that there are."""
    try:
        return name and find_method(name).name
    except InvalidConfig as error:
        raise typer.BadParameter(str(error)) from error


def train_command(
    method: Annotated[
        str | None,
        typer.Argument(help=f"How questions become answers: {METHODS}.", callback=_known_method),
    ] = None,
    dataset: Annotated[str | None, typer.Option(help="Whose questions are trained on.")] = None,
    student: Annotated[
        str | None, typer.Option(help=f"A hub id, a folder, or 'starter'. [{PAPER_STUDENT}]")
    ] = None,
    snapshot: Annotated[
        str | None, typer.Option(help=f"Of rationales; not needed by {WITHOUT_RATIONALES}.")
    ] = None,
    fraction: Annotated[float | None, typer.Option(help="Of the training questions. [1.0]")] = None,
    seed: Annotated[int | None, typer.Option(help="[0]")] = None,
    evaluate_on: Annotated[
        Split | None,
        typer.Option(help="The split to measure on. [validation; test where there is none]"),
    ] = None,
    processes: Annotated[
        int | None, typer.Option(help="That train together, a GPU or some threads each. [1]")
    ] = None,
    teacher: Annotated[str, typer.Option(help="few_shot only.")] = PAPER_TEACHER,
    setting: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="Any other setting as KEY=VALUE, e.g. epochs=3 or limit_train=none; repeatable.",
        ),
    ] = None,
    like: Annotated[
        int | None,
        typer.Option(
            parser=run_number, help="Take the settings of this run, but for those given here."
        ),
    ] = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Say what the run would do and how long; start nothing."),
    ] = False,
    launcher: Launcher = None,
    ask: Ask = None,
    wait: Annotated[bool, typer.Option("--wait", help="Stay until the run ends.")] = False,
    as_json: AsJson = False,
) -> None:
    """Train a student by this method, or let an LLM answer few-shot, in a run of its own."""
    named = {
        "method": method,
        "dataset": dataset,
        "student": student,
        "snapshot": snapshot,
        "fraction": fraction,
        "seed": seed,
        "evaluate_on": evaluate_on,
        "processes": processes,
    }
    given = {name: value for name, value in named.items() if value is not None}
    given |= parse_settings(setting or ())
    _refuse_half_a_command(given, like)
    if check:
        _check(given, like, as_json)
        return
    if _asks_a_teacher(given):
        run_id, more = _start_few_shot(given, teacher), None
    else:
        run_id, more = _start_training(given, like, launcher, ask)
    say(f"Run {run_id} is queued.")
    finish_or_follow(run_id, wait=wait, as_json=as_json, more=more)


def _refuse_half_a_command(given: Mapping[str, Any], like: int | None) -> None:
    for name in ("method", "dataset"):
        if name not in given and like is None:
            raise typer.BadParameter(
                f"name a {name}, or a run to take it from with --like.", param_hint=name
            )
    if like is not None and _asks_a_teacher(given):
        raise typer.BadParameter(f"{given['method']} trains nothing; --like takes a training run.")


def _asks_a_teacher(given: Mapping[str, Any]) -> bool:
    """Return whether the method is one by which an LLM answers and no student is made."""
    return "method" in given and find_method(given["method"]).run_kind is RunKind.FEW_SHOT


def _start_training(
    given: Mapping[str, Any],
    like: int | None,
    launcher: str | None,
    ask: Sequence[str] | None,
) -> tuple[int, dict[str, Any] | None]:
    """Return the run's id, and what its JSON says of the run that settings were taken from."""
    more = None
    with open_workspace() as workspace:
        config = clone_config(workspace, like, given)
        if like is not None:
            differences = differences_from_run(workspace, like, config.model_dump(mode="json"))
            more = {"like": like, "differences": [asdict(difference) for difference in differences]}
            say(describe_differences(like, differences))
        for run in list_equal_runs(workspace, config)[:1]:
            say(f"Run {run.id} has exactly these settings; it is {run.status}.")
        chosen = choose_launcher(workspace, launcher, ask)
        run_id = workspace.start(current_actor(), config, chosen)
    return run_id, more


def _check(given: Mapping[str, Any], like: int | None, as_json: bool) -> None:
    """Say what the launch page's check says."""
    if _asks_a_teacher(given):
        raise typer.BadParameter(
            f"{given['method']} trains nothing; `generate --estimate` says its cost."
        )
    with open_workspace() as workspace:
        config = clone_config(workspace, like, given)
        preview = inspect_training(workspace, workspace.settings, config)
        say("Trying ten steps of the student; the result is remembered.")
        estimate = estimate_training(workspace, workspace.settings, config)
    lines = [
        preview.sentence(),
        *filter(None, [preview.sentence_of_mix(), preview.sentence_of_room()]),
        *preview.notes,
        *map(_describe, preview.stages),
    ]
    lines.append(estimate.sentence())
    for first in preview.first_batch[:1]:
        lines += ["The first example:", first.input, first.target]
    stages = [stage.summary() for stage in preview.stages]
    result = {"stages": stages, "check": asdict(preview), "estimate": asdict(estimate)}
    emit(result, as_json, "\n".join(lines))


def _describe(stage: StagePreview) -> str:
    cost = "trained before, costs nothing" if stage.reused else "to be trained"
    steps = f", {stage.steps:,} steps" if stage.steps else ""
    return f"Stage {stage.role}: {stage.examples:,} examples{steps}, {cost}."


def _start_few_shot(given: Mapping[str, Any], teacher: str) -> int:
    names = {"evaluate_on": "split"}  # what a large model calls what students have too
    asked = {names.get(name, name): value for name, value in given.items() if name != "method"}
    config = FewShotConfig.checked(teacher=teacher, **asked)
    with open_workspace() as workspace:
        return workspace.start(current_actor(), config)


def parse_settings(pairs: Sequence[str]) -> dict[str, Any]:
    """Return KEY=VALUE pairs as a mapping, 'none' as None; raises InvalidConfig without '='."""
    values: dict[str, Any] = {}
    for pair in pairs:
        key, separator, value = pair.partition("=")
        if not separator or not key.strip():
            raise InvalidConfig(f"--set {pair}: write it as KEY=VALUE, for instance epochs=3.")
        values[key.strip()] = None if value.strip() == "none" else value.strip()
    return values
