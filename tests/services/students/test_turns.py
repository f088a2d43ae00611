"""Of two runs that need the same stage one trains it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from db.models import RunRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.adapters.students.stages.stage_files import list_work_runs, stage_folder, work_folder
from scicot.services.runs.context import RunContext
from scicot.services.runs.runs import create_run, get_run
from scicot.services.students.turns import await_turn
from scicot.services.students.watcher import RunWatcher
from scicot.words.errors import Cancelled
from scicot.words.records import Actor, RunKind, RunStatus
from scicot.words.settings import Settings

HASH = "ab" * 32
Looks = Callable[[list[Callable[[], object]]], None]


def set_row(session: Session, run_id: int, **values: object) -> None:
    with write(session):
        row = session.get_one(RunRow, run_id)
        for name, value in values.items():
            setattr(row, name, value)


@pytest.fixture
def runs(session: Session, settings: Settings) -> list[RunWatcher]:
    """Return the watchers of two runs that live."""
    made = []
    for name in ("first", "second"):
        run_id = create_run(session, Actor("ann"), kind=RunKind.TRAIN, name=name, config={})
        set_row(session, run_id, status=RunStatus.RUNNING, worker="w", heartbeat_at=utc_now())
        context = RunContext(run=get_run(session, run_id), settings=settings, worker="w")
        made.append(RunWatcher(context, total=1))
    return made


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Looks:
    """Let things happen between the looks, one after the other; one look more fails."""

    def happen(things: list[Callable[[], object]]) -> None:
        left = iter(things)
        monkeypatch.setattr("scicot.services.students.turns.time.sleep", lambda _: next(left)())

    happen([])
    return happen


def begin(settings: Settings, watcher: RunWatcher) -> Path:
    folder = work_folder(settings, watcher.context.run.id, HASH)
    folder.mkdir(parents=True)
    return folder


def complete(settings: Settings) -> None:
    folder = stage_folder(settings, HASH)
    (folder / "model").mkdir(parents=True)
    (folder / "model" / "config.json").write_text("{}")
    (folder / "stage.json").write_text("{}")


def turn(settings: Settings, watcher: RunWatcher) -> None:
    await_turn(watcher, HASH, stage_folder(settings, HASH))


def test_who_comes_alone_trains_and_is_seen_to(settings: Settings, runs: list[RunWatcher]) -> None:
    first, _ = runs
    turn(settings, first)
    assert list_work_runs(settings, HASH) == [first.context.run.id]


def test_who_comes_second_waits_until_the_stage_is_there(
    settings: Settings, runs: list[RunWatcher], looks: Looks
) -> None:
    for mine, other in (runs, runs[::-1]):
        folder = begin(settings, other)
        said: list[str | None] = []

        def look(waits: RunWatcher = mine, said: list[str | None] = said) -> None:
            with waits.context.session() as fresh:
                said.append(get_run(fresh, waits.context.run.id).message)

        # published, but not in the database yet: the other's folder stands until it is
        looks([look, lambda: complete(settings), folder.rmdir])
        turn(settings, mine)
        assert list_work_runs(settings, HASH) == []
        expected = f"Waiting for run {other.context.run.id}, which trains the same stage."
        assert said == [expected]
        for path in sorted(stage_folder(settings, HASH).rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()


def test_who_waits_takes_over_from_a_run_that_ends_without_the_stage(
    session: Session, settings: Settings, runs: list[RunWatcher], looks: Looks
) -> None:
    first, second = runs
    begin(settings, first)
    looks([lambda: set_row(session, first.context.run.id, status=RunStatus.FAILED)])
    turn(settings, second)
    assert second.context.run.id in list_work_runs(settings, HASH)


def test_of_two_that_had_begun_the_lower_number_trains(
    settings: Settings, runs: list[RunWatcher], looks: Looks
) -> None:
    first, second = runs
    folder, _ = (begin(settings, watcher) for watcher in runs)
    turn(settings, first)
    looks([lambda: complete(settings), folder.rmdir])
    turn(settings, second)


def test_of_two_that_begin_at_once_the_lower_number_trains(
    settings: Settings,
    runs: list[RunWatcher],
    looks: Looks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = runs
    looked: list[list[int]] = []

    def see(of: Settings, stage_hash: str) -> list[int]:
        if not looked:  # the first begins right after the second has looked
            looked.append(list_work_runs(of, stage_hash))
            begin(settings, first)
            return looked[0]
        return list_work_runs(of, stage_hash)

    monkeypatch.setattr("scicot.services.students.turns.list_work_runs", see)
    own = work_folder(settings, first.context.run.id, HASH)
    looks([lambda: turn(settings, first), lambda: complete(settings), own.rmdir])
    turn(settings, second)
    assert looked == [[]]


def test_who_waits_can_be_cancelled(
    settings: Settings, runs: list[RunWatcher], looks: Looks
) -> None:
    first, second = runs
    begin(settings, first)
    looks([second.context.cancel_event.set])
    with pytest.raises(Cancelled):
        turn(settings, second)
