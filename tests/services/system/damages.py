"""Ways a database file comes to harm, each done to a closed file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

PAGE = 4096


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _letter(path: Path) -> None:
    path.write_bytes(b"Dear database, " * 4000)


def _no_head(path: Path) -> None:
    _overwrite(path, 0, 100)


def _first_page(path: Path) -> None:
    _overwrite(path, 100, PAGE)


def _inner_pages(path: Path) -> None:
    size = path.stat().st_size
    for start in range(PAGE * 2, size, PAGE):
        _overwrite(path, start, start + 200)


def _short(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2 + 77])


def _overwrite(path: Path, start: int, end: int) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"\xa5" * (end - start))


DAMAGES: dict[str, Callable[[Path], None]] = {
    "zero bytes": _empty,
    "a letter": _letter,
    "no head": _no_head,
    "first page": _first_page,
    "inner pages": _inner_pages,
    "cut off": _short,
}
