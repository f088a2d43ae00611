"""The Results page: the paper's tables and figures, live from the finished runs."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.evaluate.results.between import show_between
from pages.evaluate.results.mine import show_my_runs
from pages.evaluate.results.selection import (
    choose_experiment,
    choose_settings,
    choose_split,
    choose_student,
    load_chosen,
    say_unknown_choices,
)
from pages.evaluate.results.tables import show_table
from pages.shared import links
from pages.shared.frame import errors_shown
from pages.shared.next_step import show_next_step
from scicot.pure.evaluation.figures import Figure
from scicot.pure.evaluation.report import Report
from scicot.pure.markdown import escape_markdown
from scicot.services.evaluation.figures import draw_figures, figure_png, figure_svg
from scicot.services.evaluation.report import build_report, report_as_html, report_as_markdown
from scicot.services.evaluation.results import Results
from scicot.services.questions.lookup import list_datasets
from scicot.services.workspace import open_workspace


def show_figure(name: str, figure: Figure) -> None:
    """Show one figure and its exports."""
    st.vega_lite_chart(spec=dict(figure), key=name, alt=figure["title"]["text"])
    with st.popover("Export"):
        st.download_button(
            "PNG",
            lambda: figure_png(figure),
            file_name=f"{name}.png",
            mime="image/png",
            key=f"{name}_png",
            on_click="ignore",
        )
        st.download_button(
            "SVG",
            lambda: figure_svg(figure),
            file_name=f"{name}.svg",
            mime="image/svg+xml",
            key=f"{name}_svg",
            on_click="ignore",
        )


def show_report(experiment: int | None) -> None:
    """Show the buttons that write the report of what the page shows."""

    def write(writer: Callable[[Report], str]) -> Callable[[], str]:
        def make() -> str:
            with open_workspace() as session:
                return writer(build_report(session, experiment_id=experiment))

        return make

    with st.popover("Report", icon=":material/description:"):
        st.caption("Tables, figures, comparisons, slices, examples and every run's settings.")
        for title, writer, ending in (
            ("One HTML file", report_as_html, "html"),
            ("Markdown", report_as_markdown, "md"),
        ):
            st.download_button(
                title,
                write(writer),
                file_name=f"scicot-report.{ending}",
                key=f"report_{ending}",
                on_click="ignore",
                width="stretch",
            )


def show_paper(results: Results) -> None:
    """Show the paper's tables and figures with ours beside them."""
    st.caption(f"The published figures: {escape_markdown(results.paper.source)}.")
    for dataset, reads in results.test_reads.items():
        st.caption(escape_markdown(reads.say(dataset)))
    with open_workspace() as opened:
        imported = list_datasets(opened)
    for table in results.tables:
        show_table(table, imported)
        if table.key == "stage_2":
            show_between(results.runs)
    st.markdown("##### Figures 4 and 5")
    (first_name, first), *panels = draw_figures(list(results.tables))
    show_figure(first_name, first)
    columns = st.columns(2)
    for place, (figure_name, drawn) in enumerate(panels):
        with columns[place % 2]:
            show_figure(figure_name, drawn)


def show_next(runs: int) -> None:
    """Show the way on: to two runs side by side, or to one that is to compare them with."""
    if runs > 1:
        show_next_step("Which of two is better, and where?", links.COMPARE, "Compare two runs")
    elif runs == 1:
        show_next_step("A comparison needs a second run.", links.LAUNCH, "Launch another method")
    else:
        show_next_step("No run is finished yet.", links.LAUNCH, "Launch one")


st.title("Results")
left, middle, right = st.columns(3)
with left:
    experiment_id = choose_experiment()
with errors_shown():
    results = load_chosen(experiment_id)
    with middle:
        choose_student(results.students, results.student)
    with right:
        choose_split(results.splits, results.split)
    say_unknown_choices(results)
    choose_settings(results.sets, results.shown_set)
    show_my_runs(results)
    if results.runs:
        show_report(experiment_id)
    show_next(len(results.runs))
    st.divider()
    show_paper(results)
