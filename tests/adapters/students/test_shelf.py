from functools import partial
from typing import Any

import pytest

from scicot.adapters.students.asking import shelf as shelf_module
from scicot.adapters.students.asking.shelf import Shelf


def open_student(opened: list[str], name: str) -> Any:
    opened.append(name)
    return name


def test_opened_students_stay_within_the_room_that_is_given() -> None:
    shelf, opened = Shelf(), list[str]()
    for name in ("a", "b", "a", "c", "a", "b"):
        taken: Any = shelf.take(name, 400, 1000, partial(open_student, opened, name))
        assert taken == name
        assert shelf.size <= 1000
    assert opened == ["a", "b", "c", "b"]  # b was asked longest ago when c came


def test_one_that_is_larger_than_the_room_is_opened_all_the_same() -> None:
    shelf, opened = Shelf(), list[str]()
    shelf.take("a", 400, 1000, partial(open_student, opened, "a"))
    shelf.take("whale", 5000, 1000, partial(open_student, opened, "whale"))
    assert shelf.size == 5000


def test_what_opening_took_for_a_moment_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf, happened = Shelf(), list[str]()
    monkeypatch.setattr(shelf_module, "give_back_memory", partial(happened.append, "given back"))
    for name in ("a", "b", "a"):
        shelf.take(name, 400, 500, partial(open_student, happened, name))
    assert happened == ["a", "given back", "b", "given back", "a", "given back"]
    shelf.take("a", 400, 500, partial(open_student, happened, "a"))
    assert len(happened) == 6  # it was open
