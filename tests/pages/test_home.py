from pathlib import Path

from sqlalchemy.orm import Session

from scicot.pure.methods.registry import make_config
from scicot.services.home.overview import look_over
from scicot.services.questions.lookup import list_datasets
from scicot.services.system.preferences import recall
from scicot.services.upkeep.labels import archive_run
from scicot.words.records import Actor, RationaleStatus, RunStatus, Split
from tests.builders import store_questions, store_rationale
from tests.pages.driver import open_app, open_page
from tests.predictions import store_run, store_trained


def metrics(app: object) -> dict[str, str]:
    """Return each card's figure by its title, which an icon follows."""
    return {one.label.split(" ")[0]: one.value for one in app.metric}  # type: ignore[attr-defined]


def test_the_first_door_opens_the_demonstration_and_one_press_takes_it_out(
    session: Session,
) -> None:
    app = open_app()
    assert not app.exception
    next(one for one in app.button if one.label == "Try it now").click().run()
    assert not app.exception
    assert metrics(app)["Questions"] == "60"
    assert app.query_params["dataset"] == "demo"
    assert "Demonstration" in " ".join(one.value for one in app.sidebar.markdown)
    app.sidebar.button(key="demo_remove").click().run()
    assert not app.exception
    assert list_datasets(session) == []
    assert [one.label for one in app.button if one.label == "Try it now"]


def test_the_cards_say_what_waits_and_the_next_step_stands_out(
    session: Session, tmp_path: Path
) -> None:
    questions = store_questions(session, tmp_path / "files", test=4)
    for place, question in enumerate(questions[Split.TRAIN][:3]):
        status = RationaleStatus.ACCEPTED if place else RationaleStatus.UNREVIEWED
        store_rationale(session, question, status=status)
    app = open_app()
    assert (metrics(app)["Rationales"], metrics(app)["Review"]) == ("3", "1")
    (primary,) = [one.label for one in app.button if one.proto.type == "primary"]
    assert primary == "Review"


def test_the_newest_comparison_stands_in_its_sentence(session: Session, tmp_path: Path) -> None:
    questions = store_questions(session, tmp_path / "files", test=6)[Split.TEST]
    store_run(session, questions, right=[0, 1], method="sci_cot")
    store_run(session, questions, right=[0], method="one_stage")
    app = open_app()
    assert not app.exception
    assert "cannot be told apart" in " ".join(one.value for one in app.text)


def test_the_dataset_is_chosen_once_and_remembered_for_the_person(
    session: Session, tmp_path: Path
) -> None:
    for name in ("first", "second"):
        store_questions(session, tmp_path / name, dataset=name)
    app = open_app()
    app.sidebar.text_input(key="actor_name").set_value("Ada").run()
    app.sidebar.selectbox(key="link_dataset").set_value("second").run()
    session.rollback()
    assert recall(session, "Ada", "dataset") == "second"
    app.query_params.clear()
    app = app.switch_page("pages/prepare/generate/page.py").run()
    assert app.sidebar.selectbox(key="link_dataset").value == "second"
    again = open_app()  # after a reload the name is still there, and with it the dataset
    assert again.sidebar.text_input(key="actor_name").value == "Ada"
    assert again.sidebar.selectbox(key="link_dataset").value == "second"


def test_a_link_to_a_dataset_that_is_not_here_is_said(session: Session, tmp_path: Path) -> None:
    store_questions(session, tmp_path / "files")
    app = open_page("train/launch", dataset="gone")
    assert "“gone”" in app.sidebar.warning[0].value
    assert app.sidebar.selectbox(key="link_dataset").value == "demo"


def test_the_cards_say_no_more_than_is_so(session: Session, tmp_path: Path) -> None:
    questions = store_questions(session, tmp_path / "files", train=2, test=4)
    for place, question in enumerate(questions[Split.TRAIN]):
        status = RationaleStatus.ACCEPTED if place else RationaleStatus.SKIPPED
        store_rationale(session, question, status=status)
    config = make_config(method="untrained", dataset="demo", evaluate_on="test")
    store_trained(session, questions[Split.TEST], config)
    app = open_app()
    said = [one.value for one in app.caption]
    assert "approved; 1 skipped" in said
    assert not any("are decided" in one for one in said)
    assert metrics(app)["Train"] == "0"  # nothing was trained, though it answered


def test_a_set_without_training_questions_is_not_said_to_be_explained(
    session: Session, tmp_path: Path
) -> None:
    store_questions(session, tmp_path / "files", train=0, validation=0, test=4)
    assert "there is no training question" in [one.value for one in open_app().caption]


def test_the_newest_comparison_is_of_runs_that_are_done_and_not_archived(
    session: Session, tmp_path: Path
) -> None:
    questions = store_questions(session, tmp_path / "files", test=6)[Split.TEST]
    store_run(session, questions, right=[0, 1], method="sci_cot")
    store_run(session, questions, right=[0], method="one_stage")
    store_run(session, questions[:1], right=[0], method="sci_cot", status=RunStatus.CANCELLED)
    archive_run(session, Actor("Ada"), store_run(session, questions, right=[], method="one_stage"))
    overview = look_over(session, Actor("Ada"), "demo")
    assert overview.compared is not None
    assert overview.compared[:2] == (1, 2)
    app = open_page("evaluate/compare")
    assert (app.selectbox(key="link_a").value, app.selectbox(key="link_b").value) == (1, 2)
    listed = app.selectbox(key="link_a").options
    assert [one.split(" · ", 4)[4:] for one in listed] == [["archived"], ["cancelled"], [], []]
