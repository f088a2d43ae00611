"""One worker a GPU, with made-up devices: taken, waited for, given back by whoever ends."""

from __future__ import annotations

import os
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from scicot.adapters.students import cards, machine
from scicot.adapters.students.cards import held_cards, list_holders
from scicot.adapters.students.machine import VISIBLE, count_slots, list_cards, runs_a_card
from scicot.services.runs import cards as own_cards
from scicot.services.runs.cards import on_own_cards
from scicot.services.runs.context import RunContext
from scicot.services.runs.queue import tend_queue
from scicot.services.runs.runs import create_run, get_run
from scicot.services.runs.steering import request_cancel
from scicot.services.runs.worker import run_worker
from scicot.services.system import surroundings
from scicot.words.records import Actor, RunKind, RunStatus
from scicot.words.settings import Settings
from tests.services.runs.noting import NotingLauncher, new_run
from tests.soak.kills import PATIENCE_SECONDS, run_apart

ADA = Actor("Ada")


@pytest.fixture(autouse=True)
def two_cards(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let this machine have two GPUs, as CUDA_VISIBLE_DEVICES says."""
    made_up(monkeypatch, tmp_path)


def made_up(patched: pytest.MonkeyPatch, folder: Path) -> None:
    patched.setattr(machine, "has_gpu", lambda: True)
    patched.setattr(cards.tempfile, "gettempdir", lambda: str(folder))  # type: ignore[attr-defined]
    patched.setenv(VISIBLE, "0,3")


def hold(folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patched:
        made_up(patched, folder)
        with held_cards(1, "run 7"):
            (folder / "held").touch()
            threading.Event().wait()


def test_cards_are_held_by_one_and_a_killed_worker_gives_them_back(tmp_path: Path) -> None:
    assert list_cards() == ["0", "3"]
    worker = run_apart(hold, tmp_path)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (tmp_path / "held").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert list_holders() == {"0": ["run 7"], "3": []}
    with held_cards(2, "run 8") as both:
        assert both is None
    with held_cards(1, "run 8") as one:
        assert one == ["3"]
        assert os.environ[VISIBLE] == "3", "CUDA sees the others"
    worker.kill()
    worker.join()
    with held_cards(2, "run 8") as both:
        assert both == ["0", "3"]
    assert os.environ[VISIBLE] == "0,3"
    assert list_holders() == {"0": [], "3": []}


def test_cards_are_shared_where_more_slots_are_asked_for_than_there_are() -> None:
    assert runs_a_card(Settings()) == 1
    assert runs_a_card(Settings(training_slots=1)) == 1
    share = runs_a_card(Settings(training_slots=3))
    assert share == 2
    with ExitStack() as stack:
        held = []
        for number in range(5):
            held.append(stack.enter_context(held_cards(1, f"run {number}", share)))
            os.environ[VISIBLE] = "0,3"  # as another process sees them
        assert held == [["0"], ["3"], ["0"], ["3"], None]
        assert list_holders(share) == {"0": ["run 0", "run 2"], "3": ["run 1", "run 3"]}
    with held_cards(2, "run 8", share) as both:
        assert both == ["0", "3"], "a run's processes have a card each"
    os.environ[VISIBLE] = "0,3"
    with held_cards(1, "run 5", share), ExitStack() as other:
        os.environ[VISIBLE] = "3"
        other.enter_context(held_cards(1, "run 6", share))
        os.environ[VISIBLE] = "0,3"
        with held_cards(1, "run 7", share) as shared:
            assert shared == ["0"]
        other.close()
        os.environ[VISIBLE] = "0,3"
        with held_cards(1, "run 8", share) as idle:
            assert idle == ["3"], "nobody works there"


@pytest.mark.parametrize(
    ("visible", "listed"), [("", []), ("-1", []), ("1, 0", ["1", "0"]), ("GPU-ab", ["GPU-ab"])]
)
def test_the_owners_choice_of_cards_stands(
    monkeypatch: pytest.MonkeyPatch, visible: str, listed: list[str]
) -> None:
    monkeypatch.setenv(VISIBLE, visible)
    assert list_cards() == listed


def test_there_is_a_slot_for_each_card_unless_told(session: Session) -> None:
    assert count_slots(Settings()) == 2
    assert count_slots(Settings(device="cpu")) == 1
    assert count_slots(Settings(training_slots=3)) == 3
    runs = [new_run(session) for _ in range(3)]
    assert tend_queue(session, Settings(), NotingLauncher()) == runs[:2]


def test_a_run_that_finds_no_card_says_so_and_gets_one_or_is_cancelled(
    session: Session, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_cards, "LOOK_SECONDS", 0.01)
    waiting, seen = threading.Event(), list[Any]()
    report = RunContext.report

    def note(self: RunContext, **values: Any) -> None:
        report(self, **values)
        if "Waits for a GPU: all 2" in str(values.get("message")):
            waiting.set()

    monkeypatch.setattr(RunContext, "report", note)

    def compute(context: RunContext) -> dict[str, Any]:
        with on_own_cards(context):
            seen.append(os.environ[VISIBLE])
        return {}

    def let_go() -> None:
        with held_cards(2, "run 99") as both:
            assert both
            holds.set()
            waiting.wait(PATIENCE_SECONDS)

    holds = threading.Event()
    holder = threading.Thread(target=let_go)
    holder.start()
    assert holds.wait(PATIENCE_SECONDS)
    run_id = new_run(session)
    assert run_worker(run_id, settings, {RunKind.TRAIN: compute}) is RunStatus.DONE
    holder.join()
    assert seen == ["0"]
    with held_cards(1, "run 99"):
        monkeypatch.setenv(VISIBLE, "0,3")  # as another process sees them
        config = {"processes": 2}
        second = create_run(session, ADA, kind=RunKind.TRAIN, name="both", config=config)
        session.rollback()
        waiting.clear()

        def cancel(self: RunContext, **values: Any) -> None:
            note(self, **values)
            if waiting.is_set():
                request_cancel(session, ADA, second)
                self.cancel_event.set()

        monkeypatch.setattr(RunContext, "report", cancel)
        assert run_worker(second, settings, {RunKind.TRAIN: compute}) is RunStatus.CANCELLED
    session.rollback()
    assert get_run(session, second).status is RunStatus.CANCELLED


def test_health_shows_which_run_is_on_which_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "name_device", lambda _device: "cuda: A card")
    with held_cards(1, "run 12"):
        monkeypatch.setenv(VISIBLE, "0,3")  # as another process sees them
        said = [finding.found for finding in surroundings.examine_launchers(Settings())]
    assert said[0].startswith("This machine: 2 slots")
    assert said[1:3] == ["GPU 0 works on run 12.", "GPU 3 is free."]
