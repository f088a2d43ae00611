"""The rest of the Generate page: `prompts`, `teachers`, `prices`, `retry`, `take-thinking`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from scicot.cli.output import AsJson, current_actor, emit, run_number, say
from scicot.cli.runs import finish_or_follow
from scicot.pure.shares import say_share
from scicot.services.evaluation.teachers import TeacherLine, compare_teachers
from scicot.services.teacher.generation import retry_calls
from scicot.services.teacher.prices import list_prices, set_price
from scicot.services.teacher.prompts import (
    choose_default_prompt,
    default_prompt,
    list_prompts,
    read_part,
    save_prompt,
)
from scicot.services.teacher.refusals import forget_refusals, list_refusals
from scicot.services.teacher.thinking import take_thinking
from scicot.services.workspace import open_workspace
from scicot.words.records import CompletionState
from scicot.words.teaching import PromptParts

prompts = typer.Typer(no_args_is_help=True, help="What teachers are asked, in versions.")
teachers = typer.Typer(no_args_is_help=True, help="Teachers compared, and their servers.")
prices = typer.Typer(no_args_is_help=True, help="What teachers cost, with the day it was true.")


def register(app: typer.Typer) -> None:
    """Add this module's commands to the program."""
    app.add_typer(prompts, name="prompts")
    app.add_typer(prices, name="prices")
    app.add_typer(teachers, name="teachers")
    app.command("retry")(retry_command)
    app.command("take-thinking")(take_thinking_command)


@prompts.command("list")
def list_prompts_command(as_json: AsJson = False) -> None:
    """Show every version of every prompt, newest first."""
    with open_workspace() as session:
        listed = list_prompts(session)
        default = default_prompt(session)
    lines = [
        f"{prompt.id:>4}  {prompt.title}, by {prompt.actor}"
        + ", used by default" * (prompt.id == default.id)
        for prompt in listed
    ]
    shown = {"prompts": [asdict(prompt) for prompt in listed], "default": default.id}
    emit(shown, as_json, "\n".join(lines))


@prompts.command("choose")
def choose_command(
    prompt_id: Annotated[int, typer.Argument(help="The version's number.")],
    as_json: AsJson = False,
) -> None:
    """Make a version the default, here and on the Generate page."""
    with open_workspace() as session:
        chosen = choose_default_prompt(session, current_actor(), prompt_id)
    emit(asdict(chosen), as_json, f"{chosen.title} is used by default from now on.")


@prompts.command("save")
def save_command(
    name: Annotated[str, typer.Argument(help="What the prompt is called.")],
    reference: Annotated[Path, typer.Option(help="A file with part 1: the correct answer.")],
    thinking: Annotated[Path, typer.Option(help="A file with part 2: step by step.")],
    specificity: Annotated[Path, typer.Option(help="A file with part 3: this question alone.")],
    as_json: AsJson = False,
) -> None:
    """Store three parts as the next version of a prompt."""
    texts = [read_part(path) for path in (reference, thinking, specificity)]
    with open_workspace() as session:
        saved = save_prompt(session, current_actor(), name, PromptParts(*texts))
    emit(asdict(saved), as_json, f"{saved.title} is prompt {saved.id}.")


@teachers.command("list")
def list_teachers_command(as_json: AsJson = False) -> None:
    """Show which parameters each teacher turned out to refuse, and when: they are not sent."""
    with open_workspace() as session:
        listed = list_refusals(session)
    lines = [
        f"{known.teacher}: without {', '.join(known.parameters)} "
        f"({known.learned_at:%Y-%m-%d %H:%M} UTC)"
        for known in listed
    ]
    shown = {
        known.teacher: {
            "refused": list(known.parameters),
            "learned_at": known.learned_at.isoformat(timespec="seconds"),
        }
        for known in listed
    }
    emit(shown, as_json, "\n".join(lines) or "No teacher has refused a parameter.")


@teachers.command("forget")
def forget_command(
    teacher: Annotated[str, typer.Argument(help="As `teachers list` names it.")],
    as_json: AsJson = False,
) -> None:
    """Forget what was learned of a teacher: its next run sends everything again."""
    with open_workspace() as session:
        forget_refusals(session, current_actor(), teacher)
    emit({"teacher": teacher}, as_json, f"What {teacher} refuses is forgotten.")


@prices.command("list")
def list_prices_command(as_json: AsJson = False) -> None:
    """Show every price that holds; a model that is not there costs an unknown amount."""
    with open_workspace() as session:
        price_by_model = list_prices(session)
    lines = [
        f"{model}: ${price.input_usd:g} in, ${price.output_usd:g} out a million tokens "
        f"({price.as_of})"
        for model, price in price_by_model.items()
    ]
    emit(
        {model: asdict(price) for model, price in price_by_model.items()}, as_json, "\n".join(lines)
    )


@prices.command("set")
def set_command(
    model: Annotated[str, typer.Argument(help="As the teacher's server knows it.")],
    input_usd: Annotated[float, typer.Option(help="USD for a million tokens in.")],
    output_usd: Annotated[float, typer.Option(help="USD for a million tokens out.")],
    as_of: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day it was true.")],
    as_json: AsJson = False,
) -> None:
    """Enter a model's price; earlier ones are kept."""
    day = as_of.date()
    with open_workspace() as session:
        set_price(
            session, current_actor(), model, input_usd=input_usd, output_usd=output_usd, as_of=day
        )
    emit({"model": model, "as_of": day.isoformat()}, as_json, f"{model} has its price.")


def retry_command(
    run_id: Annotated[int, typer.Argument(parser=run_number, help="The run that asked.")],
    state: Annotated[
        list[CompletionState],
        typer.Option(help="failed, invalid, refused or maybe_paid; repeatable. May cost again."),
    ],
    max_tokens: Annotated[
        int | None, typer.Option(help="A longer answer for these calls alone.")
    ] = None,
    wait: Annotated[bool, typer.Option(help="Stay until the run ends.")] = True,
    as_json: AsJson = False,
) -> None:
    """Ask a teacher again for a run's completions that have no text, and for those alone."""
    with open_workspace() as workspace:
        again = retry_calls(
            workspace, workspace.settings, current_actor(), run_id, state, max_tokens=max_tokens
        )
        workspace.tend()
    say(f"Run {again} is queued.")
    finish_or_follow(again, wait=wait, as_json=as_json)


def take_thinking_command(
    run_id: Annotated[int, typer.Argument(help="The run that asked.")], as_json: AsJson = False
) -> None:
    """Take the texts that a server put into a field for thinking as rationales, at no call."""
    with open_workspace() as session:
        taken = take_thinking(session, current_actor(), run_id)
    emit(
        {"run": run_id, "taken": taken}, as_json, f"{taken} texts are rationales now: review them."
    )


@teachers.command("compare")
def compare_command(
    dataset: Annotated[str, typer.Option(help="Whose rationales are compared.")],
    as_json: AsJson = False,
) -> None:
    """Compare teachers by cost, flags, accept rate, help, and the students that each makes."""
    with open_workspace() as session:
        table = compare_teachers(session, dataset)
    lines = [_describe_teacher(line) for line in table.lines]
    if table.student:
        lines.append(f"Help was measured by {table.student}.")
    emit(asdict(table), as_json, "\n".join(lines) or f"'{dataset}' has no rationale yet.")


def _describe_teacher(line: TeacherLine) -> str:
    is_read = line.accepted is not None
    accepted = f"{say_share(line.accepted, 0)} of {line.decided:,}" if is_read else "unread"
    flagged = say_share(line.flagged, 0)
    cost = f"${line.usd:.4f}" if line.usd is not None else "cost unknown"
    is_measured = line.help is not None
    help_ = f"help {line.help:+.2f} of {line.measured:,}" if is_measured else "help not measured"
    students = "".join(f"\n  {student.say()}" for student in line.students)
    return (
        f"{line.source}: {line.texts:,} texts, {cost}, {flagged} flagged, accepted "
        f"{accepted}, {help_}, best for {line.best_for:,} questions{students}"
    )
