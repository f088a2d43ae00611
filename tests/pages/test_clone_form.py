from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from scicot.services.questions.lookup import list_questions
from scicot.services.runs.runs import create_run, get_run, list_runs
from scicot.services.training.snapshots import create_snapshot
from scicot.services.workspace import open_workspace
from scicot.words.records import Actor, RationaleStatus, RunKind, Split
from tests.builders import store_rationale
from tests.pages.driver import open_page
from tests.pages.training import button, prepare, store_run, table_of_changes


def test_a_clone_is_filled_from_its_run_and_says_what_differs(
    session: Session, tmp_path: Path
) -> None:
    prepare(session, tmp_path / "data", approved=True)
    create_snapshot(session, Actor("Ada"), name="first", dataset="demo")
    (question, *_) = list_questions(session, "demo", Split.TRAIN)
    store_rationale(session, question, "Better.", status=RationaleStatus.EDITED, source="me")
    create_snapshot(session, Actor("Ada"), name="second", dataset="demo")
    run_id = store_run(session, seed=12, fraction=0.3, epochs=4, warmup_fraction=0.2, folds=5)
    page = open_page("train/launch", dataset="demo", like=str(run_id))
    assert not page.exception
    assert not page.error
    assert table_of_changes(page) == []
    assert button(page, "Start Sci-CoT")
    page.number_input(key=f"launch_epochs_starter_like_{run_id}").set_value(2.0).run()
    page.multiselect(key=f"launch_seeds_like_{run_id}").set_value([1, 2]).run()
    assert table_of_changes(page) == [("seed", "12", "1, 2"), ("epochs", "4.0", "2.0")]
    page.button(key="start").click().run()
    assert not page.error
    with open_workspace() as fresh:
        made = [run.config for run in list_runs(fresh) if run.id != run_id]
        first = get_run(fresh, run_id).config
    assert [one["seed"] for one in made] == [2, 1]
    assert all({**config, "seed": 12, "epochs": 4.0} == first for config in made)


def test_a_clone_of_a_run_without_a_snapshot_has_none(session: Session, tmp_path: Path) -> None:
    prepare(session, tmp_path / "data", approved=True)
    create_snapshot(session, Actor("Ada"), name="first", dataset="demo")
    run_id = store_run(session, method="finetune", snapshot=None, student="/models/mine")
    page = open_page("train/launch", dataset="demo", like=str(run_id))
    assert table_of_changes(page) == []
    page.button_group(key="link_method").set_value("sci_cot").run()
    assert page.button(key="start").disabled
    page.selectbox(key="link_snapshot").set_value("first").run()
    assert table_of_changes(page) == [("snapshot", "not set", "first")]


@pytest.mark.parametrize(("like", "words"), [("99", "no run 99"), ("1", "is a generate run")])
def test_what_cannot_be_cloned_is_said_and_the_page_goes_on(
    session: Session, tmp_path: Path, like: str, words: str
) -> None:
    prepare(session, tmp_path / "data", approved=False)
    create_run(session, Actor("Ada"), kind=RunKind.GENERATE, name="texts", config={})
    page = open_page("train/launch", dataset="demo", like=like)
    assert words in page.error[0].value
    assert page.button(key="start")
