"""Five choices in a row in each box of each page: every one of them holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from pages.shared.links import LABELS
from scicot.pure.methods.registry import make_config
from scicot.services.training.snapshots import create_snapshot
from scicot.words.records import Actor, RationaleStatus, Split
from tests.builders import store_questions, store_rationale
from tests.pages.driver import open_page
from tests.predictions import store_trained

PAGES = (
    *("prepare/questions", "prepare/generate", "prepare/review", "prepare/clean"),
    *("train/launch", "train/runs", "system/health", "system/people", "start/home"),
    *("evaluate/results", "evaluate/compare", "evaluate/inspect", "evaluate/attribution"),
)

EMPTIED = ("go_to",)  # what is written there leads to a question, and the box is empty again

# boxes that call whatever they do not know by one label: the harness is told the options
OPTIONS = {
    "call_maybe_paid": ("ask", "rebuy"),
    "launch_launcher": ("local", "slurm", "ray"),
}


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


def choices_of(box: Any, kind: str) -> list[Any]:
    """Return five choices, each another than the one before; places of a box of options."""
    if kind == "selectbox":
        if len(box.options) < 2:
            return []
        places = [place for place in range(len(box.options)) if place != box.index]
        return [places[n % len(places)] if n % 2 == 0 else box.index or 0 for n in range(5)]
    if kind == "toggle":
        return [bool(n % 2) for n in range(5)]
    if kind == "text_input":
        return [f"w{n}" for n in range(5)]
    least = (box.value or 1) if box.min is None else box.min
    values = [least + n * (box.step or 1) for n in range(5)]
    return [value for value in values if box.max is None or value <= box.max]


def choose(page: AppTest, box: Any, kind: str, choice: Any) -> None:
    if kind == "selectbox" and box.key.startswith("link_"):
        # the harness would keep the label, and could not say it again
        box.set_value(page.session_state[LABELS][box.key][box.options[choice]])
    elif box.key in OPTIONS:
        box.set_value(OPTIONS[box.key][choice])
    elif kind == "selectbox":
        box.select_index(choice)
    else:
        box.set_value(choice)


def state_of(box: Any, kind: str) -> object:
    if kind != "selectbox":
        return box.value
    # the harness keeps a label where a browser's choice has become the option itself
    return box.options.index(box.value if box.value in box.options else box.format_func(box.value))


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
        if box is None or box.disabled or box.form_id or key.startswith(("key_", *EMPTIED)):
            continue  # gone by an earlier choice; sent with its form; a single letter
        for number, choice in enumerate(choices_of(box, kind)):
            box = find(page, kind, key)
            if box is None:
                break  # this choice takes its own box away, as renaming does
            choose(page, box, kind, choice)
            page.run()
            assert not page.exception, (key, number)
            after = find(page, kind, key)
            if after is not None:
                assert state_of(after, kind) == choice, (key, number)
