"""However many pairs are looked at, each run is read once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from scicot.services.evaluation.answered import Reading
from scicot.services.evaluation.cell_comparison import (
    compare_all_methods,
    compare_methods,
    compare_seeds,
    find_siblings,
)
from scicot.services.evaluation.comparison import compare_all, compare_runs
from scicot.services.runs.runs import get_run
from scicot.words.records import Split
from tests.builders import store_questions
from tests.predictions import store_run

METHODS = ("finetune", "one_stage", "sci_cot", "step_by_step", "answer_first", "untrained")
SEEDS = 2


@pytest.fixture
def runs(session: Session, tmp_path: Path) -> list[int]:
    """One run of each of six methods, each with another seed beside it."""
    questions = list(store_questions(session, tmp_path / "files", test=12)[Split.TEST])
    ids = [
        store_run(
            session,
            questions,
            right=range(place + seed),
            method=method,
            config={"method": method, "dataset": "demo", "student": "tiny", "seed": seed},
        )
        for place, method in enumerate(METHODS)
        for seed in range(SEEDS)
    ]
    return ids[::SEEDS]


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """Yield the queries that reach the database meanwhile."""
    said: list[str] = []

    def watch(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            said.append(statement)

    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", watch)
    try:
        yield said
    finally:
        event.remove(bind, "before_cursor_execute", watch)


def test_fifteen_pairs_are_read_with_as_many_statements_a_run_as_three(
    session: Session, runs: list[int]
) -> None:
    asked = []
    for number in (3, 6):
        with counted(session) as said:
            assert len(compare_all(session, runs[:number])) == number * (number - 1) // 2
        assert len(said) % number == 0
        asked.append(len(said) // number)
    assert asked[0] == asked[1] > 0


def test_the_seeds_of_all_pairs_are_looked_up_once(session: Session, runs: list[int]) -> None:
    views = [get_run(session, run_id) for run_id in runs]
    asked = []
    for number in (2, 6):
        pairs = list(combinations(views[:number], 2))
        with counted(session) as said:
            found = find_siblings(session, pairs)
        assert [len(one.cell_a.runs) for one in found if one] == [SEEDS] * len(pairs)
        asked.append(len(said))
    assert asked[0] == asked[1] > 0
    with counted(session) as said:
        compare_all_methods(session, METHODS, dataset="demo", student="tiny")
    assert len(said) == asked[0]


def test_many_pairs_say_what_each_says_alone(session: Session, runs: list[int]) -> None:
    pairs = list(combinations(runs[:4], 2))
    together = compare_all(session, runs[:4])
    assert [pair.comparison for pair in together] == [compare_runs(session, *two) for two in pairs]
    views = {run_id: get_run(session, run_id) for run_id in runs}
    found = find_siblings(session, [(views[a], views[b]) for a, b in pairs])
    assert found == [compare_seeds(session, *two) for two in pairs]
    several = compare_all_methods(session, METHODS[:3], dataset="demo", student="tiny")
    assert [pair.compared for pair in several] == [
        compare_methods(session, a, b, dataset="demo", student="tiny")
        for a, b in combinations(METHODS[:3], 2)
    ]


def test_a_pair_of_one_cell_has_no_more_seeds(session: Session, runs: list[int]) -> None:
    a, again = get_run(session, runs[0]), get_run(session, runs[0] + 1)
    assert find_siblings(session, [(a, again), (a, a)]) == [None, None]


def test_a_warning_is_of_the_answers_that_are_read(session: Session, tmp_path: Path) -> None:
    questions = list(store_questions(session, tmp_path / "files", test=12)[Split.TEST])
    first_place = [place for place, one in enumerate(questions) if one.answer_key == "A"]
    for method in METHODS[:2]:
        for seed in range(SEEDS):
            store_run(
                session,
                questions,
                right=range(12),
                options_right=first_place,  # all else falls on A too
                method=method,
                config={"method": method, "dataset": "demo", "student": "tiny", "seed": seed},
            )
    written, by_options = (
        compare_methods(
            session, *METHODS[:2], dataset="demo", student="tiny", reading=reading
        ).warnings
        for reading in Reading
    )
    assert written == []
    assert len(by_options) == 2 * SEEDS
    assert all("answers place 1 on 100\u00a0%" in warning for warning in by_options)
