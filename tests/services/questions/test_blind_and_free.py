import json
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from scicot.services.evaluation.comparison import compare_runs
from scicot.services.evaluation.results import score_runs
from scicot.services.predictions.files import export_predictions, import_predictions
from scicot.services.predictions.store import list_predictions
from scicot.services.questions.browser import QuestionFilter, find_questions
from scicot.services.questions.imports import import_questions
from scicot.services.teacher.generation import choose_questions
from scicot.words.asking_configs import GenerationConfig
from scicot.words.errors import InvalidConfig, InvalidInput
from scicot.words.records import Actor, Outcome, Split


def predict(
    session: Session, folder: Path, rows: list[dict[str, str]], dataset: str, name: str = "peer"
) -> int:
    path = folder / f"{name}.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    done = import_predictions(
        session, Actor("Ada"), path, dataset=dataset, split=Split.TEST, name=name
    )
    return done.run


def test_a_blind_test_is_predicted_and_exported_and_never_scored(
    session: Session, actor: Actor, cases_folder: Path, tmp_path: Path
) -> None:
    path = str(cases_folder / "04-answer-keys" / "blindtest-Test.jsonl")
    import_questions(session, actor, path, dataset="blind")
    rows = [{"id": "k", "output": "The answer is (B) Mars."}]
    run, other = (predict(session, tmp_path, rows, "blind", name) for name in ("one", "two"))
    (prediction,) = list_predictions(session, run)
    assert (prediction.label, prediction.outcome) == ("B", Outcome.UNSCORED)
    assert score_runs(session, [run]) == {}
    with pytest.raises(InvalidInput, match="keys are not known"):
        compare_runs(session, run, other)
    export_predictions(session, Actor("Ada"), run, tmp_path / "out.jsonl")
    line = json.loads((tmp_path / "out.jsonl").read_text())
    assert (line["label"], line["answer_key"], line["outcome"]) == ("B", None, "unscored")
    with pytest.raises(InvalidConfig, match="without an answer key"):
        choose_questions(session, GenerationConfig(dataset="blind", split=Split.TEST))


def test_free_answers_are_imported_answered_and_scored(
    session: Session, actor: Actor, tmp_path: Path
) -> None:
    path = tmp_path / "gsm-test.jsonl"
    rows = [
        {"question": f"How much is {n} and {n}?", "answer": f"It is {n}+{n}.\n#### {n + n}"}
        for n in (2, 500)
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    done = import_questions(session, actor, str(path), dataset="gsm")
    assert (done.layout, done.added) == ("free", 2)
    lines, total = find_questions(session, QuestionFilter("gsm"))
    assert (total, {line.labels for line in lines}) == (2, {""})
    outputs = [
        {"question": "How much is 2 and 2?", "output": "2 and 2. The answer is 4."},
        {"question": "How much is 500 and 500?", "output": "#### 1,001"},
    ]
    run = predict(session, tmp_path, outputs, "gsm")
    assert [one.outcome for one in list_predictions(session, run)] == ["correct", "incorrect"]
    assert score_runs(session, [run])[run].score.accuracy == 0.5
