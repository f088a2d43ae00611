import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import ImportRow, QuestionRow, RationaleRow
from scicot.services.questions.imports import import_questions
from scicot.services.questions.lookup import count_questions, list_questions
from scicot.services.rationales.imports import RationaleSource, import_rationales
from scicot.words.errors import Conflict, InvalidInput, InvalidRationale, NotFound
from scicot.words.records import Actor, Origin, RationaleStatus, Split
from tests.builders import arc_row, store_questions
from tests.cli.runner import ROOT


def write_rows(path: Path, rows: Sequence[object]) -> str:
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return str(path)


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_arc_folder_brings_all_questions_in_their_official_splits(
    session: Session, actor: Actor, arc_folder: Path
) -> None:
    done = import_questions(session, actor, str(arc_folder), dataset="arc")
    assert done.datasets == {
        "arc-challenge": {"train": 1119, "validation": 299, "test": 1172},
        "arc-easy": {"train": 2251, "validation": 570, "test": 2376},
    }
    assert (done.added, done.already_there) == (7787, 0)
    again = import_questions(session, actor, str(arc_folder), dataset="arc")
    assert (again.added, again.already_there) == (0, 7787)
    assert again.first_imported is not None
    easy = list_questions(session, "arc-easy", Split.TRAIN)
    assert easy[0].external_id == "Mercury_7220990"
    assert {len(question.choices) for question in easy} == {3, 4, 5}
    assert sum(question.labels[0] == "1" for question in easy) == 102


def test_human_rationales_join_by_question_id(
    session: Session, actor: Actor, arc_folder: Path, rationales_folder: Path
) -> None:
    import_questions(session, actor, str(arc_folder), dataset="arc")
    path = rationales_folder / "worldtree_v1.jsonl"
    done = import_rationales(
        session, actor, path, dataset="arc", source=RationaleSource("worldtree")
    )
    assert (done.added, done.already_there, len(done.unmatched)) == (1213, 0, 0)
    again = import_rationales(
        session, actor, path, dataset="arc", source=RationaleSource("worldtree")
    )
    assert (again.added, again.already_there, len(again.unmatched)) == (0, 1213, 0)
    row = session.scalars(select(RationaleRow).limit(1)).one()
    assert (row.origin, row.status) == (Origin.HUMAN, RationaleStatus.ACCEPTED)


def test_one_bad_row_writes_nothing_and_is_named(
    session: Session, actor: Actor, tmp_path: Path
) -> None:
    rows = [arc_row(number) for number in range(20)]
    rows[12]["answerKey"] = "F"
    path = write_rows(tmp_path / "Mine-Train.jsonl", list(rows))
    with pytest.raises(
        InvalidInput, match=r"Mine-Train.jsonl, row 13: answer_key 'F' is not among"
    ):
        import_questions(session, actor, path, dataset="mine")
    assert count(session, QuestionRow) == 0
    assert count(session, ImportRow) == 0


def test_bad_rows_are_left_out_and_listed_when_asked(
    session: Session, actor: Actor, tmp_path: Path
) -> None:
    rows = [arc_row(number) for number in range(5)]
    rows[1]["answerKey"] = "F"
    path = write_rows(tmp_path / "Mine-Train.jsonl", list(rows))
    done = import_questions(session, actor, path, dataset="mine", skip_bad_rows=True)
    assert done.added == 4
    assert [row.row for row in done.rejected] == [2]


def test_same_id_with_other_content_is_refused(
    session: Session, actor: Actor, tmp_path: Path
) -> None:
    path = write_rows(tmp_path / "Mine-Train.jsonl", [arc_row(1)])
    import_questions(session, actor, path, dataset="mine")
    changed = arc_row(1) | {"answerKey": "A"}
    other = write_rows(tmp_path / "Other-Train.jsonl", [changed])
    with pytest.raises(Conflict, match="'Q1' with other content"):
        import_questions(session, actor, other, dataset="mine")
    assert list_questions(session, "mine", Split.TRAIN)[0].answer_key == "B"


def test_an_id_twice_in_one_file_is_refused(session: Session, actor: Actor, tmp_path: Path) -> None:
    rows = [arc_row(1), arc_row(1) | {"answerKey": "A"}]
    path = write_rows(tmp_path / "Mine-Train.jsonl", rows)
    with pytest.raises(InvalidInput, match="'Q1' stands twice"):
        import_questions(session, actor, path, dataset="mine")
    assert count(session, QuestionRow) == 0


def test_a_file_without_a_split_in_its_name_needs_one(
    session: Session, actor: Actor, tmp_path: Path
) -> None:
    path = write_rows(tmp_path / "questions.jsonl", [arc_row(1)])
    with pytest.raises(InvalidInput, match="--split"):
        import_questions(session, actor, path, dataset="mine")
    done = import_questions(session, actor, path, dataset="mine", split=Split.TEST)
    assert done.datasets == {"mine": {"test": 1}}


def test_a_hub_data_set_is_read_in_its_own_layout_at_its_revision(
    session: Session, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    import datasets

    asked = []

    def load(name: str, config: str | None, revision: str | None) -> dict[str, list[object]]:
        asked.append((name, config, revision))
        row = {"question": "Is ice lighter than water?", "choices": ["yes", "no"], "answer": 0}
        return {"auxiliary_train": [row], "test": [row | {"question": "Is it?", "answer": 1}]}

    monkeypatch.setattr(datasets, "load_dataset", load)
    done = import_questions(session, actor, "hub:cais/mmlu:physics@abc123", dataset="mmlu")
    assert asked == [("cais/mmlu", "physics", "abc123")]
    assert (done.datasets, done.layout) == ({"mmlu": {"train": 1, "test": 1}}, "list")


def test_a_hub_that_cannot_be_reached_is_said(
    session: Session, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    import datasets

    def refuse(*_: object, **__: object) -> None:
        raise ConnectionError("no route")

    monkeypatch.setattr(datasets, "load_dataset", refuse)
    with pytest.raises(InvalidInput, match="hub:someone/else cannot be read"):
        import_questions(session, actor, "hub:someone/else", dataset="mine")


def test_an_empty_rationale_writes_nothing(session: Session, actor: Actor, tmp_path: Path) -> None:
    store_questions(session, tmp_path / "data")
    path = tmp_path / "rationales.jsonl"
    write_rows(
        path, [{"id": "Train-0", "rationale": "Because."}, {"id": "Train-1", "rationale": " "}]
    )
    with pytest.raises(InvalidRationale, match="row 2: the rationale is empty"):
        import_rationales(session, actor, path, dataset="demo", source=RationaleSource("people"))
    assert count(session, RationaleRow) == 0


def test_rationales_for_an_unknown_dataset_are_refused(
    session: Session, actor: Actor, tmp_path: Path
) -> None:
    path = tmp_path / "rationales.jsonl"
    write_rows(path, [{"id": "Train-0", "rationale": "Because."}])
    with pytest.raises(NotFound, match="no dataset 'nowhere'"):
        import_rationales(session, actor, path, dataset="nowhere", source=RationaleSource("people"))


def test_counts_are_given_in_the_order_of_splits(session: Session, tmp_path: Path) -> None:
    store_questions(session, tmp_path / "data", train=3, validation=2, test=1)
    assert list(count_questions(session)["demo"].items()) == [
        ("train", 3),
        ("validation", 2),
        ("test", 1),
    ]


def test_the_starter_set_needs_no_file(session: Session, actor: Actor) -> None:
    done = import_questions(session, actor, "starter", dataset="starter")
    assert done.datasets == {"starter": {"train": 36, "validation": 6, "test": 18}}


@pytest.mark.sqlite
def test_the_same_rows_brought_by_two_at_once_under_two_names_are_one_import(
    session: Session, tmp_path: Path
) -> None:
    session.close()
    names = ("first.jsonl", "second.jsonl")
    for name in names:
        rows = "".join(f"{json.dumps(arc_row(number))}\n" for number in range(300))
        (tmp_path / name).write_text(rows)
    words = ("--dataset", "demo", "--split", "train", "--json")
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "scicot", "import", "questions", tmp_path / name, *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in names
    ]
    done = [json.loads(importer.communicate()[0].splitlines()[-1]) for importer in both]
    assert sorted(counts["added"] for counts in done) == [0, 300]
    assert sorted(counts["already_there"] for counts in done) == [0, 300]
    assert len(list_questions(session, "demo", Split.TRAIN)) == 300
