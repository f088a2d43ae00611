from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from db.models import LaunchRow, RunRow
from db.session import write
from pages.shared.method_names import name_student
from scicot.pure.methods.registry import make_config
from scicot.services.runs.runs import create_run, get_run, list_runs
from scicot.services.upkeep.labels import archive_run, tag_run
from scicot.words.records import Actor, RunKind
from tests.builders import store_training
from tests.pages.driver import open_page
from tests.pages.tables import read_tables, texts

ADA = Actor("Ada")


def store(session: Session, seed: int) -> int:
    return store_training(
        session, make_config(method="finetune", dataset="demo", student="starter", seed=seed)
    )


def test_a_run_of_every_kind_has_its_line(session: Session) -> None:
    for kind in RunKind:
        if kind is not RunKind.TRAIN:
            create_run(session, ADA, kind=kind, name=f"a {kind} run", config={})
    run_id = store(session, 0)
    page = open_page("train/runs", run=str(run_id))
    assert not page.exception
    assert len(texts(read_tables(page)["runs_table"])) == len(RunKind)


def test_a_run_that_waits_in_a_cluster_says_there_at_which_place_and_why(session: Session) -> None:
    pending, long, handed, here = (store(session, seed) for seed in range(4))
    reasons = {
        pending: ("slurm", "PENDING", "Resources", 2),
        long: ("ray", "PENDING", "Job has not started yet, as no node is free for it", None),
        handed: ("slurm", "", "", None),  # nobody has looked yet
    }
    with write(session):
        for run_id, (launcher, state, reason, place) in reasons.items():
            session.get_one(RunRow, run_id).launcher = launcher
            row = LaunchRow(run_id=run_id, options={}, state=state, reason=reason, place=place)
            session.add(row)
    cells = {
        line["tick"]: (line["cells"][0]["text"], line["cells"][0]["note"])
        for line in read_tables(open_page("train/runs"))["runs_table"]["lines"]
    }
    assert cells == {
        str(pending): ("waits in Slurm, number 2", "PENDING: Resources"),
        str(long): ("waits in Ray", "PENDING: Job has not started yet, as …"),
        str(handed): ("waits in Slurm", ""),
        str(here): ("waits, number 1", ""),
    }


def test_who_started_a_run_is_said_where_one_points_at_when(session: Session) -> None:
    store(session, 0)
    table = read_tables(open_page("train/runs"))["runs_table"]
    heads = [head["text"] for head in table["heads"]]
    assert "Who" not in heads  # nine columns fit a laptop's screen, ten do not
    (line,) = table["lines"]
    assert line["cells"][heads.index("Started")]["help"].startswith("Ada, 20")


@pytest.mark.parametrize(
    ("kind", "config", "named"),
    [
        (RunKind.TRAIN, {"student": "starter"}, "starter student"),
        (RunKind.TRAIN, {"student": "/home/ada/students/t5-tiny/"}, "t5-tiny"),
        (RunKind.WORTH, {"student": "starter", "run": None}, "starter student"),
        (RunKind.WORTH, {"student": "google/flan-t5-small", "run": 3}, "that of run 3"),
        (RunKind.ATTRIBUTE, {"run": 3}, "that of run 3"),
        (RunKind.GENERATE, {"teacher": "starter"}, "starter teacher"),
        (RunKind.JUDGE, {"teacher": "http://127.0.0.1:8080/v1#llama"}, "llama"),
        (RunKind.FEW_SHOT, {"teacher": "openai:gpt-3.5-turbo"}, "gpt-3.5-turbo"),
        (RunKind.GENERATE, {"teacher": "https://api.host/v1#org/model"}, "org/model"),
        (RunKind.IMPORT, {}, ""),
    ],
)
def test_a_line_names_who_answers(
    session: Session, kind: RunKind, config: dict[str, object], named: str
) -> None:
    run_id = create_run(session, ADA, kind=kind, name="a run", config=config)
    assert name_student(get_run(session, run_id)) == named


def test_the_table_is_searched_and_leaves_archived_runs_out(session: Session) -> None:
    first, second, third = (store(session, seed) for seed in range(3))
    tag_run(session, ADA, first, ["talk"])
    archive_run(session, ADA, second)
    page = open_page("train/runs")
    names = [line[1] for line in texts(read_tables(page)["runs_table"])]
    assert names == [f"{third} · a run", f"{first} · a run"]
    page.text_input(key="runs_words").set_value("talk").run()
    assert [line[1] for line in texts(read_tables(page)["runs_table"])] == [f"{first} · a run"]
    page.text_input(key="runs_words").set_value("").run()
    page.toggle(key="runs_archived").set_value(True).run()
    assert len(texts(read_tables(page)["runs_table"])) == 3


def test_a_run_is_named_tagged_archived_and_deleted_on_its_page(session: Session) -> None:
    run_id = store(session, 0)
    store(session, 1)
    page = open_page("train/runs", run=str(run_id))
    page.text_input(key=f"label_name_{run_id}_0").set_value("The good one")
    page.text_area(key=f"label_note_{run_id}_0").set_value("For the talk.")
    page.button(key=f"label_save_{run_id}_0").click().run()
    assert not page.exception
    session.rollback()
    run = get_run(session, run_id)
    assert (run.name, run.note) == ("The good one", "For the talk.")
    assert page.button(key=f"delete_{run_id}").disabled  # it waits still
    page.button(key=f"cancel_now_{run_id}").click().run()
    page.button(key=f"delete_{run_id}").click().run()
    assert not page.exception
    session.rollback()
    assert [run.id for run in list_runs(session)] == [run_id + 1]


def test_a_link_to_a_run_that_is_gone_says_so(session: Session) -> None:
    store(session, 0)
    page = open_page("train/runs", run="99")
    assert "names run 99, which is not here" in page.warning[0].value
