from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from scicot.cli.handlers import HANDLERS
from scicot.services.runs.runs import add_run, get_run, list_runs
from scicot.services.runs.worker import run_worker
from scicot.services.training import experiments
from scicot.services.training.experiments import load_experiment, plan_runs, start_experiment
from scicot.words.configs import ExperimentConfig
from scicot.words.errors import Conflict, InvalidConfig, NotFound
from scicot.words.records import Actor, RunStatus
from scicot.words.settings import Settings, get_settings
from tests.services.training_line import prepare
from tests.tiny_students import tiny_t5

__all__ = ["tiny_t5"]

PAPER_GRID = Path(__file__).resolve().parents[3] / "docs" / "table2.yaml"


def grid(student: Path, **fields: Any) -> ExperimentConfig:
    values: dict[str, Any] = {
        "name": "small",
        "methods": ("sci_cot",),
        "datasets": {"demo": "approved"},
        "student": str(student),
        "settings": {"epochs": 1, "max_rationale_tokens": 8, "tokens_per_batch": 512},
    }
    return ExperimentConfig.checked(**values | fields)


def test_the_papers_grid_is_three_methods_two_sets_four_fractions_and_seeds() -> None:
    config = load_experiment(PAPER_GRID)
    runs = plan_runs(config)
    assert len(runs) == 3 * 2 * 4 * len(config.seeds)
    assert {run.method for run in runs} == {"finetune", "one_stage", "sci_cot"}
    assert {run.dataset for run in runs} == {"arc-easy", "arc-challenge"}
    assert {run.fraction for run in runs} == {0.125, 0.25, 0.5, 1.0}
    assert {run.student for run in runs} == {"google/flan-t5-small"}


def test_the_short_claim_is_the_text_forms_in_one_pass() -> None:
    runs = plan_runs(load_experiment(PAPER_GRID.with_name("claim_short.yaml")))
    tried = Counter((run.method, getattr(run, "stage2_rationales", None)) for run in runs)
    assert tried.pop(("untrained", None)) == 1
    assert set(tried.values()) == {3}
    assert len(tried) == 4
    assert {run.steps for run in runs if run.method != "untrained"} == {38}
    assert {run.evaluate_on for run in runs} == {"test"}


def test_a_list_of_values_is_tried_by_the_methods_that_have_the_setting() -> None:
    runs = plan_runs(load_experiment(PAPER_GRID.with_name("claim_text.yaml")))
    tried = Counter((run.method, getattr(run, "stage2_rationales", None)) for run in runs)
    assert tried == {
        ("untrained", None): 2,
        ("finetune", None): 6,
        ("one_stage", None): 6,
        ("sci_cot", "in_sample"): 6,
        ("sci_cot", "cross_fit"): 6,
    }
    assert {run.evaluate_on for run in runs} == {"test"}
    # cross_fit takes its first stage from the run before it, whose seed and set are the same
    cross_fit = [getattr(run, "stage2_rationales", None) == "cross_fit" for run in runs]
    assert cross_fit == [False] * 20 + [True] * 6


def test_a_student_that_learns_nothing_is_asked_once_in_each_form() -> None:
    runs = plan_runs(load_experiment(PAPER_GRID.with_name("forms_letter.yaml")))
    untrained = [run.answer_form for run in runs if run.method == "untrained"]
    assert untrained == ["letter_and_text", "letter"]
    assert len(runs) == 2 + 2 * 2 * 2
    runs = plan_runs(load_experiment(PAPER_GRID.with_name("forms_text.yaml")))
    assert [run.show_options for run in runs if run.method == "untrained"] == [False, True]
    assert len(runs) == 2 + 2 * 2


def test_whose_fault_errors_are_is_asked_of_the_claims_students() -> None:
    asked = plan_runs(load_experiment(PAPER_GRID.with_name("claim_attribution.yaml")))
    claimed = plan_runs(load_experiment(PAPER_GRID.with_name("claim_text.yaml")))
    how = {"evaluate_on", "limit_test"}
    trained = [run.model_dump(exclude=how) for run in claimed]
    assert all(run.model_dump(exclude=how) in trained for run in asked)
    assert {run.evaluate_on for run in asked} == {"validation"}


@pytest.mark.parametrize(
    ("file", "snapshots"),
    [("several", ("k1", "k3")), ("chosen_by", ("people", "help", "random"))],
)
def test_a_list_of_snapshots_is_tried_by_the_methods_that_learn_them(
    file: str, snapshots: tuple[str, ...]
) -> None:
    config = load_experiment(PAPER_GRID.with_name(f"{file}.yaml"))
    both = config.model_copy(update={"methods": ("one_stage", "finetune")})
    tried = Counter((run.method, run.snapshot) for run in plan_runs(both))
    assert tried == {("one_stage", name): 3 for name in snapshots} | {("finetune", snapshots[0]): 3}


def test_runs_of_a_grid_and_of_another_grid_share_their_stages(
    session: Session, settings: Settings, tmp_path: Path, tiny_t5: Path
) -> None:
    prepare(session, tmp_path / "files")
    first = start_experiment(session, get_settings(), Actor("Ada"), grid(tiny_t5, seeds=(0, 1)))
    both = grid(tiny_t5, name="other", methods=("one_stage", "sci_cot"))
    second = start_experiment(session, get_settings(), Actor("Ada"), both)
    assert len(list_runs(session, experiment_id=first.id)) == 2
    session.rollback()
    for run_id in (*first.run_ids, *second.run_ids):
        assert run_worker(run_id, settings, HANDLERS) is RunStatus.DONE
    shared: Any = get_run(session, second.run_ids[1]).result["stages"]
    assert all(stage["reused"] and stage["seconds"] == 0 for stage in shared.values())


def test_nothing_is_stored_when_one_run_of_the_grid_cannot_be(
    session: Session, tmp_path: Path, tiny_t5: Path
) -> None:
    prepare(session, tmp_path / "files")
    with pytest.raises(NotFound, match="nowhere"):
        start_experiment(
            session,
            get_settings(),
            Actor("Ada"),
            grid(tiny_t5, datasets={"demo": "approved", "nowhere": "x"}),
        )
    assert list_runs(session) == []


def test_a_name_is_given_once(session: Session, tmp_path: Path, tiny_t5: Path) -> None:
    prepare(session, tmp_path / "files")
    start_experiment(session, get_settings(), Actor("Ada"), grid(tiny_t5))
    with pytest.raises(Conflict, match="'small'"):
        start_experiment(session, get_settings(), Actor("Ada"), grid(tiny_t5))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: [", "line 1"),
        ("- a\n- b\n", "holds no settings"),
        ("name: x\nmethods: [guess]\ndatasets: {arc: s}\n", "methods"),
        ("name: x\nmethods: [finetune]\n", "datasets"),
        ("name: x\nmethods: [finetune]\ndatasets: {arc: s}\nspeed: 3\n", "speed"),
    ],
)
def test_a_faulty_file_is_refused_with_the_place(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "grid.yaml"
    path.write_text(text)
    with pytest.raises(InvalidConfig, match=words):
        load_experiment(path)


def test_an_experiment_killed_while_it_queues_can_be_started_again(
    session: Session, tmp_path: Path, tiny_t5: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(session, tmp_path / "files")
    added = iter(range(2))

    def killed(*arguments: Any, **run: Any) -> int:
        if next(added):
            raise KeyboardInterrupt
        return add_run(*arguments, **run)

    monkeypatch.setattr(experiments, "add_run", killed)
    with pytest.raises(KeyboardInterrupt):
        start_experiment(session, get_settings(), Actor("Ada"), grid(tiny_t5, seeds=(0, 1)))
    assert list_runs(session) == []
    monkeypatch.setattr(experiments, "add_run", add_run)
    again = start_experiment(session, get_settings(), Actor("Ada"), grid(tiny_t5, seeds=(0, 1)))
    assert len(again.run_ids) == 2


def test_a_large_model_can_stand_in_an_experiment(
    session: Session, tmp_path: Path, tiny_t5: Path
) -> None:
    prepare(session, tmp_path / "files")
    few_shot = {"teacher": "http://127.0.0.1:9/v1#m", "shots": 2, "chain_of_thought": False}
    config = grid(tiny_t5, methods=("sci_cot", "few_shot"), seeds=(0, 1), few_shot=few_shot)
    started = start_experiment(session, get_settings(), Actor("Ada"), config)
    runs = [get_run(session, run_id) for run_id in started.run_ids]
    assert [run.method for run in runs] == ["sci_cot", "sci_cot", "few_shot", "few_shot"]
    assert all(run.experiment_id == started.id for run in runs)
    assert [run.config["seed"] for run in runs[2:]] == [0, 1]
    assert all(len(run.config["examples"]) == 2 for run in runs[2:])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("validation", "told", "final", "split"),
    [
        (4, {}, False, "validation"),
        (0, {}, False, "test"),
        (4, {"split": "test"}, False, "test"),
        (4, {"split": "validation"}, True, "test"),
    ],
)
def test_a_large_model_reads_the_test_split_only_in_a_final_experiment_or_when_told(
    session: Session,
    tmp_path: Path,
    tiny_t5: Path,
    validation: int,
    told: dict[str, Any],
    final: bool,
    split: str,
) -> None:
    prepare(session, tmp_path / "files", validation=validation)
    asked = {"teacher": "http://127.0.0.1:9/v1#m", "shots": 0, "chain_of_thought": False}
    config = grid(tiny_t5, methods=("few_shot",), few_shot=asked | told, final=final)
    (run_id,) = start_experiment(session, get_settings(), Actor("Ada"), config).run_ids
    run = get_run(session, run_id)
    assert (run.config["split"], str(run.split)) == (split, split)
