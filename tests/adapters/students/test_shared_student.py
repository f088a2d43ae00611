"""A student asked by several processes says what it says when one asks it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scicot.adapters.students.asking import shared_student
from scicot.adapters.students.asking.shared_student import (
    BASE_BYTES,
    Opening,
    Processes,
    SharedStudent,
)
from scicot.adapters.students.asking.writing import KEPT_AFTER, KEPT_BYTES, LITTLE_KEPT
from scicot.adapters.students.folders import inspect_folder
from scicot.adapters.students.helpers.led import Helpers
from scicot.words.errors import StudentError
from scicot.words.records import Family
from tests.tiny_students import tiny_causal, tiny_t5

__all__ = ["tiny_causal", "tiny_t5"]

INPUTS = [f"Question: what is {'very ' * (number % 4)}{number}?" for number in range(7)]
OPTIONS = [["roots", "moon", f"iron {number}"] for number in range(7)]
GIVEN = ["Because"] * 7


@pytest.fixture(scope="module")
def helpers() -> Iterator[Helpers]:
    with Helpers() as led:
        yield led


@pytest.fixture(params=["tiny_t5", "tiny_causal"])
def opening(request: pytest.FixtureRequest) -> Opening:
    folder: Path = request.getfixturevalue(request.param)
    return Opening(folder, inspect_folder("tiny", folder).family, 1, KEPT_BYTES)


@pytest.mark.parametrize("count", [1, 3, 7])
def test_several_processes_say_what_one_does(
    opening: Opening, helpers: Helpers, count: int
) -> None:
    alone, shared = opening.open(), SharedStudent(opening, helpers.take(2))
    assert shared.writes_as_quickly() == alone.writes_as_quickly()
    asked, options, given = INPUTS[:count], OPTIONS[:count], GIVEN[:count]
    for named in ({}, {"given": given}, {"max_input_tokens": 6}):
        assert shared.generate(asked, 9, **named) == alone.generate(asked, 9, **named)
    scoring: tuple[dict[str, Any], ...] = ({}, {"given": given, "has_end": False})
    for more in scoring:
        both = shared.score_both(asked, options, **more), alone.score_both(asked, options, **more)
        for some, others in zip(*both, strict=True):
            for one, other in zip(some, others, strict=True):
                assert one.total == pytest.approx(other.total, abs=1e-4)


def test_each_process_goes_on_with_what_it_wrote(tiny_causal: Path, helpers: Helpers) -> None:
    opening = Opening(tiny_causal, inspect_folder("tiny", tiny_causal).family, 1, KEPT_BYTES)
    alone, shared = opening.open(), SharedStudent(opening, helpers.take(2))
    written = [student.generate(INPUTS, 9) for student in (alone, shared)]
    assert written[0] == written[1]
    later = [5, 2, 4]  # of three processes the third's, the third's and the second's
    assert shared._deal([INPUTS[place] for place in later]) == [[], [2], [0, 1]]
    for student in (alone, shared):
        asked, begun = [INPUTS[place] for place in later], [written[0][place] for place in later]
        assert student.generate(asked, 9, given=begun) == opening.open().generate(
            asked, 9, given=begun
        )
    shared.generate(INPUTS[:2], 9)
    assert shared._deal([INPUTS[5]]) == [[0], [], []]


def test_nothing_is_asked_of_nobody(opening: Opening, helpers: Helpers) -> None:
    shared = SharedStudent(opening, helpers.take(1))
    assert shared.generate([], 9) == []
    assert shared.score_both([], []) == []


def test_a_helper_that_ends_while_it_is_asked_says_so(tiny_causal: Path) -> None:
    opening = Opening(tiny_causal, inspect_folder("tiny", tiny_causal).family, 1, KEPT_BYTES)
    with Helpers() as led:
        shared = SharedStudent(opening, led.take(1))
        shared.helpers[0].process.kill()
        with pytest.raises(StudentError, match=r"Process 2 .* ended by signal 9.* Resume"):
            shared.generate(INPUTS, 9)


def test_as_many_processes_share_a_student_as_memory_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model.safetensors").write_bytes(bytes(1_000_000))

    def fitting(threads: int, memory: int, questions: int = 32) -> Processes:
        return Processes.fitting(tmp_path, Family.CAUSAL, questions, threads=threads, memory=memory)

    assert fitting(2, 10**12) == Processes(1, 2, KEPT_BYTES)  # too small
    monkeypatch.setattr(shared_student, "SMALL", 1_000_000)
    each = BASE_BYTES + 1_250_000
    assert fitting(2, 10**12) == Processes(2, 1, KEPT_BYTES)
    assert fitting(2, 10**12, questions=31) == Processes(1, 2, KEPT_BYTES)
    assert fitting(64, 10**12) == Processes(4, 16, KEPT_BYTES)
    assert fitting(1, 10**12) == Processes(1, 1, KEPT_BYTES)
    little = int(2 * (each + KEPT_AFTER * LITTLE_KEPT))
    assert fitting(2, little) == Processes(2, 1, LITTLE_KEPT)
    assert fitting(2, little - 2) == Processes(1, 2, int((little - 2 - each) / KEPT_AFTER))
    assert fitting(2, 1) == Processes(1, 2, LITTLE_KEPT)
