"""What texts do to one student: four inputs a rationale, each with the options scored after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select

from db.models import QuestionRow, RationaleRow, RevisionRow
from scicot.adapters.students.asking.scoring import OptionScore
from scicot.pure.methods.registry import plan_of
from scicot.pure.students.texts import form_of, question_with_rationale, rationale_text
from scicot.pure.worth.measure import measure_worth
from scicot.services.students.answering import Answering
from scicot.services.students.answers import as_read, option_texts
from scicot.services.students.stages import TrainedStage
from scicot.words.configs import WorthConfig
from scicot.words.records import StoredQuestion
from scicot.words.worth import Worth

# the rationales that can be measured, in the order of `Measured`: there are options and a key
MEASURABLE: Select[int, int, int, str, str] = (
    select(
        RationaleRow.id,
        RevisionRow.id,
        RationaleRow.question_id,
        RevisionRow.text,
        RationaleRow.source,
    )
    .join(RationaleRow.current)
    .join(QuestionRow, QuestionRow.id == RationaleRow.question_id)
    .where(QuestionRow.answer_key != "", QuestionRow.answer_form.is_(None))
)


@dataclass(frozen=True, slots=True)
class Measured:
    """A rationale's current text, with the question it explains and whose it is."""

    rationale_id: int
    revision_id: int
    question_id: int
    text: str
    source: str


def name_student(config: WorthConfig) -> str:
    """Return what the worths are stored under."""
    return f"untrained {config.student}" if config.run is None else f"run {config.run}"


def measure_items(
    answering: Answering,
    stage: TrainedStage,
    items: Sequence[Measured],
    questions: Mapping[int, StoredQuestion],
    kind: str = "measured",
) -> dict[tuple[int, int], Worth]:
    """Return the worth of each rationale to one student, by (rationale, revision).

    What is asked without a rationale is asked once a question, however many texts it has. What
    `strip_answer` takes from the texts is counted in `answering.cuts`, under their kind.
    """
    config = answering.config
    form, prefix = form_of(config), plan_of(config).answers.answer.task.prefix
    texts = [as_read(config, item.text, answering.cuts, kind) or "" for item in items]
    places = [item.question_id for item in items]
    each = list(dict.fromkeys(places))

    def score(inputs: Sequence[str], asked: Sequence[int]) -> list[dict[str, float]]:
        options = [option_texts(config, questions[key]) for key in asked]
        scores = answering.score(
            stage,
            [prefix + text for text in inputs],
            [scored for _, scored in options],
            [before for before, _ in options],
        )
        return [_by_label(questions[key], row) for key, row in zip(asked, scores, strict=True)]

    def ask(rationale: str | None, key: int) -> str:
        return question_with_rationale(questions[key], rationale, form)

    bare = dict(zip(each, score([ask(None, key) for key in each], each), strict=True))
    nothing = dict(zip(each, score([rationale_text("")] * len(each), each), strict=True))
    helped = score([ask(text, key) for text, key in zip(texts, places, strict=True)], places)
    alone = score([rationale_text(text) for text in texts], places)
    return {
        (item.rationale_id, item.revision_id): measure_worth(
            questions[item.question_id].answer_key,
            bare=bare[item.question_id],
            helped=helped[place],
            alone=alone[place],
            nothing=nothing[item.question_id],
        )
        for place, item in enumerate(items)
    }


def _by_label(question: StoredQuestion, scores: Sequence[OptionScore]) -> dict[str, float]:
    return {label: score.total for label, score in zip(question.labels, scores, strict=True)}
