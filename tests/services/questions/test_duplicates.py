import json
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from scicot.services.questions.duplicates import list_duplicates, questions_in_test
from scicot.services.questions.imports import import_questions
from scicot.services.questions.lookup import list_questions
from scicot.services.training.data import read_training_data
from scicot.words.configs import TrainingConfig
from scicot.words.errors import InvalidConfig
from scicot.words.records import Actor, Split
from tests.builders import arc_row


def write_rows(path: Path, rows: list[dict[str, object]]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")


def other_order(row: dict[str, object], name: str) -> dict[str, object]:
    """The same question with its options turned round, in capitals, under another id."""
    question = json.loads(json.dumps(row["question"]))
    texts = [choice["text"] for choice in question["choices"]][::-1]
    for choice, text in zip(question["choices"], texts, strict=True):
        choice["text"] = text
    question["stem"] = str(question["stem"]).upper()
    return {"id": name, "question": question, "answerKey": "A"}


def test_what_stands_in_test_is_found_said_and_left_out_of_training(
    session: Session, actor: Actor, tmp_path: Path
) -> None:
    rows = [arc_row(number) for number in range(6)]
    write_rows(tmp_path / "set" / "Mine-Train.jsonl", [*rows, other_order(rows[1], "copy")])
    write_rows(tmp_path / "set" / "Mine-Test.jsonl", [other_order(rows[1], "tested")])
    done = import_questions(session, actor, str(tmp_path / "set"), dataset="mine")
    pairs = [(one.first.external_id, one.second.external_id) for one in done.duplicates]
    assert pairs == [("Q1", "copy"), ("Q1", "tested"), ("copy", "tested")]
    assert [one.is_across for one in done.duplicates] == [False, True, True]
    train = {one.id: one.external_id for one in list_questions(session, "mine", Split.TRAIN)}
    assert {train[key] for key in questions_in_test(session, "mine")} == {"Q1", "copy"}
    config = TrainingConfig(method="finetune", dataset="mine")
    data = read_training_data(session, config)
    assert (len(data.train), data.left_out) == (5, 2)
    kept = read_training_data(session, config.model_copy(update={"leave_out_tested": False}))
    assert (len(kept.train), kept.left_out) == (7, 0)


def test_of_a_crowd_of_copies_none_that_stands_in_test_is_trained_on(
    session: Session, actor: Actor, tmp_path: Path
) -> None:
    """Each of more than 50 is paired with the first alone, which here is a training question."""
    copies = [{**arc_row(1), "id": f"copy{number}"} for number in range(60)]
    write_rows(tmp_path / "set" / "Mine-Train.jsonl", [arc_row(0), *copies])
    write_rows(tmp_path / "set" / "Mine-Test.jsonl", [{**copies[0], "id": f"t{n}"} for n in (1, 2)])
    done = import_questions(session, actor, str(tmp_path / "set"), dataset="mine")
    assert len(done.duplicates) == 61
    assert {pair.first.external_id for pair in done.duplicates} == {"copy0"}
    data = read_training_data(session, TrainingConfig(method="finetune", dataset="mine"))
    assert ([one.external_id for one in data.train], data.left_out) == (["Q0"], 60)


def test_nearly_the_same_is_listed_and_kept(session: Session, actor: Actor, tmp_path: Path) -> None:
    text = (
        "On a walk in the wood by the river a class finds a small green plant with long roots and "
        "white flowers. The teacher asks them to look closely at each of its parts with a lens, "
        "and to write down what the plant needs to live through the summer and the winter."
    )
    options = [{"label": "A", "text": "It drinks by its roots."}, {"label": "B", "text": "No."}]
    rows: list[dict[str, object]] = [
        {"id": name, "question": {"stem": stem, "choices": options}, "answerKey": "A"}
        for name, stem in (("a", f"{text} Why?"), ("b", f"{text} Why so?"), ("c", "Who is it?"))
    ]
    write_rows(tmp_path / "set" / "Mine-Train.jsonl", rows[:1])
    write_rows(tmp_path / "set" / "Mine-Test.jsonl", rows[1:])
    import_questions(session, actor, str(tmp_path / "set"), dataset="mine")
    (pair,) = list_duplicates(session, ["mine"])
    assert (pair.first.external_id, pair.second.external_id) == ("a", "b")
    assert 0.8 <= pair.similarity < 1
    assert questions_in_test(session, "mine") == set()
    assert questions_in_test(session, "mine", near=True) == {pair.first.id}
    config = TrainingConfig(method="finetune", dataset="mine")
    data = read_training_data(session, config)
    assert (len(data.train), data.left_out, data.near_kept) == (1, 0, 1)
    with pytest.raises(InvalidConfig, match="1 stand in the test split too and are left out"):
        read_training_data(session, config.model_copy(update={"leave_out_near": True}))


def test_arc_has_three_questions_in_easys_train_and_test_and_one_twice_in_challenges_train(
    session: Session, actor: Actor, arc_folder: Path
) -> None:
    import_questions(session, actor, str(arc_folder), dataset="arc")
    easy = [pair for pair in list_duplicates(session, ["arc-easy"]) if pair.is_exact]
    assert {(pair.first.split, pair.second.split) for pair in easy} == {(Split.TRAIN, Split.TEST)}
    assert len(easy) == len(questions_in_test(session, "arc-easy")) == 3
    (twice,) = (pair for pair in list_duplicates(session, ["arc-challenge"]) if pair.is_exact)
    assert (twice.first.external_id, twice.second.external_id) == ("MEA_2011_8_8", "MEA_2012_5_8")
