"""`bench ...`: what this machine does, measured."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from scicot.cli.output import AsJson, emit
from scicot.words.settings import get_settings

group = typer.Typer(no_args_is_help=True, help="Measure this machine; each prints its ratios.")


def register(app: typer.Typer) -> None:
    """Add this module's commands to the program."""
    app.add_typer(group, name="bench")


@group.command("teacher")
def teacher_command(
    calls: Annotated[int, typer.Option(min=1, help="All calls.")] = 1280,
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


@group.command("understand")
def understand_command(
    runs: Annotated[int, typer.Option(min=6, help="Made-up runs.")] = 30,
    questions: Annotated[int, typer.Option(min=100, help="Test questions each.")] = 3548,
    as_json: AsJson = False,
) -> None:
    """Open the evaluation pages in Chromium: time to open, to filter and to the next question."""
    from scicot.bench.understand import bench_understand

    result = asdict(bench_understand(runs, questions, get_settings()))
    emit(result, as_json, "\n".join(f"{key}: {value}" for key, value in result.items()))


@group.command("import")
def import_command(
    questions: Annotated[int, typer.Option(min=10, help="Of the first import.")] = 100_000,
    more: Annotated[int, typer.Option(min=1, help="Imported beside them.")] = 1000,
    as_json: AsJson = False,
) -> None:
    """Import made-up questions twice: processor seconds, and how much memory they took."""
    from scicot.bench.imports import bench_import

    result = bench_import(questions, more)
    emit(result, as_json, "\n".join(f"{key}: {value}" for key, value in result.items()))


StudentOption = Annotated[
    str, typer.Option(help="A folder, hub id, or the paper's shape with random weights.")
]


@group.command("train")
def train_command(
    student: StudentOption = "flan-t5-small-shape",
    examples: Annotated[int, typer.Option(min=16, help="Training examples.")] = 96,
    rounds: Annotated[int, typer.Option(min=1, help="Variants take turns.")] = 2,
    tokens_per_batch: Annotated[
        int, typer.Option(min=16, help="The budget of a batch, both texts counted.")
    ] = 2048,
    as_json: AsJson = False,
) -> None:
    """Train stage 1, ours against Seq2SeqTrainer at batch 8: dynamic padding, and to 512/256."""
    from scicot.bench.students import begin_again_keeping_memory
    from scicot.bench.train import bench_train

    begin_again_keeping_memory()
    result = bench_train(
        get_settings(),
        student=student,
        examples=examples,
        rounds=rounds,
        tokens_per_batch=tokens_per_batch,
    )
    emit(result, as_json, "\n".join(f"{key}: {value}" for key, value in result.items()))


@group.command("generate")
def generate_command(
    student: StudentOption = "flan-t5-small-shape",
    questions: Annotated[int, typer.Option(min=8, help="Questions at once.")] = 128,
    new_tokens: Annotated[int, typer.Option(min=8, help="The length of each text.")] = 128,
    training: Annotated[int, typer.Option(min=0, help="Examples to train on first.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Write rationales, fp32 and int8, against transformers' generate at batch 8."""
    from scicot.bench.generate import bench_generate
    from scicot.bench.students import begin_again_keeping_memory

    begin_again_keeping_memory()
    result = bench_generate(
        get_settings(),
        student=student,
        questions=questions,
        new_tokens=new_tokens,
        training=training,
    )
    emit(result, as_json, "\n".join(f"{key}: {value}" for key, value in result.items()))


@group.command("score")
def score_command(
    student: StudentOption = "flan-t5-small-shape",
    questions: Annotated[int, typer.Option(min=8, help="Questions at once.")] = 128,
    as_json: AsJson = False,
) -> None:
    """Score options with each input read once, against once an option."""
    from scicot.bench.score import bench_score
    from scicot.bench.students import begin_again_keeping_memory

    begin_again_keeping_memory()
    result = bench_score(get_settings(), student=student, questions=questions)
    emit(result, as_json, "\n".join(f"{key}: {value}" for key, value in result.items()))


@group.command("table2")
def table2_command(
    student: StudentOption = "flan-t5-small-shape",
    train: Annotated[int, typer.Option(min=8, help="Questions a set.")] = 96,
    test: Annotated[int, typer.Option(min=8, help="Test questions a set.")] = 48,
    epochs: Annotated[float, typer.Option(min=0.1, help="Passes over them.")] = 1.0,
    as_json: AsJson = False,
) -> None:
    """Run Table II end to end, against the same with Seq2SeqTrainer and generate; then again."""
    from scicot.bench.students import begin_again_keeping_memory
    from scicot.bench.table2 import bench_table2

    begin_again_keeping_memory()
    result = bench_table2(get_settings(), student=student, train=train, test=test, epochs=epochs)
    emit(result, as_json, "\n".join(f"{key}: {value}" for key, value in result.items()))


@group.command("plain")
def plain_command(
    run: Annotated[int, typer.Argument(help="A finished fine-tune run of a causal student.")],
    as_json: AsJson = False,
) -> None:
    """Train the plainest loop over transformers on a run's questions, and compare the two."""
    from scicot.bench.plain_loop import bench_plain
    from scicot.services.workspace import open_workspace

    with open_workspace() as session:
        result = bench_plain(session, get_settings(), run)
    emit(result, as_json, "\n".join(f"{key}: {value}" for key, value in result.items()))


@group.command("coverage")
def coverage_command(
    repeats: Annotated[int, typer.Option(min=100, help="Simulated experiments each.")] = 2000,
    questions: Annotated[
        list[int] | None, typer.Option(min=10, help="Repeatable. [100, 300, 1172]")
    ] = None,
    right: Annotated[
        float, typer.Option(min=0.05, max=0.95, help="The share of right answers.")
    ] = 0.42,
    as_json: AsJson = False,
) -> None:
    """Simulate how often the 95 % intervals over questions and seeds hold the truth."""
    from scicot.bench.coverage import QUESTIONS, bench_coverage, to_markdown

    coverage = bench_coverage(repeats, questions or QUESTIONS, right)
    result = {
        "repeats": repeats,
        "lowest": min(min(row.cell, row.difference, row.untrained) for row in coverage),
        "highest": max(max(row.cell, row.difference, row.untrained) for row in coverage),
        "rows": [asdict(row) for row in coverage],
    }
    emit(result, as_json, to_markdown(coverage))


@group.command("worth")
def worth_command(
    student: StudentOption = "flan-t5-small-shape",
    rationales: Annotated[int, typer.Option(min=8, help="Rationales measured.")] = 128,
    as_json: AsJson = False,
) -> None:
    """Measure help and leak, inputs read once, against transformers with once an option."""
    from scicot.bench.students import begin_again_keeping_memory
    from scicot.bench.worth import bench_worth

    begin_again_keeping_memory()
    result = bench_worth(get_settings(), student=student, rationales=rationales)
    emit(result, as_json, "\n".join(f"{key}: {value}" for key, value in result.items()))
