from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.models import PredictionRow, RunRow
from db.session import write
from scicot.pure.evaluation.paper_captions import CHAT_NOTE
from scicot.pure.evaluation.paper_tables import UNTRAINED
from scicot.pure.evaluation.settings import table_settings
from scicot.pure.evaluation.tables import ResultTable, TableCell
from scicot.pure.hashing import content_hash
from scicot.pure.methods.registry import make_config
from scicot.services.evaluation.results import load_results
from scicot.services.predictions.store import store_predictions
from scicot.services.questions.lookup import find_dataset_id, list_questions
from scicot.services.runs.runs import create_run
from scicot.words.asking_configs import FewShotConfig
from scicot.words.configs import ExperimentConfig
from scicot.words.errors import NotFound
from scicot.words.records import Actor, RunKind, RunStatus, Split, StoredQuestion
from tests.builders import store_questions
from tests.predictions import make_prediction, store_experiment, store_run


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> list[StoredQuestion]:
    made = store_questions(session, tmp_path / "files", dataset="arc-easy", test=10)
    return list(made[Split.TEST])


def config(method: str = "sci_cot", **values: Any) -> Mapping[str, Any]:
    common = {"method": method, "dataset": "arc-easy", "snapshot": "s", "evaluate_on": "test"}
    return make_config(**common | values).model_dump(mode="json")


def cell(table: ResultTable, row: str, column: int = 0) -> TableCell:
    (found,) = [one for one in table.rows if one.label == row]
    return found.cells[column]


def test_seeds_of_one_setting_fill_one_cell(
    session: Session, questions: list[StoredQuestion]
) -> None:
    for seed, right in enumerate(([0, 1], [0, 1, 2], [0, 1, 2, 3])):
        store_run(session, questions, right=right, method="sci_cot", config=config(seed=seed))
    found = cell(load_results(session).tables[1], "Sci-CoT").measured
    assert found is not None
    assert found.accuracy == pytest.approx(0.3)
    assert (found.over, len(found.run_ids)) == ("questions and seeds", 3)


def test_runs_of_other_settings_are_left_out_and_counted(
    session: Session, questions: list[StoredQuestion]
) -> None:
    for seed in (0, 1):
        store_run(session, questions, right=[0], method="sci_cot", config=config(seed=seed))
    store_run(
        session,
        questions,
        right=range(10),
        method="sci_cot",
        config=config(stage2_rationales="teacher"),
    )
    found = cell(load_results(session).tables[1], "Sci-CoT").measured
    assert found is not None
    assert found.accuracy == pytest.approx(0.1)
    assert found.left_out == 1


def test_of_two_runs_with_one_seed_the_newer_counts(
    session: Session, questions: list[StoredQuestion]
) -> None:
    store_run(session, questions, right=[], method="sci_cot", config=config())
    newer = store_run(session, questions, right=[0, 1], method="sci_cot", config=config())
    found = cell(load_results(session).tables[1], "Sci-CoT").measured
    assert found is not None
    assert found.run_ids == (newer,)


def test_a_run_on_so_many_questions_at_most_is_no_share_of_the_set_and_the_caption_says_so(
    session: Session, questions: list[StoredQuestion]
) -> None:
    limited = config(student="tiny", limit_train=300)
    store_run(session, questions, right=[0], method="sci_cot", config=limited)
    _, methods, _, sizes, _ = load_results(session).tables
    assert cell(methods, "Sci-CoT").measured is not None
    assert methods.student == "tiny, on at most 300 training questions"
    assert sizes.student == "tiny"
    empty = cell(sizes, "100 %", 1)
    assert empty.measured is None
    assert empty.launch is not None
    assert "like" not in empty.launch  # a run like this one would not fill the cell


def test_one_students_runs_fill_the_tables(
    session: Session, questions: list[StoredQuestion]
) -> None:
    store_run(session, questions, right=[0], method="sci_cot", config=config())
    store_run(session, questions, right=[0, 1], method="sci_cot", config=config(student="starter"))
    results = load_results(session, student="starter")
    assert (results.student, set(results.students)) == (
        "starter",
        {"starter", "google/flan-t5-small"},
    )
    found = cell(results.tables[1], "Sci-CoT").measured
    assert found is not None
    assert found.accuracy == pytest.approx(0.2)


def test_an_experiments_results_hold_its_runs_only(
    session: Session, questions: list[StoredQuestion]
) -> None:
    grid = ExperimentConfig(name="grid", methods=("sci_cot",), datasets={"arc-easy": "s"})
    experiment_id = store_experiment(session, "grid", grid.model_dump(mode="json"))
    store_run(session, questions, right=[0], method="finetune", config=config("finetune"))
    store_run(
        session,
        questions,
        right=[0],
        method="sci_cot",
        config=config(),
        experiment_id=experiment_id,
    )
    table = load_results(session, experiment_id=experiment_id).tables[1]
    assert cell(table, "Sci-CoT").measured is not None
    assert cell(table, "Fine-tune").measured is None
    with pytest.raises(NotFound):
        load_results(session, experiment_id=experiment_id + 1)


def test_fractions_and_imported_runs_have_rows_of_their_own(
    session: Session, questions: list[StoredQuestion]
) -> None:
    store_run(
        session,
        questions,
        right=[0],
        method="finetune",
        config=config("finetune", fraction=0.25),
    )
    store_run(session, questions, right=[0, 1, 2], options_right=[0], name="peer")
    first, _, _, third, _ = load_results(session).tables
    assert cell(third, "25 %").measured is not None
    peer = cell(first, "peer").measured
    assert peer is not None
    assert peer.accuracy == pytest.approx(0.3)
    assert peer.option_accuracy == pytest.approx(0.1)


def test_a_few_shot_llm_has_a_row_and_other_splits_have_none(
    session: Session, actor: Actor, questions: list[StoredQuestion]
) -> None:
    for split in ("test", "validation"):
        config = FewShotConfig(dataset="arc-easy", teacher="openai:gpt-x", split=split, shots=3)
        run_id = create_run(
            session,
            actor,
            kind=RunKind.FEW_SHOT,
            name=split,
            config=config.model_dump(mode="json"),
            dataset_id=find_dataset_id(session, "arc-easy"),
            method="few_shot",
            status=RunStatus.DONE,
        )
        predictions = [make_prediction(one, is_right=True) for one in questions]
        store_predictions(session, run_id, predictions)
    table = load_results(session).tables[0]
    labels = [row.label for row in table.rows if row.cells[0].published is None]
    assert labels[-1] == "gpt-x (few-shot k=3, chain of thought)"
    assert "LLM, generated" in [row.note for row in table.rows]
    assert any(CHAT_NOTE in note for note in table.notes)


def test_no_table_shows_unlike_runs_side_by_side_unmarked(
    session: Session, questions: list[StoredQuestion]
) -> None:
    """Runs of every method, dataset share and seed, of which some were trained otherwise."""
    for method in ("finetune", "one_stage", "sci_cot"):
        for fraction in (0.25, 1.0):
            for seed in (0, 1):
                values: dict[str, Any] = {"fraction": fraction, "seed": seed, "epochs": 30}
                if method == "finetune" and fraction == 1.0:
                    values["epochs"] = 1
                if method == "one_stage":
                    values["selection"] = "validation"
                stored = config(method, **values)
                store_run(session, questions, right=[seed], method=method, config=stored)
    results = load_results(session)
    by_run = {run.id: run for run in results.runs}
    for table in results.tables:
        settings = {
            content_hash(table_settings(by_run[cell.measured.run_ids[0]].config))
            for row in table.rows
            for cell in row.cells
            if cell.measured and cell.measured.run_ids and not cell.measured.differs
        }
        assert len(settings) <= 1, table.title
    table = results.tables[1]
    tuned = cell(table, "Fine-tune").measured
    assert tuned is not None
    assert tuned.differs == "epochs 1 against 30"
    one_stage = cell(table, "One-stage").measured
    assert one_stage is not None
    assert one_stage.differs == "selection validation against last"
    assert cell(table, "Sci-CoT").measured is not None
    assert list(table.marks) == ["epochs 1 against 30", "selection validation against last"]


def test_another_snapshot_is_marked_and_no_snapshot_where_it_takes_other_questions(
    session: Session, questions: list[StoredQuestion]
) -> None:
    for seed in (0, 1):
        store_run(session, questions, right=[0], method="sci_cot", config=config(seed=seed))
    other = {**config("one_stage"), "snapshot": "other"}
    store_run(session, questions, right=[0], method="one_stage", config=other)
    bare = {**config("finetune"), "snapshot": None}
    store_run(session, questions, right=[0], method="finetune", config=bare)
    table = load_results(session).tables[1]
    figures = [cell(table, label).measured for label in ("Sci-CoT", "One-stage", "Fine-tune")]
    said = [figure.differs for figure in figures if figure]
    assert said == ["", "snapshot other against s", "snapshot none against s"]


def test_baselines_and_reads_of_the_test_split_stand_with_the_tables(
    session: Session, questions: list[StoredQuestion]
) -> None:
    for seed in (0, 1):
        store_run(session, questions, right=[0], method="sci_cot", config=config(seed=seed))
    results = load_results(session)
    assert results.baselines["arc-easy"].chance == 0.25
    reads = results.test_reads["arc-easy"]
    assert (reads.runs, reads.settings) == (2, 1)
    assert reads.say("arc-easy") == (
        "The test split of arc-easy was read by 2 runs with 1 setting."
    )
    chance = cell(results.tables[1], "Chance").measured
    assert chance is not None
    assert (chance.accuracy, chance.questions) == (0.25, 10)


def test_students_asked_again_read_the_test_split_with_the_settings_they_were_trained_by(
    session: Session, questions: list[StoredQuestion]
) -> None:
    for seed in (0, 1):
        trained = store_run(
            session, questions, right=[0], method="sci_cot", config=config(seed=seed)
        )
        again = {"run": trained, "dataset": "arc-easy", "split": "test"}
        store_run(session, questions, right=[0], config=again)
    reads = load_results(session).test_reads["arc-easy"]
    assert (reads.runs, reads.settings) == (4, 1)


def test_validation_is_shown_before_test(
    session: Session, tmp_path: Path, questions: list[StoredQuestion]
) -> None:
    store_run(session, questions, right=[0], method="sci_cot", config=config())
    validation = list_questions(session, "arc-easy", Split.VALIDATION)
    stored = {**config(), "evaluate_on": "validation"}
    store_run(session, validation, right=[0, 1], method="sci_cot", config=stored)
    results = load_results(session)
    assert (results.split, results.splits) == (Split.VALIDATION, [Split.VALIDATION, Split.TEST])
    figure = cell(results.tables[1], "Sci-CoT").measured
    assert figure is not None
    assert figure.accuracy == pytest.approx(2 / 4)
    of_test = cell(load_results(session, split=Split.TEST).tables[1], "Sci-CoT").measured
    assert of_test is not None
    assert of_test.accuracy == pytest.approx(1 / 10)


def test_what_stage_2_was_trained_on_has_a_table(
    session: Session, questions: list[StoredQuestion]
) -> None:
    store_run(session, questions, right=[0], method="sci_cot", config=config())
    crossed = config(stage2_rationales="cross_fit")
    store_run(session, questions, right=[0, 1], method="sci_cot", config=crossed)
    table = load_results(session).tables[2]
    assert (table.key, [row.note for row in table.rows]) == (
        "stage_2",
        ["in_sample", "cross_fit", "teacher"],
    )
    figures = [row.cells[0].measured for row in table.rows]
    assert [figure and figure.accuracy for figure in figures] == [0.1, 0.2, None]
    assert figures[1] is not None
    assert figures[1].differs == ""


def test_the_untrained_student_stands_in_tables_1_and_2_as_it_writes_and_by_option_scores(
    session: Session, questions: list[StoredQuestion]
) -> None:
    store_run(session, questions, right=[0, 1, 2], method="finetune", config=config("finetune"))
    written = store_run(
        session,
        questions,
        right=[0],
        options_right=[0, 1],
        method="untrained",
        config=config("untrained"),
    )
    cloze = store_run(
        session,
        questions,
        right=[],
        options_right=range(5),
        method="untrained",
        config=config("untrained", answer_form="text", show_options=False),
    )
    with write(session):
        row = session.get_one(RunRow, cloze)
        row.result = {"metrics": {"option_accuracy_per_byte": 0.6}}
    for table in load_results(session).tables[:2]:
        figures = {kind: cell(table, label).measured for kind, label in UNTRAINED.items()}
        said = {
            kind: (figure.accuracy, figure.run_ids, figure.differs)
            for kind, figure in figures.items()
            if figure
        }
        assert said == {
            "generated": (0.1, (written,), ""),
            "options": (0.2, (written,), ""),
            "cloze": (0.5, (cloze,), ""),
            "cloze_per_byte": (0.6, (cloze,), ""),
        }
        assert all(figure and figure.interval for figure in figures.values())
        assert "Untrained" not in [row.label for row in table.rows]


def test_a_student_that_was_shown_no_options_writes_none_of_them(
    session: Session, questions: list[StoredQuestion]
) -> None:
    form = {"answer_form": "text", "show_options": False}
    for method in ("finetune", "untrained"):
        store_run(session, questions, right=[0], method=method, config=config(method, **form))
    for table in load_results(session).tables[:2]:
        of_kind = {kind: cell(table, label) for kind, label in UNTRAINED.items()}
        assert of_kind["generated"].measured is None
        assert of_kind["generated"].launch is None
        assert of_kind["options"].measured is not None


def test_a_caption_says_the_limit_of_rationales_of_runs_that_have_any(
    session: Session, questions: list[StoredQuestion]
) -> None:
    for method, limit in (("finetune", 128), ("sci_cot", 286)):
        run_id = store_run(session, questions, right=[0], method=method, config=config(method))
        with write(session):
            session.get_one(RunRow, run_id).result = {"max_rationale_tokens": limit}
    settings = load_results(session).tables[0].settings
    assert settings["max rationale tokens"] == "286"


def test_what_an_empty_cell_is_about_is_in_its_launch_and_in_what_is_under_way(
    session: Session, questions: list[StoredQuestion]
) -> None:
    waiting = store_run(
        session,
        questions,
        right=[],
        method="sci_cot",
        config=config(stage2_rationales="cross_fit"),
        status=RunStatus.QUEUED,
    )
    _, methods, stage2, *_ = load_results(session).tables
    by_note = {row.note: row.cells[0] for row in stage2.rows}
    assert by_note["cross_fit"].under_way == waiting
    assert by_note["teacher"].under_way is None
    empty = cell(methods, UNTRAINED["cloze"]).launch
    assert empty is not None
    assert (empty["answer_form"], empty["show_options"]) == ("text", "False")


def test_a_method_with_rationales_of_its_own_does_not_mark_the_others(
    session: Session, questions: list[StoredQuestion]
) -> None:
    for method, snapshot in (("one_stage", "s"), ("star", "of star"), ("ho", "of ho")):
        told = config(method, snapshot=snapshot)
        store_run(session, questions, right=[0], method=method, config=told)
    table = load_results(session).tables[1]
    measured = [cell(table, row).measured for row in ("One-stage", "STaR", "Ho et al.")]
    said = [found.differs for found in measured if found is not None]
    assert said == ["", "snapshot of star against s", "snapshot of ho against s"]


def test_an_accuracy_by_options_is_over_the_questions_whose_options_were_scored(
    session: Session, questions: list[StoredQuestion]
) -> None:
    run_id = store_run(
        session, questions, right=range(10), method="untrained", config=config("untrained")
    )
    with write(session):
        bare = [question.id for question in questions[4:]]
        session.execute(
            update(PredictionRow)
            .where(PredictionRow.run_id == run_id, PredictionRow.question_id.in_(bare))
            .values(option_label=None)
        )
    found = cell(load_results(session).tables[0], UNTRAINED["options"]).measured
    assert found is not None
    assert (found.accuracy, found.questions) == (1.0, 4)
