"""Links that name nothing: each page says so in a sentence and shows what there is."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from pages.shared.links import LARGEST, read_number
from scicot.pure.methods.registry import make_config
from scicot.services.questions.lookup import find_dataset_id
from scicot.services.runs.runs import create_run
from scicot.words.asking_configs import GenerationConfig
from scicot.words.records import Actor, RunKind, RunStatus, Split, StoredQuestion
from tests.builders import store_questions, store_rationale
from tests.pages.driver import open_page
from tests.predictions import store_trained

STRANGE = ("²", "9" * 5000, "-3", str(LARGEST + 1), "9e9", "１２", "<b>", "99")
PAGES = {
    "train/runs": "run",
    "prepare/generate": "run",
    "train/launch": "like",
    "evaluate/attribution": "run",
    "evaluate/what_if": "run",
    "evaluate/compare": "a",
    "evaluate/inspect": "runs",
    "prepare/review": "rationale",
}


@pytest.mark.parametrize("text", ["²", "9" * 5000, "-3", str(LARGEST + 1), "", " 1", "१"])
def test_only_a_record_number_is_read_as_one(text: str) -> None:
    assert read_number(text) is None


def test_the_largest_id_is_a_number() -> None:
    assert read_number(str(LARGEST)) == LARGEST


@pytest.fixture
def filled(session: Session, tmp_path: Path) -> list[StoredQuestion]:
    by_split = store_questions(session, tmp_path / "files", test=4)
    for question in by_split[Split.TRAIN]:
        store_rationale(session, question)
    for method in ("sci_cot", "one_stage"):
        config = make_config(method=method, dataset="demo", snapshot="s")
        store_trained(session, by_split[Split.TEST], config)
    create_run(
        session,
        Actor("Ada"),
        kind=RunKind.GENERATE,
        name="made",
        config=GenerationConfig.checked(dataset="demo", teacher="starter").model_dump(mode="json"),
        dataset_id=find_dataset_id(session, "demo"),
        status=RunStatus.DONE,
    )
    return list(by_split[Split.TEST])


@pytest.mark.parametrize("name", PAGES)
def test_a_link_that_names_nothing_is_said_and_breaks_nothing(
    filled: list[StoredQuestion], name: str
) -> None:
    for text in STRANGE:
        page = open_page(name, dataset="demo", **{PAGES[name]: text})
        assert not page.exception, (name, text)
        said = " ".join(one.value for one in [*page.warning, *page.error])
        # a rationale's number may be any: the queue then begins with its own first one
        may_be_any = (name, text) == ("prepare/review", "99")
        assert said or may_be_any, (name, text)
