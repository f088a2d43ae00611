"""The order by the probability of rejection: fitted on verdicts, calibrated, used when asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from scicot.pure.worth.rejection import calibrate, fit_rejection, predict_unseen
from scicot.services.rationales.checks import refresh_flags
from scicot.services.review.queue import next_items
from scicot.services.review.rejection import fit_queue
from scicot.words.records import Actor, RationaleStatus, Split
from scicot.words.reviewing import QueueFilter
from tests.builders import store_questions, store_rationale
from tests.cli.runner import run_json

ADA = Actor("Ada")
DEMO = QueueFilter("demo")


def test_a_fit_finds_what_rejects_and_its_calibration_says_how_often() -> None:
    features = [[float(place % 2), float(place % 3)] for place in range(60)]
    rejected = [place % 2 == 1 and place % 7 > 0 for place in range(60)]  # mostly by the first
    fit = fit_rejection(["first", "second"], features, rejected)
    assert fit.weights["first"] > 1 > abs(fit.weights["second"])
    predicted = predict_unseen(features, rejected)
    assert predicted is not None
    bins = calibrate(predicted, rejected)
    assert [part.verdicts for part in bins] == [12] * 5
    assert bins[0].rejected == 0
    assert bins[-1].interval is not None
    assert bins[-1].interval.low < bins[-1].predicted < bins[-1].interval.high
    assert predict_unseen(features[:8], rejected[:8]) is None


@pytest.fixture
def verdicts(session: Session, tmp_path: Path) -> list[int]:
    """Twelve verdicts: what chats was rejected, what names a letter approved; then one of each."""
    questions = store_questions(session, tmp_path / "demo", train=14)[Split.TRAIN]
    ids = []
    for place, question in enumerate(questions):
        chats = place % 2 == 0
        sound = f"Look how {question.key_text} behaves under gravity: it pulls, year by year."
        text = f"Sure! {sound}" if chats else f"{sound} Hence ({question.answer_key}) it is, it is."
        status = RationaleStatus.REJECTED if chats else RationaleStatus.ACCEPTED
        if place >= 12:
            status = RationaleStatus.UNREVIEWED
        ids.append(store_rationale(session, question, text, status=status))
    refresh_flags(session, ids)
    return ids


def test_the_queue_is_ordered_by_it_when_asked(session: Session, verdicts: list[int]) -> None:
    chats, names_letter = verdicts[12:]
    fitted = fit_queue(session, "demo")
    assert fitted is not None
    assert (fitted.verdicts, fitted.rejected) == (12, 6)
    assert fitted.fit.weights["chat"] > 0 > fitted.fit.weights["leaks_letter"]
    shown = [
        item.rationale.id for item in next_items(session, ADA, replace(DEMO, likely_first=True))
    ]
    assert shown == [chats, names_letter]
    found = run_json("checks", "rejection", "--dataset", "demo")
    assert found["verdicts"] == 12
    assert sum(part["verdicts"] for part in found["calibration"]) == 12


def test_without_enough_verdicts_the_checks_order_stands(session: Session, tmp_path: Path) -> None:
    question = store_questions(session, tmp_path / "demo", train=1)[Split.TRAIN][0]
    rationale_id = store_rationale(session, question)
    assert fit_queue(session, "demo") is None
    shown = next_items(session, ADA, replace(DEMO, likely_first=True))
    assert [item.rationale.id for item in shown] == [rationale_id]
    assert run_json("checks", "rejection", "--dataset", "demo")["verdicts"] == 0
