"""Helpers do what they are told, say what went wrong, and are gone when nobody leads them."""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import torch

from scicot.adapters.students.helpers.led import Helpers
from scicot.adapters.students.helpers.shared_numbers import SharedNumbers
from scicot.adapters.students.helpers.tasks import Desk
from scicot.words.errors import Cancelled, InvalidInput, StudentError
from tests.soak.kills import PATIENCE_SECONDS, run_apart


@dataclass(frozen=True)
class Remember:
    word: str

    def do(self, desk: Desk) -> str:
        """Return what was kept, and keep another word."""
        before, desk.kept = desk.kept, self.word
        return before or ""


@dataclass(frozen=True)
class Fail:
    error: BaseException

    def do(self, desk: Desk) -> None:
        """Raise."""
        raise self.error


@dataclass(frozen=True)
class FailOddly:
    def do(self, desk: Desk) -> None:
        """Raise what cannot be made from its own words."""
        raise Odd("one", "two")


@dataclass(frozen=True)
class Sleep:
    seconds: float

    def do(self, desk: Desk) -> None:
        """Be busy."""
        time.sleep(self.seconds)


@dataclass(frozen=True)
class Double:
    def do(self, desk: Desk) -> float:
        """Double the numbers of a shared block, where they are."""
        (handle,) = desk.handles
        shared = SharedNumbers(handle, [(3,), (2, 2)])
        shared.close()
        shared.whole.mul_(2)
        return float(shared.tensors[1].sum())


@dataclass(frozen=True)
class Strange:
    """A task that no helper can read."""

    def __reduce__(self) -> tuple[object, ...]:
        return (int, ("not a number",))

    def do(self, desk: Desk) -> None:
        """Never get here."""


class Odd(Exception):
    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} and {two}")


@pytest.fixture(scope="module")
def started_helpers() -> Iterator[Helpers]:
    with Helpers() as led:
        yield led


@pytest.fixture
def helpers(started_helpers: Helpers) -> Helpers:
    """Helpers with a clear desk, whichever test had them before, and however often it is tried."""
    started_helpers.let_go()
    return started_helpers


def test_tasks_are_done_in_their_order_on_one_desk(helpers: Helpers) -> None:
    (helper,) = helpers.take(1)
    for word in ("roots", "花", "iron"):
        helper.tell(Remember(word))
    assert not helper.is_free
    assert [helper.answer() for _ in range(3)] == ["", "roots", "花"]
    assert helper.is_free
    assert helpers.take(1) == [helper]
    helpers.let_go()
    helper.tell(Remember(""))
    assert helper.answer() == ""
    assert helper.peak_bytes > 10_000_000
    assert helpers.peak_bytes == helper.peak_bytes


def test_those_started_ahead_are_the_ones_taken() -> None:
    with Helpers() as ahead:
        ahead.begin(1)
        (started,) = ahead._all
        ahead.begin(1)
        assert ahead.take(1) == [started]
        started.tell(Remember("first"))
        assert started.answer() == ""


def test_what_goes_wrong_in_a_helper_is_told_and_it_works_on(helpers: Helpers) -> None:
    (helper,) = helpers.take(1)
    for error in (InvalidInput("Question 7 is not there."), MemoryError("out of memory")):
        helper.tell(Fail(error))
        with pytest.raises(type(error), match=str(error)):
            helper.answer()
    helper.tell(FailOddly())
    with pytest.raises(RuntimeError, match="one and two"):  # it cannot travel as it is
        helper.answer()
    assert helper.is_free


def test_numbers_are_seen_by_both(helpers: Helpers) -> None:
    (helper,) = helpers.take(1)
    shared = SharedNumbers.new([(3,), (2, 2)])
    shared.tensors[0].copy_(torch.tensor([1.0, 2.0, 3.0]))
    shared.tensors[1].fill_(0.5)
    helper.tell(Double(), [shared.handle])
    assert helper.answer() == 4.0
    shared.close()
    assert shared.tensors[0].tolist() == [2.0, 4.0, 6.0]
    starts = [tensor.untyped_storage().data_ptr() for tensor in shared.tensors]
    assert len(set(starts)) == 2
    assert all(start % 64 == 0 for start in starts)
    assert SharedNumbers.new([]).tensors == []


def test_a_busy_helper_is_replaced_and_a_wait_can_be_ended(helpers: Helpers) -> None:
    (helper,) = helpers.take(1)
    helper.tell(Sleep(600))

    def stop() -> None:
        raise Cancelled("asked to")

    with pytest.raises(Cancelled):
        helper.answer(stop)
    (other,) = helpers.take(1)
    assert other is not helper
    assert helper.process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("way", ["killed", "does not understand"])
def test_a_helper_that_ends_says_how(way: str, helpers: Helpers) -> None:
    (helper,) = helpers.take(1)
    helper.tell(Sleep(600) if way == "killed" else Strange())
    if way == "killed":
        helper.process.kill()
    with pytest.raises(StudentError, match=r"Process 2 .* ended (by signal 9|with code 1); .*log"):
        helper.answer()
    helper.tell(Remember("nobody hears"))  # a broken pipe is no error of its own
    with pytest.raises(StudentError, match="ended"):
        helper.answer()


def test_a_scheduler_that_asks_all_processes_to_stop_does_not_end_it(helpers: Helpers) -> None:
    (helper,) = helpers.take(1)
    helper.tell(Remember("here"))
    helper.answer()  # it is up
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGUSR2):
        os.kill(helper.process.pid, number)
    helper.tell(Remember("still"))
    assert helper.answer() == "here"


def lead_and_die(note: Path) -> None:
    (helper,) = Helpers().take(1)
    helper.tell(Remember("here"))
    helper.answer()
    helper.tell(Sleep(600))
    note.write_text(str(helper.process.pid))
    os.kill(os.getpid(), signal.SIGKILL)


def test_no_helper_outlives_the_process_that_leads(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    leader = run_apart(lead_and_die, note)
    leader.join(PATIENCE_SECONDS)
    assert leader.exitcode == -signal.SIGKILL
    deadline = time.monotonic() + PATIENCE_SECONDS
    while is_running(int(note.read_text())):
        assert time.monotonic() < deadline, "the helper goes on by itself"
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
