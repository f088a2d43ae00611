"""One question with everything that runs and people have said about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import NoteRow, PredictionRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.pure.predictions.metrics import option_probabilities
from scicot.services.evaluation.tags import TagMark, list_marks
from scicot.services.predictions.store import to_prediction
from scicot.services.questions.lookup import get_question
from scicot.services.rationales.texts import StoredRationale, list_rationales
from scicot.services.runs.runs import get_run
from scicot.words.errors import InvalidInput
from scicot.words.people import Action, needs
from scicot.words.records import Actor, Origin, Prediction, StoredQuestion, Variant
from scicot.words.runs import RunView

MAX_RUNS = 4  # side by side on one screen


@dataclass(frozen=True, slots=True)
class RunAnswer:
    """What one run said to the question; `prediction` is None when it was not asked it.

    `probabilities` are shares of the options; `variants` holds the answering stage's other
    predictions, given another rationale or none.
    """

    run: RunView
    prediction_id: int | None
    prediction: Prediction | None
    probabilities: Mapping[str, float] = field(default_factory=dict)
    flags: Sequence[str] = ()
    marks: Sequence[TagMark] = ()
    variants: Mapping[Variant, Prediction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    """A remark that somebody left on the question."""

    id: int
    run_id: int | None
    text: str
    actor: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question, the answers of the chosen runs, and what teachers and people wrote."""

    question: StoredQuestion
    answers: Sequence[RunAnswer]
    explanations: Sequence[StoredRationale]
    notes: Sequence[Note]


def view_question(session: Session, question_id: int, run_ids: Sequence[int]) -> QuestionView:
    """Return one question in the light of up to four runs; raises NotFound for any of them."""
    if len(run_ids) > MAX_RUNS:
        raise InvalidInput(f"{len(run_ids)} runs were chosen; {MAX_RUNS} fit. Leave some out.")
    question = get_question(session, question_id)
    rows = session.scalars(
        select(PredictionRow).where(
            PredictionRow.question_id == question_id, PredictionRow.run_id.in_(run_ids)
        )
    ).all()
    marks = list_marks(session, [row.id for row in rows])
    return QuestionView(
        question=question,
        answers=[
            _answer(get_run(session, run_id), [row for row in rows if row.run_id == run_id], marks)
            for run_id in run_ids
        ],
        explanations=list_explanations(session, question_id),
        notes=list_notes(session, question_id),
    )


def _answer(
    run: RunView, rows: Sequence[PredictionRow], marks: Mapping[int, Sequence[TagMark]]
) -> RunAnswer:
    main = next((row for row in rows if row.variant is Variant.MAIN), None)
    variants: dict[Variant, Prediction] = {
        row.variant: to_prediction(row) for row in rows if row.variant is not Variant.MAIN
    }
    if main is None:
        return RunAnswer(run, None, None, variants=variants)
    return RunAnswer(
        run=run,
        prediction_id=main.id,
        prediction=to_prediction(main),
        probabilities=option_probabilities(main.option_log_likelihoods or {}),
        flags=main.flags or (),
        marks=marks.get(main.id, ()),
        variants=variants,
    )


def list_explanations(session: Session, question_id: int) -> list[StoredRationale]:
    """Return the teacher's, then the human rationales of a question; students' are the runs'."""
    by_others = list_rationales(session, question_id, (Origin.TEACHER, Origin.HUMAN))
    return sorted(
        by_others,
        key=lambda stored: (stored.origin is not Origin.TEACHER, stored.source, stored.sample),
    )


def list_notes(session: Session, question_id: int) -> list[Note]:
    """Return the notes on a question, oldest first."""
    rows = session.scalars(
        select(NoteRow).where(NoteRow.question_id == question_id).order_by(NoteRow.id)
    )
    return [Note(row.id, row.run_id, row.text, row.actor, row.created_at) for row in rows]


@needs(Action.NOTE)
def add_note(
    session: Session, actor: Actor, question_id: int, text: str, *, run_id: int | None = None
) -> int:
    """Leave a note on a question, in the light of a run if one is given; return its id."""
    if not text.strip():
        raise InvalidInput("The note is empty. Write something first.")
    get_question(session, question_id)
    with write(session):
        row = NoteRow(
            question_id=question_id,
            run_id=run_id,
            text=text.strip(),
            actor=actor.name,
            created_at=utc_now(),
        )
        session.add(row)
        session.flush()
        return row.id
