"""The tutorial walked as it is written: each page that it goes to, each button that it presses."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from scicot.services.questions.lookup import list_datasets
from scicot.services.review.queue import count_queues
from scicot.services.training.snapshots import list_snapshots
from scicot.words.records import Actor
from scicot.words.reviewing import Queue
from tests.pages.driver import open_app

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = ROOT / "docs" / "tutorial.md"
STEP = re.compile(r"(Go to|Press) \*\*([^*]+)\*\*")


def page_of(title: str) -> str:
    (path,) = (ROOT / "pages").glob(f"*/{title.lower().replace(' ', '_')}/page.py")
    return str(path.relative_to(ROOT))


def follow(app: AppTest, what: str, named: str) -> AppTest:
    if what == "Go to":
        return app.switch_page(page_of(named)).run()
    return next(button for button in app.button if button.label == named).click().run()


def test_the_tutorial_can_be_walked_as_written(session: Session) -> None:
    text = TUTORIAL.read_text(encoding="utf-8")
    steps = STEP.findall(text)
    assert len(steps) >= 12
    app = open_app()
    for what, named in steps[:-1]:
        app = follow(app, what, named)
        assert not app.exception, (what, named)
        assert not [error.value for error in app.error], (what, named)
    assert "not on this machine" in app.info[0].value  # What if, as the tutorial says
    queues = count_queues(session, Actor("Ada"), "demo")
    said = f"{queues[Queue.ALL]} rationales, {queues[Queue.UNREVIEWED]} to read"
    assert said in re.sub(r"\s+", " ", text)
    assert [snapshot.name for snapshot in list_snapshots(session)] == re.findall(
        r"\"(demo: \w+)\"", text
    )
    app = follow(app, *steps[-1])
    session.rollback()
    assert list_datasets(session) == []
