"""Lists of runs, on screens and the command line: what sets runs apart stands beside them."""

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from db.models import RunRow
from db.session import write
from scicot.pure.evaluation.apart import tell_apart
from scicot.services.evaluation.teachers import compare_teachers
from scicot.services.runs.runs import get_run, list_runs
from scicot.services.training.snapshots import create_snapshot
from scicot.words.records import Actor, RationaleStatus, Split
from scicot.words.runs import RunView
from tests.builders import store_rationale
from tests.cli.runner import run_json
from tests.pages.driver import open_page
from tests.pages.tables import read_tables
from tests.services.evaluation.unlike import (
    ALIKE,
    UNLIKE,
    Questions,
    ask_of,
    store_all,
    trained_by,
)

# epochs decide nothing beside steps, and only cross_fit has folds
FOLLOWING = ("epochs", "folds")
BETWEEN = {
    "learned_from": "training",
    "kinds": {
        "training": {
            **{"questions": 4, "compared": 0, "overlap": None, "flagged": 0, "checks": {}},
            **{"correct": 1, "accuracy": 0.25},
        }
    },
}


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> Questions:
    return ask_of(session, tmp_path)


def unlike_names(a: RunView, b: RunView) -> list[str]:
    """Return in which settings two runs are unlike, but for those that a list's columns say."""
    both = a.config.keys() & b.config.keys()
    return [
        name.replace("_", " ")
        for name in both
        if a.config[name] != b.config[name] and name not in (*ALIKE, "student", *FOLLOWING)
    ]


def every_list(session: Session) -> Iterator[tuple[str, dict[int, str]]]:
    """Yield every list that has accuracies of runs beside each other, as run and text of a line."""
    results = run_json("results", "--split", "test")["runs"]
    yield "results", {line["run"]: line["differs"] for line in results}
    listed = run_json("runs", "list")["runs"]
    yield "runs list", {line["run"]: line["differs"] for line in listed}
    page = read_tables(open_page("evaluate/results", split="test"))
    for key, table in page.items():
        if key.startswith("my_runs"):
            cells = [line["cells"] for line in table["lines"]]
            yield key, {int(of[0]["press"]): " ".join(cell["text"] for cell in of) for of in cells}
    ids = [run.id for run in list_runs(session) if run.method in ("sci_cot", "one_stage")][:6]
    runs = open_page("train/runs", ticked=",".join(map(str, ids)))
    runs.button_group(key="runs_view").set_value("The ticked runs").run()
    for key, table in read_tables(runs).items():
        cells = [line["cells"] for line in table["lines"]]
        if key == "runs_table":
            yield key, {int(of[1]["press"]): of[1]["note"] for of in cells}
        if key == "ticked_table":
            yield (
                key,
                {
                    int(of[0]["text"].split(" ")[0]): " ".join(cell["text"] for cell in of)
                    for of in cells
                },
            )


@pytest.mark.parametrize("kinds", [("form", "steps", "weight"), tuple(UNLIKE)])
def test_no_list_sets_unlike_runs_side_by_side_without_saying_in_what(
    session: Session, questions: Questions, kinds: tuple[str, ...]
) -> None:
    store_all(session, questions, *kinds)
    lists = dict(every_list(session))
    assert {*lists} >= {"results", "runs list", "my_runs_arc-easy", "runs_table", "ticked_table"}
    for where, said in lists.items():
        pairs = list(combinations(said, 2))
        assert pairs, where
        for a, b in pairs:
            runs = get_run(session, a), get_run(session, b)
            if runs[0].method != runs[1].method:
                continue
            for name in unlike_names(*runs):
                assert any(name in said[run_id] for run_id in (a, b)), (where, a, b, name)


def test_runs_that_are_alike_need_no_word(session: Session, questions: Questions) -> None:
    store_all(session, questions)
    assert {*tell_apart(list_runs(session), ["dataset", "method", "fraction"]).values()} == {""}
    table = read_tables(open_page("evaluate/results", split="test"))["my_runs_arc-easy"]
    assert "Differs in" not in [head["text"] for head in table["heads"]]


def test_what_stage_2_is_given_says_in_what_runs_differ(
    session: Session, questions: Questions
) -> None:
    ids = store_all(session, questions, "start of stage 2")
    for run_id in ids:
        if get_run(session, run_id).method == "sci_cot":
            with write(session):
                session.get_one(RunRow, run_id).result = {"between_stages": BETWEEN}
    table = read_tables(open_page("evaluate/results", split="test"))["between"]
    place = [head["text"] for head in table["heads"]].index("Differs in")
    said = {line["cells"][0]["text"]: line["cells"][place]["text"] for line in table["lines"]}
    assert {*said.values()} >= {"fraction 1, stage2 init base", "fraction 0.25, stage2 init stage1"}


def test_students_of_one_teacher_say_in_what_they_differ_and_what_one_place_would_give(
    session: Session, questions: Questions
) -> None:
    first = questions["arc-easy"][Split.TRAIN][0]
    store_rationale(session, first, status=RationaleStatus.ACCEPTED)
    made = create_snapshot(session, Actor("Ada"), name="s", dataset="arc-easy")
    ids = store_all(session, questions, "form")
    of_easy = [
        run
        for run in (get_run(session, run_id) for run_id in ids)
        if run.dataset == "arc-easy" and run.method == "one_stage"
    ]
    with write(session):
        for run in of_easy:
            row = session.get_one(RunRow, run.id)
            row.snapshot_id = made.id
            row.config = {
                **row.config,
                "answer_form": "letter" if run.seed == 1 else "letter_and_text",
            }
    (line,) = compare_teachers(session, "arc-easy").lines
    said = [student.say() for student in line.students]
    assert any(
        "answer form letter," in text or text.endswith("answer form letter)") for text in said
    )
    assert any("answer form letter_and_text" in text for text in said)
    assert all("one place always 30.0" in text for text in said)


def test_precision_that_a_machine_chose_is_told(session: Session, questions: Questions) -> None:
    ids = store_all(session, questions)
    for place, run_id in enumerate(ids):
        trained_by(session, run_id, precision="bf16" if place % 2 else "fp32")
    said = {line["run"]: line["differs"] for line in run_json("runs", "list")["runs"]}
    assert all(
        f"precision {'bf16' if place % 2 else 'fp32'}" in said[run_id]
        for place, run_id in enumerate(ids)
    )
