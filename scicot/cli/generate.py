"""`generate`: a teacher writes the rationales that are missing."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from scicot.cli.output import AsJson, current_actor, emit, emit_estimate, say
from scicot.cli.runs import line
from scicot.services.runs.runs import get_run
from scicot.services.teacher.carry_out import totals_json
from scicot.services.teacher.estimates import estimate_teacher_run
from scicot.services.workspace import open_workspace
from scicot.words.asking_configs import GenerationConfig, LessonConfig
from scicot.words.configs import PAPER_TEACHER
from scicot.words.errors import InvalidConfig
from scicot.words.records import ENDED_BADLY, Split


def register(app: typer.Typer) -> None:
    """Add this module's commands to the program."""
    app.command("generate")(generate_command)


def generate_command(
    dataset: Annotated[str, typer.Option(help="Whose questions are explained.")],
    split: Annotated[Split, typer.Option(help="Which of them.")] = Split.TRAIN,
    teacher: Annotated[
        str, typer.Option(help="starter, openai:MODEL or URL#MODEL.")
    ] = PAPER_TEACHER,
    limit: Annotated[int | None, typer.Option(help="The first so many questions.")] = None,
    samples: Annotated[int, typer.Option(help="Rationales a question.")] = 1,
    own_answer: Annotated[
        bool,
        typer.Option("--own-answer", help="Also ask for the answer without the key, to compare."),
    ] = False,
    temperature: Annotated[float, typer.Option(help="0: always the likeliest word.")] = 0.0,
    max_tokens: Annotated[int, typer.Option(help="The longest answer.")] = 256,
    budget: Annotated[float | None, typer.Option(help="USD that are never passed.")] = None,
    concurrency: Annotated[int, typer.Option(help="Calls at once.")] = 8,
    requests_per_minute: Annotated[
        int | None, typer.Option(help="What the teacher's server allows.")
    ] = None,
    tokens_per_minute: Annotated[
        int | None, typer.Option(help="Likewise, asked and answered together.")
    ] = None,
    maybe_paid: Annotated[
        Literal["ask", "rebuy"],
        typer.Option(help="What becomes of calls cut off after sending."),
    ] = "ask",
    prompt: Annotated[int | None, typer.Option(help="A prompt version's number.")] = None,
    only_wrong_of: Annotated[
        int | None,
        typer.Option(help="A run: only what its teacher, without the key, got wrong (STaR)."),
    ] = None,
    asks_for: Annotated[
        Literal["rationales", "other_options", "option_shares"],
        typer.Option(
            "--for", help="Rationales; or, of training questions, what that method learns beside."
        ),
    ] = "rationales",
    wait: Annotated[bool, typer.Option(help="Stay until the run ends.")] = True,
    batch: Annotated[
        bool, typer.Option("--batch", help="By the batch endpoint: half the price, within a day.")
    ] = False,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Say calls and cost, and send nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Have a teacher explain the questions; what is there already is not asked for again."""
    config: GenerationConfig | LessonConfig
    if asks_for != "rationales":
        _refuse_of_rationales(asks_for, split, samples, own_answer, only_wrong_of, batch)
        config = LessonConfig.checked(
            dataset=dataset,
            kind=asks_for,
            teacher=teacher,
            limit=limit,
            max_tokens=max_tokens,
            budget_usd=budget,
            concurrency=concurrency,
            maybe_paid=maybe_paid,
            prompt_id=prompt,
        )
    else:
        config = GenerationConfig.checked(
            dataset=dataset,
            split=split,
            teacher=teacher,
            limit=limit,
            samples=samples,
            own_answer=own_answer,
            temperature=temperature,
            max_tokens=max_tokens,
            budget_usd=budget,
            concurrency=concurrency,
            requests_per_minute=requests_per_minute,
            tokens_per_minute=tokens_per_minute,
            maybe_paid=maybe_paid,
            prompt_id=prompt,
            only_wrong_of=only_wrong_of,
            batch=batch,
        )
    if estimate:
        _emit_estimate(config, as_json)
        return
    with open_workspace() as workspace:
        run_id = workspace.start(current_actor(), config)
    say(f"Run {run_id} is queued.")
    if wait:
        with open_workspace() as workspace:
            workspace.wait(run_id, on_change=lambda changed: say(line(changed)))
    _emit_totals(run_id, as_json)


def _refuse_of_rationales(asks_for: str, split: Split, samples: int, *others: object) -> None:
    """Raise InvalidConfig for options that only rationales have."""
    if split is not Split.TRAIN or samples != 1 or any(others):
        raise InvalidConfig(
            f"--for {asks_for} asks once of each training question: --split, --samples, "
            "--own-answer, --only-wrong-of and --batch are for rationales. Leave them out."
        )


def _emit_estimate(config: GenerationConfig | LessonConfig, as_json: bool) -> None:
    with open_workspace() as session:
        estimate = estimate_teacher_run(session, config)
    emit_estimate(estimate, as_json)


def _emit_totals(run_id: int, as_json: bool) -> None:
    with open_workspace() as session:
        run = get_run(session, run_id)
        totals = totals_json(session, run_id)
    emit({"run": run_id, **totals, "status": run.status, "error": run.error}, as_json, line(run))
    if run.status in ENDED_BADLY:
        raise typer.Exit(1)
