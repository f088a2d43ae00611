"""Five choices in a row in each box of each page: every one of them holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from scicot.pure.methods.registry import make_config
from scicot.services.training.snapshots import create_snapshot
from scicot.words.records import Actor, RationaleStatus, Split
from tests.builders import store_questions, store_rationale
from tests.pages.driver import open_page
from tests.predictions import store_trained

PAGES = (
    *("prepare/questions", "prepare/generate", "prepare/review", "prepare/clean"),
    *("train/launch", "train/runs", "system/health", "system/people"),
)


@pytest.fixture
def filled(session: Session, tmp_path: Path) -> None:
    for dataset in ("demo", "other"):
        questions = store_questions(session, tmp_path / dataset, dataset=dataset)
        for number, question in enumerate(questions[Split.TRAIN]):
            status = RationaleStatus.ACCEPTED if number % 2 else RationaleStatus.UNREVIEWED
            store_rationale(session, question, f"Reason {number}.", status=status)
        create_snapshot(session, Actor("Ada"), name=f"first-{dataset}", dataset=dataset)
        for method in ("sci_cot", "one_stage"):
            config = make_config(method=method, dataset=dataset, snapshot=f"first-{dataset}")
            store_trained(session, questions[Split.TEST], config)


def choices_of(box: Any, kind: str) -> list[Callable[[Any], Any]]:
    """Return five presses, each a choice other than the one before."""
    if kind == "selectbox":
        if len(box.options) < 2:
            return []
        places = [place for place in range(len(box.options)) if place != box.index]
        order = [places[n % len(places)] if n % 2 == 0 else box.index or 0 for n in range(5)]
        return [lambda chosen, place=place: chosen.select_index(place) for place in order]
    if kind == "toggle":
        return [lambda chosen, on=bool(n % 2): chosen.set_value(on) for n in range(5)]
    if kind == "text_input":
        return [lambda chosen, word=f"w{n}": chosen.set_value(word) for n in range(5)]
    low, high = box.min, box.max
    values = [low + n * (box.step or 1) for n in range(5)]
    values = [value for value in values if high is None or value <= high]
    return [lambda chosen, value=value: chosen.set_value(value) for value in values]


def state_of(box: Any, kind: str) -> object:
    return box.index if kind == "selectbox" else box.value


def find(page: AppTest, kind: str, key: str) -> Any | None:
    return next((box for box in page.get(kind) if box.key == key), None)


@pytest.mark.parametrize("name", PAGES)
def test_five_choices_in_a_row_hold_in_every_box(filled: None, name: str) -> None:
    kinds = ("selectbox", "toggle", "text_input", "number_input")
    page = open_page(name, dataset="demo")
    assert not page.exception
    boxes = [(kind, box.key) for kind in kinds for box in page.get(kind) if box.key]
    for kind, key in boxes:
        box = find(page, kind, key)
        if box is None or box.disabled:
            continue  # an earlier choice took it away
        for number, choose in enumerate(choices_of(box, kind)):
            box = find(page, kind, key)
            if box is None:
                break  # this choice takes its own box away, as renaming does
            choose(box)
            wanted = state_of(box, kind)
            page.run()
            assert not page.exception, (key, number)
            after = find(page, kind, key)
            if after is not None:
                assert state_of(after, kind) == wanted, (key, number)
