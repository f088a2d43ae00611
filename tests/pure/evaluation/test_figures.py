"""Figures say by themselves what they are of, and mark what is of other settings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scicot.pure.evaluation.figures import draw_methods, draw_sizes
from scicot.pure.evaluation.tables import Measured, ResultTable, Row, TableCell
from scicot.pure.statistics import Interval

ALIKE = Measured(0.61, Interval(0.55, 0.67), "questions and seeds", (1, 2, 3), 300, None, 0.02)
UNLIKE = replace(ALIKE, accuracy=0.4, interval=None, run_ids=(4,), differs="epochs 30")


def table(*measured: Measured | None) -> ResultTable:
    rows = tuple(
        Row(label, (TableCell(0.4, measured=of, launch={"method": "finetune"}),))
        for label, of in zip(("Fine-tune", "Sci-CoT"), measured, strict=True)
    )
    return ResultTable("table_2", "Table II. Methods", "Method", ("ARC-E",), rows)


def subtitle(figure: Any) -> str:
    return " ".join(figure["title"]["subtitle"])


def test_a_figure_says_questions_seeds_unread_answers_and_what_its_rules_are() -> None:
    for figure in (draw_methods(table(ALIKE, UNLIKE)), draw_sizes(table(ALIKE, UNLIKE))):
        said = subtitle(figure)
        assert "300 questions, 1 to 3 seeds a figure, no answer in 2.0" in said
        assert "95 % intervals over questions, and over seeds where there are several" in said


def test_one_seed_is_no_seeds() -> None:
    one = replace(ALIKE, run_ids=(1,))
    assert "300 questions, 1 seed a figure" in subtitle(draw_methods(table(one, None)))


def test_a_point_of_other_settings_bears_the_tables_mark() -> None:
    for drawn in (draw_methods(table(ALIKE, UNLIKE)), draw_sizes(table(ALIKE, UNLIKE))):
        figure: Any = drawn
        (mark,) = table(ALIKE, UNLIKE).marks.values()
        ours = [value for value in figure["data"]["values"] if value["from"] == "ours"]
        assert [value.get("mark") for value in ours] == [None, mark]
        assert f"{mark} epochs 30" in subtitle(figure)
        layers = figure.get("spec", figure)["layer"]
        assert any(layer["encoding"].get("text") == {"field": "mark"} for layer in layers)


def test_a_figure_says_what_one_place_always_would_give() -> None:
    of_place = table(replace(ALIKE, same_place=0.297), replace(UNLIKE, same_place=0.293))
    said = subtitle(draw_methods(of_place)).replace("\u00a0", " ")
    assert "Answering one place always, the best, would give 29.3 % to 29.7 % (ARC-E)." in said
    of_shares = replace(of_place, key="sizes_arc-easy", columns=("Fine-tune",))
    said = subtitle(draw_sizes(of_shares)).replace("\u00a0", " ")
    assert "the best, would give 29.3 % to 29.7 %." in said
    assert "one place" not in subtitle(draw_methods(table(ALIKE, None)))


def test_the_papers_figures_alone_need_no_word_on_ours() -> None:
    assert subtitle(draw_methods(table(None, None))) == ""
