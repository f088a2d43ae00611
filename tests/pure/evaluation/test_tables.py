from dataclasses import replace
from pathlib import Path

import pytest

from scicot.adapters.paper_numbers import read_paper_numbers
from scicot.pure.evaluation.baselines import Baselines
from scicot.pure.evaluation.crossed import CellAccuracy, measure_cell
from scicot.pure.evaluation.paper_figures import OtherModel, Shown
from scicot.pure.evaluation.paper_tables import UNTRAINED, build_tables
from scicot.pure.evaluation.settings import caption_settings
from scicot.pure.evaluation.table_formats import (
    escape_latex,
    to_csv,
    to_csv_file,
    to_latex,
    to_markdown,
)
from scicot.pure.evaluation.table_words import describe_basis, say_caption
from scicot.pure.evaluation.tables import ResultTable, RunScore, measure
from scicot.pure.predictions.metrics import Score

GOLDEN = Path(__file__).parents[2] / "golden"


def score(run_id: int, correct: int, n: int = 1172, no_answer: int = 0) -> RunScore:
    reasons = {"label_against_text": no_answer - 1, "cut_off": 1} if no_answer else {}
    return RunScore(
        run_id,
        Score(n, correct, no_answer),
        option_accuracy=0.4,
        per_byte=0.42,
        letter=0.38,
        reasons=reasons,
        trained=0.9,
        trained_place=0.3,
    )


def three_seeds() -> CellAccuracy:
    found = measure_cell([{key: key < right for key in range(1172)} for right in (350, 362, 371)])
    assert found is not None
    return found


def tables() -> list[ResultTable]:
    seeds = measure([score(1, 350), score(2, 362, no_answer=4), score(3, 371)], three_seeds())
    alone = measure([score(4, 290)], left_out=2)
    peer = measure([score(5, 400)])
    assert seeds is not None
    assert alone is not None
    assert peer is not None
    unlike = replace(alone, differs="epochs 1 against 30", examples=37)
    shown = Shown(
        measured={
            ("sci_cot", "arc-challenge", 1.0): seeds,
            ("one_stage", "arc-challenge", 1.0): alone,
            ("finetune", "arc-challenge", 0.25): unlike,
        },
        others=[OtherModel("peer_model 50%", "imported", {"arc-challenge": peer})],
        baselines={"arc-easy": Baselines(2376, 0.25016, 0.26641, 3, 0.26557)},
        student="google/flan-t5-small",
        settings={"epochs": "30", "selection": "last"},
    )
    return build_tables(read_paper_numbers(), shown, ["arc-easy", "arc-challenge"])


def test_latex_is_the_golden_file() -> None:
    written = "\n".join(to_latex(table) for table in tables())
    assert written == (GOLDEN / "tables.tex").read_text(encoding="utf-8")


def test_the_published_figures_stand_in_their_cells() -> None:
    first, second, _, third, fourth = tables()
    by_label = {row.label: row for row in first.rows}
    published = [cell.published for cell in by_label["Sci-CoT"].cells]
    assert published == pytest.approx([0.4373, 0.3105])
    assert by_label["BLOOM (few-shot k=5)"].cells[0].published == pytest.approx(0.407)
    assert [row.label for row in second.rows] == [
        *("Chance", "Always the same place", "Longest option"),
        *UNTRAINED.values(),
        *("Fine-tune", "One-stage", "Sci-CoT"),
    ]
    assert [row.note for row in third.rows] == ["281", "562", "1,125", "2,251"]
    assert [row.note for row in fourth.rows] == ["139", "37, paper 279", "559", "1,119"]
    assert fourth.rows[0].cells[0].published == pytest.approx(0.1578)


def test_several_seeds_give_a_mean_and_an_interval_over_questions_and_seeds() -> None:
    found = measure([score(1, 350), score(2, 362, no_answer=4), score(3, 371)], three_seeds())
    assert found is not None
    assert found.accuracy == pytest.approx((350 + 362 + 371) / 3 / 1172)
    assert (found.over, found.questions, found.option_accuracy) == (
        "questions and seeds",
        1172,
        0.4,
    )
    assert found.interval == three_seeds().interval
    assert found.no_answer_share == pytest.approx(4 / 3 / 1172)


def test_one_run_has_an_interval_over_its_questions() -> None:
    found = measure([score(1, 350)])
    assert found is not None
    assert found.over == "questions"
    assert found.interval == score(1, 350).score.interval


def test_no_run_measures_nothing() -> None:
    assert measure([]) is None
    assert measure([RunScore(1, Score(0, 0, 0))]) is None


def test_what_was_not_run_is_empty_and_says_what_would_fill_it() -> None:
    (row,) = [row for row in tables()[1].rows if row.label == "Fine-tune"]
    cell = row.cells[0]
    assert cell.measured is None
    assert cell.launch == {"method": "finetune", "dataset": "arc-easy", "fraction": "1.0"}
    assert "| 38.04 \\[36.1, 40.0\\] | – |" in to_markdown(tables()[1])


def test_every_export_keeps_interval_seeds_questions_and_unread_answers() -> None:
    table = tables()[1]
    assert "30.80 \\[27.9, 33.8\\] (3 × 1172; 0.1)" in to_markdown(table)
    assert r"30.80 [27.9, 33.8] (3 $\times$ 1172; 0.1)" in to_latex(table)
    (line,) = [one for one in to_csv(table).splitlines() if "Sci-CoT,,ARC-C" in one]
    assert ",3,1 2 3,1172," in line
    assert "All runs alike, unless marked: epochs 30, selection last." in say_caption(table)


def test_a_figure_says_by_which_option_scores_why_unread_and_what_was_learned() -> None:
    (row,) = [row for row in tables()[1].rows if row.label == "Sci-CoT"]
    basis = describe_basis(row.cells[1])
    assert "by options 40.00 (per byte 42.00, letter 38.00)" in basis  # no single answers
    assert "no answer 0.1\u00a0% (3 label against text, 1 cut off)" in basis
    assert "on a sample of its training questions 90.0 (one place always 30.0)" in basis
    (line,) = [one for one in to_csv(tables()[1]).splitlines() if "Sci-CoT,,ARC-C" in one]
    assert ",42.00,38.00,90.00," in line
    assert '"3 label against text, 1 cut off"' in line
    notes = " ".join(tables()[1].notes)
    for word in ("sum", "per byte", "letter", "Cloze", "acc_norm", "Flan-T5"):
        assert word in notes


def test_files_have_the_option_scores_that_their_notes_define() -> None:
    table = tables()[1]
    for title, share in (("by options", "40.00"), ("per byte", "42.00"), ("letter", "38.00")):
        assert f"| Sci-CoT | {title} | – | {share} (3 × 1172) |" in to_markdown(table)
        assert rf"Sci-CoT & {title} & -- & {share} (3 $\times$ 1172) \\" in to_latex(table)
    assert "By option scores" not in to_markdown(tables()[2])  # nothing was run


def test_what_the_papers_figures_are_of_is_said_wherever_they_stand() -> None:
    ours = Shown(measured={}, student="starter")
    first, second, stage2, *sizes = build_tables(read_paper_numbers(), ours, ["arc-easy"])
    for table in (first, second, *sizes):
        assert "Flan-T5's instruction mix contains ARC's training questions" in str(table.notes)
        assert "SmolLM2-135M-Instruct, its 4-bit weights made fp32" in str(table.notes)
    assert "Flan-T5" not in str(stage2.notes)
    few_shot = "The paper's few-shot rows are base models whose options were ranked"
    assert first.notes[-1] == f"{few_shot}."
    assert few_shot not in str(second.notes)  # it has no such row
    asked = OtherModel("gpt (few-shot k=5)", "LLM, generated", {})
    (first, *_) = build_tables(read_paper_numbers(), replace(ours, others=[asked]), ["arc-easy"])
    assert first.notes[-1].startswith(f"{few_shot}; those measured here are chat models")


def test_ours_below_chance_bears_the_mark_that_the_papers_bear() -> None:
    low = measure([score(1, 200)])
    assert low is not None
    shown = Shown(
        measured={("sci_cot", "arc-challenge", 1.0): low},
        baselines={"arc-challenge": Baselines(1172, 0.2503, 0.266, 3, 0.26)},
    )
    built = build_tables(read_paper_numbers(), shown, ["arc-easy", "arc-challenge"])
    second, fourth = built[1], built[4]
    for table in (second, fourth):
        assert "17.06▽ \\[15.0, 19.3\\]" in to_markdown(table)
    assert "▽ below chance: 25 % (paper), for ours 25.0 % (ARC-C)." in say_caption(second)
    assert "▽ below chance: 25 % (paper), for ours 25.0 %." in say_caption(fourth)
    (line,) = [one for one in to_csv(second).splitlines() if "Sci-CoT,,ARC-C" in one]
    assert ",yes,30.00," in line


def test_a_caption_says_the_limit_of_rationales_that_the_runs_found() -> None:
    found = {"arc-easy": (286,), "arc-challenge": (290, 295)}
    shown = Shown(measured={}, rationale_tokens=found)
    first, *_, third, fourth = build_tables(
        read_paper_numbers(), shown, ["arc-easy", "arc-challenge"]
    )
    name = "max rationale tokens"
    assert first.settings[name] == "286 (ARC-E) and 290 or 295 (ARC-C)"
    assert (third.settings[name], fourth.settings[name]) == ("286", "290 or 295")
    told = replace(shown, settings={name: "64"})
    assert build_tables(read_paper_numbers(), told, ["arc-easy"])[0].settings[name] == "64"


def test_the_best_constant_place_stands_in_every_export_of_a_figure() -> None:
    seeds = measure([score(1, 350)])
    assert seeds is not None
    measured = {("sci_cot", "arc-challenge", 0.25): replace(seeds, same_place=0.266)}
    built = build_tables(read_paper_numbers(), Shown(measured=measured), ["arc-challenge"])
    table = next(table for table in built if table.is_of_shares)
    assert "(1 × 1172; 0.0; 26.6)" in to_markdown(table)
    assert r"(1 $\times$ 1172; 0.0; 26.6)" in to_latex(table)


def test_a_figure_of_other_settings_is_marked_and_the_caption_says_what_differs() -> None:
    table = tables()[4]
    assert "24.74†" in to_markdown(table)
    assert r"24.74\dag{} [22.4" in to_latex(table)
    assert "† epochs 1 against 30 in the other cells." in say_caption(table)
    assert all("†" not in line for line in say_caption(tables()[1]))


def test_the_papers_figures_have_intervals_and_a_mark_below_chance() -> None:
    first, _, _, third, fourth = tables()
    shown = to_markdown(third)
    assert "22.34▽ \\[20.7, 24.1\\]" in shown
    assert "▽ below chance: 25 % (paper)." in say_caption(third)
    assert "▽" not in to_markdown(first)
    assert fourth.rows[0].cells[0].is_below_chance


def test_rows_without_a_student_say_what_has_to_be_beaten() -> None:
    shown = to_markdown(tables()[0])
    assert "| Chance | no student | – | 25.02 (n = 2376) |" in shown
    assert "| Longest option | no student | – | 26.56 (n = 2376) |" in shown


def test_a_spreadsheet_gets_one_byte_order_mark_and_no_escapes() -> None:
    assert "peer_model 50%" in to_csv(tables()[0])
    written = to_csv_file(tables())
    assert written.startswith("\ufeff")
    assert written.count("\ufeff") == 1


def test_latex_writes_special_characters_out() -> None:
    assert escape_latex(r"50% of a_b & \c {d}") == r"50\% of a\_b \& \textbackslash{}c \{d\}"


def test_a_caption_says_what_chose_the_weights() -> None:
    chosen = caption_settings({"epochs": 3.0, "selection": "validation", "limit_train": None})
    assert list(chosen) == ["epochs", "selection"]
    assert "most options chosen rightly" in chosen["selection"]
    assert caption_settings({"selection": "last"})["selection"].startswith("last (no weights")


def test_a_caption_names_the_precision_only_once_a_machine_has_chosen_it() -> None:
    assert caption_settings({"precision": "bf16"}) == {"precision": "bf16"}
    assert caption_settings({"precision": "auto"}) == {}


def test_a_caption_names_the_steps_and_not_the_epochs_they_replace() -> None:
    assert caption_settings({"steps": 38, "epochs": 2.0}) == {"steps": "38 a stage"}
    assert list(caption_settings({"steps": None, "epochs": 2.0})) == ["epochs"]
