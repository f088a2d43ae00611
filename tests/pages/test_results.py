from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from scicot.pure.methods.registry import make_config
from scicot.words.records import RunStatus, Split
from tests.builders import store_questions
from tests.pages.driver import open_page
from tests.pages.tables import read_tables
from tests.predictions import store_run


def cell(app: AppTest, table: str, row: str, column: int) -> dict[str, Any]:
    lines = read_tables(app)[table]["lines"]
    (line,) = [one for one in lines if one["cells"][0]["text"] == row]
    return dict(line["cells"][column])


def test_an_empty_database_shows_the_published_figures_and_asks_for_the_questions_first() -> None:
    app = open_page("evaluate/results")
    assert not app.exception
    assert cell(app, "table_table_2", "Sci-CoT", 1)["text"] == "43.73 [41.7, 45.7]"
    empty = cell(app, "table_sizes_arc-easy", "12.5 %", 5)
    assert (empty["text"], empty["is_call"]) == ("Import first", True)
    published_only = cell(app, "table_table_1", "OPT (50% sparsity)", 3)
    assert (published_only["text"], published_only["press"]) == ("–", "")


def test_a_finished_run_stands_beside_the_published_figure_with_what_it_rests_on(
    session: Session, tmp_path: Path
) -> None:
    store_sci_cot(session, tmp_path)
    app = open_page("evaluate/results")
    assert not app.exception
    ours = cell(app, "table_table_2", "Sci-CoT", 2)
    assert ours["text"].startswith("40.00 [")
    assert "n = 10" in ours["note"]
    assert "by options 40.00" in ours["note"]
    assert not ours["is_call"]


def test_an_empty_cell_is_launched_like_the_nearest_run(session: Session, tmp_path: Path) -> None:
    run = store_sci_cot(session, tmp_path)
    app = open_page("evaluate/results")
    empty = cell(app, "table_sizes_arc-easy", "12.5 %", 5)
    assert (empty["text"], empty["is_call"]) == ("Launch", True)
    assert f"train sci_cot on 12.5\u00a0% of arc-easy, set like run {run}" in empty["help"]


def test_a_cell_whose_run_is_queued_says_so(session: Session, tmp_path: Path) -> None:
    store_sci_cot(session, tmp_path, status=RunStatus.QUEUED, right=())
    app = open_page("evaluate/results")
    assert "is under way" in cell(app, "table_table_2", "Sci-CoT", 2)["text"]


def test_results_that_are_kept_are_made_anew_when_a_run_finishes(
    session: Session, tmp_path: Path
) -> None:
    store_sci_cot(session, tmp_path)
    app = open_page("evaluate/results")
    store_sci_cot(session, tmp_path, right=range(9), seed=1)
    app.run()
    assert cell(app, "table_table_2", "Sci-CoT", 2)["text"].startswith("65.00 [")


def test_runs_of_other_settings_are_a_choice_away_and_kept_in_the_link(
    session: Session, tmp_path: Path
) -> None:
    store_sci_cot(session, tmp_path)
    for seed in (0, 1):
        store_sci_cot(session, tmp_path, right=range(9), seed=seed, answer_form="text")
    app = open_page("evaluate/results")
    assert cell(app, "table_table_2", "Sci-CoT", 2)["text"].startswith("90.00 [")
    box = app.selectbox(key="results_settings")
    assert box.options == ["answer form text (2 runs)", "answer form letter_and_text (1 run)"]
    box.select_index(1).run()
    assert not app.exception
    assert cell(app, "table_table_2", "Sci-CoT", 2)["text"].startswith("40.00 [")
    assert "settings" in app.query_params
    app.selectbox(key="results_settings").select_index(0).run()
    assert cell(app, "table_table_2", "Sci-CoT", 2)["text"].startswith("90.00 [")


def test_a_link_that_names_no_settings_says_what_is_shown_instead(
    session: Session, tmp_path: Path
) -> None:
    store_sci_cot(session, tmp_path)
    for seed in (0, 1):
        store_sci_cot(session, tmp_path, right=range(9), seed=seed, answer_form="text")
    app = open_page("evaluate/results", settings="0badc0de", student="nobody", split="dev")
    assert not app.exception
    said = [warning.value for warning in app.warning]
    assert said == [
        "The link's student “nobody” is not among these; google/flan-t5-small is shown instead.",
        "The link's split “dev” is not among these; the validation split is shown instead.",
        "The link's settings “0badc0de” is not among these; answer form text (2 runs) is shown "
        "instead.",
    ]
    assert "settings" not in app.query_params
    app.run()
    assert not app.warning


def store_sci_cot(
    session: Session,
    folder: Path,
    *,
    status: RunStatus = RunStatus.DONE,
    right: Any = range(4),
    seed: int = 0,
    **settings: Any,
) -> int:
    stored = store_questions(session, folder / "files", dataset="arc-easy", test=10)
    made = make_config(method="sci_cot", dataset="arc-easy", snapshot="s", seed=seed, **settings)
    return store_run(
        session,
        list(stored[Split.TEST]),
        right=right,
        method="sci_cot",
        config=made.model_dump(mode="json"),
        status=status,
    )


def test_ones_own_runs_come_first_the_best_above_and_tables_say_both_sizes(
    session: Session, tmp_path: Path
) -> None:
    stored = list(
        store_questions(session, tmp_path / "files", dataset="arc-easy", test=10)[Split.TEST]
    )
    for method, right in (("finetune", 3), ("sci_cot", 6)):
        made = make_config(method=method, dataset="arc-easy", snapshot="s", student="starter")
        store_run(
            session,
            stored,
            right=range(right),
            method=method,
            config=made.model_dump(mode="json"),
        )
    app = open_page("evaluate/results")
    assert not app.exception
    mine = read_tables(app)["my_runs_arc-easy"]["lines"]
    assert [line["cells"][1]["text"] for line in mine] == ["Sci-CoT", "Fine-tune"]
    assert mine[0]["cells"][4]["text"].startswith("60.0 [")
    assert cell(app, "table_table_1", "Sci-CoT", 1)["text"] == "paper 80M, ours 135M"
