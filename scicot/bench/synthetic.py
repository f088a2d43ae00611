"""A made-up database of many finished runs, to time the evaluation pages on.

Questions, skills and texts are drawn from a seed. Nothing in it is a result of anything.
"""

from __future__ import annotations

import random
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from db.models import DatasetRow, ExperimentRow, QuestionRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.pure.hashing import content_hash
from scicot.pure.methods.registry import find_method, list_in_table, make_config, needs_rationales
from scicot.services.predictions.store import store_predictions
from scicot.services.questions.lookup import list_questions
from scicot.services.runs.runs import create_run
from scicot.words.configs import FRACTIONS
from scicot.words.records import (
    Actor,
    Outcome,
    Prediction,
    RunKind,
    RunStatus,
    Split,
    StoredQuestion,
)

ACTOR = Actor("bench")
WORDS = tuple(
    "energy water light plant animal rock force heat metal cell air soil ocean star motion sound "  # noqa: SIM905
    "wave seed leaf bone magnet current cloud planet moon sugar oxygen carbon the a of to because "
    "when into from which moves grows falls melts changes causes needs gives".split()
)
STARTS = ("Which", "What", "How", "Why", "A student", "When", "In a forest, which", "Where")
SKILL = {
    method.name: skill
    for method, skill in zip(list_in_table("methods"), (0.38, 0.40, 0.44), strict=True)
}


def build_synthetic(session: Session, *, runs: int, questions: int, name: str = "synthetic") -> int:
    """Store the made-up dataset and its runs and return the experiment's id.

    Runs go round three methods, the paper's fractions from the largest down, then seeds.
    """
    draw = random.Random(0)
    now = utc_now()
    with write(session):
        dataset = DatasetRow(name=name, created_at=now)
        experiment = ExperimentRow(name=name, config={}, actor=ACTOR.name, created_at=now)
        session.add_all([dataset, experiment])
        session.flush()
        rows = [_question(draw, dataset.id, number, now) for number in range(questions)]
        session.execute(insert(QuestionRow), rows)
        dataset_id, experiment_id = dataset.id, experiment.id
    asked = list_questions(session, name, Split.TEST)
    hardness = {question.external_id: draw.gauss(0, 0.15) for question in asked}
    methods, fractions = list(SKILL), sorted(FRACTIONS, reverse=True)
    for number in range(runs):
        method = methods[number % 3]
        fraction = fractions[number // 3 % len(fractions)]
        seed = number // (3 * len(fractions))
        config = make_config(
            method=method, dataset=name, snapshot=name, fraction=fraction, seed=seed
        )
        run_id = create_run(
            session,
            ACTOR,
            kind=RunKind.TRAIN,
            name=f"{method} {name} {fraction:g} seed {seed}",
            config=config.model_dump(mode="json"),
            dataset_id=dataset_id,
            method=method,
            experiment_id=experiment_id,
            status=RunStatus.DONE,
        )
        skill = SKILL[method] - 0.04 * (fractions.index(fraction))
        predicted = [
            _predict(draw, question, skill - hardness[question.external_id], method)
            for question in asked
        ]
        store_predictions(session, run_id, predicted)
    return experiment_id


def _question(
    draw: random.Random, dataset_id: int, number: int, now: datetime
) -> dict[str, object]:
    labels = "1234" if number % 11 == 0 else "ABCDE"[: draw.choice((3, 4, 4, 4, 4, 4, 5))]
    choices = [{"label": label, "text": _text(draw, draw.randint(1, 6))} for label in labels]
    stem = f"{draw.choice(STARTS)} {_text(draw, draw.randint(6, 40))}?"
    return {
        "dataset_id": dataset_id,
        "split": Split.TEST,
        "external_id": f"S{number}",
        "position": number,
        "stem": stem,
        "choices": choices,
        "answer_key": draw.choice(labels),
        "content_hash": content_hash([stem, choices]),
        "created_at": now,
    }


def _text(draw: random.Random, words: int) -> str:
    return " ".join(draw.choices(WORDS, k=words))


def _predict(
    draw: random.Random, question: StoredQuestion, chance: float, method: str
) -> Prediction:
    explains = needs_rationales(find_method(method))
    rationale = f"{_text(draw, 60)}." if explains else None
    scores = {label: draw.uniform(-9, -2) for label in question.labels}
    is_right = draw.random() < chance
    others = [label for label in question.labels if label != question.answer_key]
    label = question.answer_key if is_right else draw.choice(others)
    scores[label] = -1.0
    if draw.random() < 0.02:
        return Prediction(
            question.id,
            rationale,
            _text(draw, 8),
            None,
            Outcome.NO_ANSWER,
            option_log_likelihoods=scores,
            option_label=label,
        )
    return Prediction(
        question.id,
        rationale,
        f"Answer: The answer is ({label}) {question.choice_text(label)}",
        label,
        Outcome.CORRECT if is_right else Outcome.INCORRECT,
        option_log_likelihoods=scores,
        option_label=label,
    )
