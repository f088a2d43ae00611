"""Free answers through the whole line: trained, predicted, asked again, attributed, sliced."""

import json
from pathlib import Path

from sqlalchemy.orm import Session

from scicot.cli.handlers import HANDLERS
from scicot.pure.evaluation.slices import Dimension
from scicot.services.evaluation.asking import start_attribution
from scicot.services.evaluation.attribution import attribute_errors
from scicot.services.evaluation.slices import load_slices
from scicot.services.evaluation.what_if import answer_draft, describe_draft, to_draft
from scicot.services.predictions.store import list_predictions
from scicot.services.questions.imports import import_questions
from scicot.services.questions.lookup import list_questions
from scicot.services.rationales.imports import add_supports
from scicot.services.runs.worker import run_worker
from scicot.services.training.snapshots import create_snapshot
from scicot.words.configs import AttributionConfig
from scicot.words.records import Actor, Outcome, RunStatus, Split
from scicot.words.settings import Settings
from tests.services.training_line import tiny_config, train
from tests.tiny_students import tiny_t5

__all__ = ["tiny_t5"]


def test_free_answers_go_through_the_whole_line(
    session: Session, settings: Settings, actor: Actor, tmp_path: Path, tiny_t5: Path
) -> None:
    folder = tmp_path / "sums"
    folder.mkdir()
    for split, numbers in (("train", range(6)), ("test", range(6, 8))):
        rows = [
            {"question": f"How much is {n} and {n}?", "answer": f"{n} twice.\n#### {n + n}"}
            for n in numbers
        ]
        (folder / f"{split}.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    done = import_questions(session, actor, str(folder), dataset="sums", add_supports=add_supports)
    assert (done.layout, done.rationales) == ("free", 8)
    create_snapshot(session, actor, name="worked", dataset="sums")
    config = tiny_config("sci_cot", tiny_t5, dataset="sums", snapshot="worked")
    run = train(session, settings, config)
    question = list_questions(session, "sums", Split.TEST)[0]
    predictions = list_predictions(session, run.id)
    assert len(predictions) == 2
    assert not any(prediction.option_label for prediction in predictions)
    (stored,) = (one for one in predictions if one.question_id == question.id)
    draft = to_draft(question, stored.rationale)
    answer = answer_draft(session, settings, run.id, question, draft)
    assert (answer.output, answer.label, answer.probabilities) == (stored.output, stored.label, {})
    assert describe_draft(question, draft, answer, answer)
    attribution = start_attribution(session, actor, AttributionConfig(run=run.id))
    assert run_worker(attribution, settings, HANDLERS) is RunStatus.DONE
    session.rollback()
    errors = sum(one.outcome is not Outcome.CORRECT for one in predictions)
    assert attribute_errors(session, run.id).errors == errors
    slices = load_slices(session, run.id, run.id).rows(Dimension.DATASET)
    assert [(part.value, len(part.question_ids)) for part in slices] == [("sums", 2)]
