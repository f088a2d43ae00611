from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db.models import SnapshotRow
from scicot.cli.handlers import HANDLERS
from scicot.pure.worth.broken import Break
from scicot.services.evaluation.teachers import compare_teachers
from scicot.services.review.items import load_item
from scicot.services.review.queue import next_items
from scicot.services.runs.runs import create_run, get_run, list_runs
from scicot.services.runs.worker import run_worker
from scicot.services.training.choosing import Criteria
from scicot.services.training.snapshots import create_snapshot, snapshot_texts
from scicot.services.worth.run import list_unmeasured, start_worth
from scicot.services.worth.show import show_worth
from scicot.services.worth.store import load_worths, store_worths, worths_by_revision
from scicot.words.configs import WorthConfig
from scicot.words.errors import InvalidInput, RunNotInState
from scicot.words.records import Actor, RationaleStatus, RunKind, RunStatus, Split
from scicot.words.reviewing import Queue, QueueFilter, WorthFilter
from scicot.words.settings import Settings
from scicot.words.worth import Worth
from tests.builders import store_rationale
from tests.cli.runner import run_json
from tests.pages.driver import open_page
from tests.pages.tables import read_tables, texts
from tests.predictions import store_run
from tests.services.training_line import Questions, prepare, tiny_config, train
from tests.tiny_students import tiny_t5

__all__ = ["tiny_t5"]


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> Questions:
    return prepare(session, tmp_path / "files", train=6, validation=0, test=2)


def measure(session: Session, settings: Settings, config: WorthConfig) -> Any:
    run_id = start_worth(session, settings, Actor("Ada"), config)
    session.rollback()
    assert run_worker(run_id, settings, HANDLERS) is RunStatus.DONE, get_run(session, run_id).error
    return get_run(session, run_id).result


def test_an_untrained_student_measures_every_rationale_once(
    session: Session, settings: Settings, questions: Questions, tiny_t5: Path
) -> None:
    config = WorthConfig(dataset="demo", student=str(tiny_t5))
    result = measure(session, settings, config)
    assert result["rationales"] == 6
    session.rollback()
    assert len(load_worths(session, range(1, 50))) == 6
    with pytest.raises(InvalidInput, match="no rationale that untrained"):
        start_worth(session, settings, Actor("Ada"), config)
    store_rationale(session, questions[Split.TEST][0], "A new one.")
    assert len(list_unmeasured(session, config)) == 1


def test_no_question_is_judged_by_a_student_that_trained_on_it(
    session: Session, settings: Settings, questions: Questions, tiny_t5: Path
) -> None:
    trained = train(session, settings, tiny_config("finetune", tiny_t5, epochs=1))
    store_rationale(session, questions[Split.TEST][0], "Not trained on.")
    session.rollback()
    result = measure(session, settings, WorthConfig(dataset="demo", run=trained.id))
    # the run's own student for the test question, and one for each half of the training questions
    assert (result["rationales"], result["judges"]) == (7, 3)


def test_worth_is_set_against_verdicts_and_goes_out_with_the_rationales(
    session: Session, settings: Settings, questions: Questions, tiny_t5: Path, tmp_path: Path
) -> None:
    for question in questions[Split.TRAIN]:
        store_rationale(session, question, "No.", source="other", status=RationaleStatus.REJECTED)
    with pytest.raises(InvalidInput, match="worth run --dataset demo"):
        show_worth(session, "demo")
    measure(session, settings, WorthConfig(dataset="demo", student=str(tiny_t5)))
    found = run_json("worth", "show", "--dataset", "demo")
    assert found["rationales"] == 12
    assert found["verdicts"] == {"rejected": 6, "approved": 6}
    value, low, high = found["auc"]["help"]
    assert 0 <= low <= value <= high <= 1
    assert set(found["auc"]) == {"help", "leak", "flags", "all"}
    assert [source["rationales"] for source in found["sources"]] == [6, 6]
    path = tmp_path / "out.jsonl"
    run_json("export", "rationales", path, "--dataset", "demo")
    assert '"help": ' in path.read_text(encoding="utf-8")
    assert '"leak": null' not in path.read_text(encoding="utf-8")


def test_a_control_measures_rationales_broken_and_stores_none_of_it(
    session: Session, settings: Settings, questions: Questions, tiny_t5: Path
) -> None:
    for question in questions[Split.TRAIN]:
        text = f"It follows. So it is {question.key_text}."
        store_rationale(session, question, text, source="ada", status=RationaleStatus.ACCEPTED)
    config = WorthConfig(dataset="demo", student=str(tiny_t5), control=4)
    result = measure(session, settings, config)
    session.rollback()
    assert len(load_worths(session, range(1, 50))) == result["rationales"] == 12
    shown = run_json("worth", "show", "--dataset", "demo")
    lines = {line["broken"]: line for line in shown["control"] if line["source"] == "ada"}
    assert set(lines) == {kind.value for kind in Break}
    assert {line["pairs"] for line in lines.values()} == {4}
    for line in lines.values():
        value, low, high = line["help"]
        assert 0 <= low <= value <= high <= 1
    quartiles = shown["sources"][0]["help_quartiles"]
    assert quartiles == sorted(quartiles)
    session.rollback()
    measure(session, settings, config)  # everything is measured, but a control can be asked again
    brought = store_run(session, list(questions[Split.TEST]), right=[], method="finetune")
    page = open_page("prepare/clean", dataset="demo", tab="Worth")
    assert not page.exception
    offered = page.selectbox(key="worth_by").options
    assert not [name for name in offered if f"run {brought}" in name], "its students are not here"
    assert len(texts(read_tables(page)["worth_control"])) == len(shown["control"])
    page.selectbox(key="worth_by").set_value("starter").run()
    assert page.button(key="worth_start").label == "Measure 12 rationales"


def test_a_second_press_queues_no_second_run(
    session: Session, settings: Settings, questions: Questions, tiny_t5: Path
) -> None:
    config = WorthConfig(dataset="demo", student=str(tiny_t5))
    first = start_worth(session, settings, Actor("Ada"), config)
    with pytest.raises(RunNotInState, match=f"Run {first} has exactly these settings"):
        start_worth(session, settings, Actor("Ada"), config)
    session.rollback()
    assert [run.id for run in list_runs(session, kinds=[RunKind.WORTH])] == [first]
    other = config.model_copy(update={"control": 2})
    assert start_worth(session, settings, Actor("Ada"), other) != first


def test_worth_orders_and_filters_the_queue(session: Session, questions: Questions) -> None:
    ids = [store_rationale(session, one, f"Text {one.id}.") for one in questions[Split.TEST]]
    revisions = {key: load_item(session, Actor("Ada"), key).rationale.revision_id for key in ids}
    run_id = create_run(session, Actor("Ada"), kind=RunKind.WORTH, name="worth", config={})
    (first, second), keys = ids, [one.answer_key for one in questions[Split.TEST]]
    worths = {
        (first, revisions[first]): Worth(0.5, 2.0, keys[0], keys[0], keys[0]),
        (second, revisions[second]): Worth(-1.0, 0.1, keys[1], "A", "A"),
    }
    store_worths(session, run_id, "run 1", worths)
    assert store_worths(session, run_id, "run 1", worths) == 0

    def shown(worth: WorthFilter) -> list[int]:
        wanted = QueueFilter("demo", Queue.UNREVIEWED, worth=worth)
        return [item.rationale.id for item in next_items(session, Actor("Ada"), wanted)]

    assert shown(WorthFilter.HELPS_LITTLE) == [second, first]
    assert shown(WorthFilter.HARMS) == [second]
    assert shown(WorthFilter.GIVES_AWAY) == [first]
    item = load_item(session, Actor("Ada"), first)
    assert item.worth is not None
    assert "gives the key away" in item.worth.say(keys[0])


def test_worth_filters_a_snapshot_and_stands_in_the_history_and_on_the_clean_page(
    session: Session, questions: Questions
) -> None:
    trained = questions[Split.TRAIN][:3]
    run_id = create_run(session, Actor("Ada"), kind=RunKind.WORTH, name="worth", config={})
    shares = ((1.0, 0.0), (0.2, 0.0), (1.0, 3.0))
    ids = []
    for question, (help_, leak) in zip(trained, shares, strict=True):
        rationale_id = store_rationale(
            session, question, "It is so.", source="peer", status=RationaleStatus.ACCEPTED
        )
        revision = load_item(session, Actor("Ada"), rationale_id).rationale.revision_id
        key = question.answer_key
        worth = {(rationale_id, revision): Worth(help_, leak, key, key, key)}
        store_worths(session, run_id, "run 1", worth)
        assert worths_by_revision(session, rationale_id)[revision][0] == "run 1"
        ids.append(rationale_id)

    def freeze(**criteria: Any) -> int:
        session.rollback()
        name, wanted = f"worth {criteria}", Criteria(**criteria)
        return create_snapshot(
            session, Actor("Ada"), name=name, dataset="demo", criteria=wanted
        ).items

    assert freeze(least_help=0.5) == 2
    assert freeze(without_leak=True) == 2
    assert freeze(least_help=0.5, without_leak=True) == 1
    assert freeze(sources=("peer",)) == 3
    assert freeze(sources=("peer",), limit=2) == 2
    session.rollback()
    two = Criteria(sources=("peer",), by_help=True, limit=2)
    best = create_snapshot(session, Actor("Ada"), name="two", dataset="demo", criteria=two)
    assert best.already_there  # as those of half a nat or more
    store_rationale(session, trained[0], "No.", source="peer", sample=1)
    page = open_page("prepare/clean", dataset="demo", tab="Worth")
    assert not page.exception
    shown = " ".join(caption.value for caption in page.caption)
    assert "3 rationales measured by run 1" in shown


def test_a_snapshot_goes_by_one_students_measures_and_says_whose(
    session: Session, questions: Questions
) -> None:
    trained = questions[Split.TRAIN][:3]
    first, second = (
        create_run(session, Actor("Ada"), kind=RunKind.WORTH, name="worth", config={})
        for _ in range(2)
    )
    for place, question in enumerate(trained):
        rationale_id = store_rationale(
            session, question, "It is so.", source="peer", status=RationaleStatus.ACCEPTED
        )
        revision = load_item(session, Actor("Ada"), rationale_id).rationale.revision_id
        key = question.answer_key
        for run_id, student, help_ in ((first, "run 1", 1.0 + place), (second, "run 2", -place)):
            if (student, place) != ("run 2", 2):  # the second has not measured all of them
                worth = {(rationale_id, revision): Worth(help_, 0.0, key, key, key)}
                store_worths(session, run_id, student, worth)

    def freeze(name: str, **criteria: Any) -> tuple[int, str | None]:
        session.rollback()
        wanted = Criteria(**criteria)
        made = create_snapshot(session, Actor("Ada"), name=name, dataset="demo", criteria=wanted)
        stored = session.get_one(SnapshotRow, made.id).criteria
        return made.items, stored.get("measured_by")

    # the third text was measured by the other student alone, which counts differently
    assert freeze("last", least_help=-0.5) == (1, "run 2")
    assert freeze("named", least_help=1.5, measured_by="run 1") == (2, "run 1")
    assert freeze("all", sources=("peer",)) == (3, None)
    with pytest.raises(InvalidInput, match=r"'run 9' has measured none .*run 2, run 1.*worth run"):
        freeze("x", by_help=True, measured_by="run 9")


def test_teachers_are_compared_by_help_and_by_the_students_that_they_make(
    session: Session, settings: Settings, questions: Questions, tiny_t5: Path
) -> None:
    first, second, *_ = questions[Split.TRAIN]
    run_id = create_run(session, Actor("Ada"), kind=RunKind.WORTH, name="worth", config={})
    for question, shares in ((first, (0.1, 0.9)), (second, (0.8, 0.2))):
        for source, help_ in zip(("starter", "peer"), shares, strict=True):
            rationale_id = store_rationale(
                session,
                question,
                f"It is so, says {source}.",
                source=source,
                sample=1,
                status=RationaleStatus.ACCEPTED,
            )
            revision = load_item(session, Actor("Ada"), rationale_id).rationale.revision_id
            worth = {(rationale_id, revision): Worth(help_, 0.0, "A", "A", "A")}
            store_worths(session, run_id, "run 1", worth)
    run = train(session, settings, tiny_config("one_stage", tiny_t5, epochs=1))
    session.rollback()
    table = compare_teachers(session, "demo")
    starter, peer = table.lines
    assert (table.student, starter.texts, peer.texts) == ("run 1", 8, 2)
    assert (starter.best_for, peer.best_for) == (1, 1)
    assert starter.help == pytest.approx(0.45)
    assert peer.help == pytest.approx(0.55)
    assert (starter.accepted, peer.decided) == (1.0, 2)
    assert [made.runs for made in starter.students] == [(run.id,)]
    assert peer.students == ()
    assert run_json("teachers", "compare", "--dataset", "demo")["student"] == "run 1"
    page = open_page("prepare/generate", dataset="demo", section="Compare")
    assert not page.exception
    assert any("run 1" in caption.value for caption in page.caption)
    session.rollback()
    by_help = Criteria(by_help=True)
    made = create_snapshot(session, Actor("Ada"), name="best", dataset="demo", criteria=by_help)
    texts = snapshot_texts(session, made.id)
    assert [texts[one.id][0].source for one in (first, second)] == ["peer", "starter"]
