from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox

from db.models import LessonRow, RationaleRow, RunRow
from db.session import write
from pages.train.launch import start
from scicot.adapters.launchers.carried import Carried
from scicot.services import workspace
from scicot.services.launching import launches, tending
from scicot.services.launching.launches import get_launch
from scicot.services.questions.lookup import list_questions
from scicot.services.runs.runs import list_runs
from scicot.services.training.snapshots import create_snapshot, list_snapshots
from scicot.services.workspace import open_workspace
from scicot.words.asking_configs import LessonKind
from scicot.words.configs import PAPER_STUDENT, STARTER_DEFAULTS
from scicot.words.launching import Phase, Seen, Submitted
from scicot.words.records import Actor, RationaleStatus, RunStatus, Split
from scicot.words.settings import get_settings
from tests.builders import store_questions, store_rationale
from tests.pages.driver import open_page
from tests.pages.training import button, prepare
from tests.predictions import store_run as store_answered
from tests.tiny_students import build_tiny_t5


def test_without_a_snapshot_only_fine_tune_can_be_started(session: Session, tmp_path: Path) -> None:
    prepare(session, tmp_path / "data", approved=False)
    page = open_page("train/launch", dataset="demo", method="finetune")
    assert not page.button(key="start").disabled
    for method in ("one_stage", "sci_cot", "step_by_step", "table2"):
        page.button_group(key="link_method").set_value(method).run()
        assert page.button(key="start").disabled
        assert "freeze the approved rationales" in " ".join(one.value for one in page.info)


def test_freezing_without_an_approved_rationale_says_what_to_do(
    session: Session, tmp_path: Path
) -> None:
    prepare(session, tmp_path / "data", approved=False)
    page = open_page("train/launch", dataset="demo")
    page.button(key="snapshot_create").click().run()
    assert "Review some first" in page.error[0].value


def student_box(page: AppTest) -> Selectbox[str]:
    """Return the box of students: its key holds the one that it begins with."""
    (box,) = [box for box in page.selectbox if box.label == "Student"]
    return box


def test_it_begins_with_the_student_that_the_dataset_was_trained_with_last(
    session: Session, tmp_path: Path
) -> None:
    questions = store_questions(session, tmp_path / "files")[Split.TEST]

    def train(student: str) -> None:
        store_answered(session, questions, right=[], method="finetune", config={"student": student})

    assert student_box(open_page("train/launch", dataset="demo")).value == PAPER_STUDENT
    train("starter")
    assert student_box(open_page("train/launch", dataset="demo")).value == "starter"
    train("/models/mine")
    page = open_page("train/launch", dataset="demo")
    assert student_box(page).value == "a folder of mine"
    assert page.text_input(key="launch_folder").value == "/models/mine"


def test_one_press_queues_the_three_methods_of_table_two(session: Session, tmp_path: Path) -> None:
    prepare(session, tmp_path / "data", approved=True)
    create_snapshot(session, Actor("Ada"), name="first", dataset="demo")
    page = open_page("train/launch", dataset="demo")
    student_box(page).set_value("starter").run()
    page.button(key="start").click().run()
    assert not page.exception
    assert not page.error
    assert page.success[0].value == "Queued as run 1, 2, 3."
    with open_workspace() as fresh:
        runs = list_runs(fresh)
    assert sorted(str(run.method) for run in runs) == ["finetune", "one_stage", "sci_cot"]
    usual = {name: run.config[name] for run in runs for name in STARTER_DEFAULTS}
    assert usual == STARTER_DEFAULTS  # the starter student's own
    assert {run.status for run in runs} == {RunStatus.QUEUED}


@pytest.mark.parametrize("method", ["soft_labels", "counterfactual", "magister", "ho"])
def test_every_method_opens_on_settings_that_the_starter_takes(
    session: Session, tmp_path: Path, method: str
) -> None:
    questions = store_questions(session, tmp_path / "data")[Split.TRAIN]
    for sample in range(2):
        for question in questions:
            text = f"So it is, {sample}."
            store_rationale(session, question, text, sample=sample, status=RationaleStatus.ACCEPTED)
    with write(session):
        session.execute(update(RationaleRow).values(own_answer_right=True))
        for run_id, kind in enumerate(get_args(LessonKind), 1):
            lesson = {"question_id": questions[0].id, "kind": kind, "teacher": "peer"}
            shares = dict.fromkeys(questions[0].labels, 1 / len(questions[0].labels))
            session.add(LessonRow(run_id=run_id, label="B", text="No.", shares=shares, **lesson))
    create_snapshot(session, Actor("Ada"), name="first", dataset="demo")
    page = open_page("train/launch", dataset="demo", method="finetune")
    student_box(page).set_value("starter").run()
    page.button_group(key="link_method").set_value(method).run()
    if method == "ho":
        page.button(key="snapshot_fit").click().run()
    assert not page.exception
    assert [error.value for error in page.error] == []
    page.button(key="start").click().run()
    (run,) = list_runs(session)
    assert run.method == method


def test_the_command_shown_repeats_what_the_button_does(session: Session, tmp_path: Path) -> None:
    prepare(session, tmp_path / "data", approved=True)
    create_snapshot(session, Actor("Ada"), name="first", dataset="demo")
    page = open_page("train/launch", dataset="demo")
    student_box(page).set_value("starter").run()
    page.number_input(key="launch_limit_train_starter").set_value(8).run()
    commands = [one.value for one in page.code if "train sci_cot" in one.value]
    assert commands == [
        "python -m scicot train sci_cot --dataset demo --student starter --snapshot first "
        "--fraction 1.0 --seed 0 --set limit_train=8"
    ]


def test_the_check_shows_texts_counts_and_cuts(session: Session, tmp_path: Path) -> None:
    student = build_tiny_t5(tmp_path / "tiny-t5")
    prepare(session, tmp_path / "data", approved=True)
    create_snapshot(session, Actor("Ada"), name="first", dataset="demo")
    page = open_page("train/launch", dataset="demo", method="sci_cot")
    student_box(page).set_value("a folder of mine").run()
    page.text_input(key="launch_folder").set_value(str(student)).run()
    assert not page.exception
    assert not page.error
    said = " ".join(one.value for one in page.markdown)
    assert "**Trains** on 8 questions and answers 4 of the validation split" in said
    assert "**Needs** about" in said
    assert "**Begins** at once" in said
    assert any("Rationale:" in one.value for one in page.code)


def test_a_link_from_the_results_points_at_its_method(session: Session, tmp_path: Path) -> None:
    prepare(session, tmp_path / "data", approved=False)
    page = open_page("train/launch", dataset="demo", method="finetune", fraction="0.5")
    assert button(page, "Start Fine-tune")
    assert 0.5 in [one.value for one in page.selectbox]


def test_a_new_snapshot_is_chosen_said_and_never_frozen_twice(
    session: Session, tmp_path: Path
) -> None:
    prepare(session, tmp_path / "data", approved=True)
    page = open_page("train/launch", dataset="demo")
    assert "Freezes" in " ".join(one.value for one in page.text)
    page.button(key="snapshot_create").click().run()
    assert "demo-1, which is chosen now" in page.success[0].value.replace("\\", "")
    assert page.selectbox(key="link_snapshot").value == "demo-1"
    assert [one.key for one in page.button if one.key == "snapshot_create"] == []
    page.button(key="snapshot_same").click().run()  # the same texts are the same snapshot
    with open_workspace() as fresh:
        assert [one.name for one in list_snapshots(fresh, "demo")] == ["demo-1"]
        (question, *_) = list_questions(fresh, "demo", Split.TRAIN)
        store_rationale(
            fresh, question, "Another reason, edited.", status=RationaleStatus.EDITED, source="me"
        )
    page.run()
    page.button(key="snapshot_create").click().run()
    assert page.selectbox(key="link_snapshot").value == "demo-2"


def test_an_equal_run_is_never_queued_without_a_word(session: Session, tmp_path: Path) -> None:
    prepare(session, tmp_path / "data", approved=True)
    create_snapshot(session, Actor("Ada"), name="first", dataset="demo")
    page = open_page("train/launch", dataset="demo", method="sci_cot")
    student_box(page).set_value("starter").run()
    page.button(key="start").click().run()
    assert not page.exception
    (run,) = list_runs(session)
    # another session, or a reload: the run's progress stands where the button was
    again = open_page("train/launch", dataset="demo", method="sci_cot")
    student_box(again).set_value("starter").run()
    assert [one.key for one in again.button if one.key == "start"] == []
    assert f"Run {run.id}: {run.name}" in [one.value for one in again.text]
    with write(session):
        session.execute(update(RunRow).values(status=RunStatus.DONE))
    again.run()
    assert f"Run {run.id} has exactly these settings and is done" in said_by(again)
    again.button(key="start").click().run()
    session.rollback()
    assert len(list_runs(session)) == 2


def test_a_press_that_comes_second_at_one_moment_starts_none_and_says_so(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(session, tmp_path / "data", approved=False)
    first, second = (open_page("train/launch", dataset="demo", method="finetune") for _ in range(2))
    for page in (first, second):
        student_box(page).set_value("starter").run()
    # the other app's run is stored only after this one has looked for equal ones
    monkeypatch.setattr(start, "_equal_runs", lambda _configs: [])
    for page in (first, second):
        page.button(key="start").click().run()
        assert not page.exception
    (run,) = list_runs(session)
    assert first.success[0].value == f"Queued as run {run.id}."
    assert second.success[0].value.startswith(f"Run {run.id} is the same and under way")
    assert f"Run {run.id}: {run.name}" in [one.value for one in second.text]


def said_by(page: AppTest) -> str:
    return " ".join(one.value for one in [*page.caption, *page.text, *page.markdown])


def test_what_was_filled_in_is_there_after_a_look_at_another_page(
    session: Session, tmp_path: Path
) -> None:
    prepare(session, tmp_path / "data", approved=True)
    page = open_page("train/launch", dataset="demo")
    student_box(page).set_value("starter").run()
    page.number_input(key="launch_epochs_starter").set_value(7.0).run()
    page.switch_page("pages/train/runs/page.py").run()
    page.switch_page("pages/train/launch/page.py").run()
    assert student_box(page).value == "starter"
    assert page.number_input(key="launch_epochs_starter").value == 7.0


def test_a_run_is_sent_to_slurm_with_the_fields_as_they_were_filled_last(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[Carried] = []

    class Slurm:
        def preview(self, carried: Carried) -> str:
            return f"#SBATCH --job-name={carried.name}"

        def submit(self, carried: Carried) -> Submitted:
            handed.append(carried)
            return Submitted("17", self.preview(carried))

        def look(self, _ticket: str) -> Seen:
            return Seen(Phase.WAITS, "PENDING", "Resources", 1)

        def read_log(self, _ticket: str) -> str:
            return ""

    for module in (tending, launches):
        monkeypatch.setattr(module, "open_cluster", lambda _name, _options: Slurm())
    monkeypatch.setattr(workspace, "refuse_absent", lambda _name: None)
    monkeypatch.setattr(tending, "is_at_hand", lambda _name: True)
    monkeypatch.setattr(tending, "LOOK_EVERY", timedelta(0))
    monkeypatch.setenv("SCICOT_LAUNCHER", "local")  # whoever looks, tends
    get_settings.cache_clear()
    prepare(session, tmp_path / "data", approved=False)
    page = open_page("train/launch", dataset="demo", method="finetune")
    student_box(page).set_value("starter").run()
    page.selectbox(key="launch_launcher").set_value("slurm").run()
    page.text_input(key="launch_slurm_partition").set_value("gpu").run()
    page.number_input(key="launch_slurm_gpus").set_value(1).run()
    assert any(
        "--launcher slurm --ask gpus=1 --ask partition=gpu" in one.value for one in page.code
    )
    page.button(key="start").click().run()
    assert not page.exception
    assert not page.error
    with open_workspace() as fresh:
        (run,) = list_runs(fresh)
        launch = get_launch(fresh, run.id)
    assert (run.launcher, run.status) == ("slurm", RunStatus.QUEUED)
    assert launch is not None
    assert (launch.options["partition"], launch.options["gpus"]) == ("gpu", 1)
    assert len(handed) == 1
    again = open_page("train/launch", dataset="demo")
    again.selectbox(key="launch_launcher").set_value("slurm").run()
    assert again.text_input(key="launch_slurm_partition").value == "gpu"
    runs = open_page("train/runs", run=str(run.id))
    assert any("Resources, number 1 in the queue" in one.value for one in runs.caption)
    assert any(one.value == launch.submission for one in runs.code)
