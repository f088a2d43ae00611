"""One's own runs at the head of the Results page: what each came to, and the way to its answers."""

from __future__ import annotations

import streamlit as st

from pages.shared import links
from pages.shared.method_names import name_method, name_student
from pages.shared.palette import color_of_method
from pages.shared.plain_table import Cell, Head, Line, show_plain_table
from scicot.pure.evaluation.apart import UNLIKE, tell_apart
from scicot.pure.evaluation.table_words import percent, say_reasons
from scicot.pure.evaluation.tables import RunScore
from scicot.pure.markdown import escape_markdown
from scicot.pure.shares import NONE, say_share
from scicot.services.evaluation.results import Results
from scicot.words.records import RunKind
from scicot.words.runs import RunView

HEIGHT = 330  # pixels; more runs are scrolled to
SHOWN = ("dataset", "method", "student", "fraction")  # what the table has a place for
APART = Head("Differs in", help=f"The settings that not all runs have alike. {UNLIKE}")
HEADS = (
    Head("Run", help="A press reads its answers."),
    Head("Method"),
    Head("Student"),
    Head("Questions", is_number=True, help="How many it answered."),
    Head(
        "Correct, %",
        is_number=True,
        help="Of the answers written (of a student that was not shown the options, of the option "
        "it finds likeliest); 95 % interval (Wilson).",
    ),
    Head(
        "One place, %",
        is_number=True,
        help="What always answering the best place would give on the same questions.",
    ),
    Head("By options, %", is_number=True, help="Of the options that it finds most likely."),
    Head("No answer, %", is_number=True),
)


def show_my_runs(results: Results) -> None:
    """Show every finished run of the split, by dataset, the best first."""
    if not results.runs:
        st.info("No run has answered questions yet.", icon=":material/science:")
        st.page_link(links.LAUNCH, label="Launch a run first")
        return
    by_dataset: dict[str, list[RunView]] = {}
    for run in results.runs:
        by_dataset.setdefault(str(run.dataset), []).append(run)
    differs = tell_apart(results.runs, SHOWN)
    is_unlike = any(differs.values())
    heads = [HEADS[0], *([APART] if is_unlike else []), *HEADS[1:]]
    for dataset, runs in sorted(by_dataset.items()):
        runs.sort(key=lambda run: -(results.scores[run.id].score.accuracy or 0))
        st.markdown(f"##### My runs on {escape_markdown(dataset)}")
        pressed = show_plain_table(
            heads,
            [
                Line(_cells(run, results.scores[run.id], differs[run.id] if is_unlike else None))
                for run in runs
            ],
            key=f"my_runs_{dataset}",
            label=f"My runs on {dataset}",
            is_sortable=True,
            height=HEIGHT,
        )
        if pressed:
            st.switch_page(links.INSPECT, query_params={"runs": pressed})


def _cells(run: RunView, scored: RunScore, differs: str | None) -> list[Cell]:
    """Return a run's cells; `differs` is None where no run differs in anything."""
    score, interval = scored.score, scored.score.interval
    bounds = f" {interval.in_brackets('.1f')}" if interval else ""
    accuracy, options = score.accuracy, scored.option_accuracy
    share = run.training.fraction if run.kind is RunKind.TRAIN else 1.0
    return [
        Cell(f"{run.id} · {run.name}", press=str(run.id), help="Read its answers"),
        *([Cell(differs or NONE)] if differs is not None else []),
        Cell(
            name_method(run.method) or "brought in",
            note=f"on {say_share(share)} of the questions" if share < 1 else "",
            color=color_of_method(run.method),
        ),
        Cell(name_student(run) or "–"),
        Cell(f"{score.n:,}", value=score.n),
        Cell(
            f"{percent(accuracy, 1)}{bounds}" or NONE,
            note=scored.standing.warning,
            value=accuracy,
        ),
        Cell(percent(scored.standing.same_place, 1) or NONE, value=scored.standing.same_place),
        Cell(percent(options, 1) or NONE, value=options),
        Cell(
            percent(score.no_answer / score.n, 1),
            note=say_reasons(scored.reasons),
            value=score.no_answer / score.n,
        ),
    ]
