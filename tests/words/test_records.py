"""What is said of several statuses at once stands in one place."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

from scicot.words.places import REPOSITORY


def groups_of(tree: ast.AST) -> Iterator[tuple[int, frozenset[str]]]:
    """Yield the line of each tuple, list or set of nothing but statuses, and those."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple | ast.List | ast.Set) and len(node.elts) > 1:
            named = [ast.unparse(element) for element in node.elts]
            if all(name.startswith("RunStatus.") for name in named):
                yield node.lineno, frozenset(named)


def test_no_group_of_statuses_is_spelled_twice() -> None:
    places: dict[frozenset[str], list[str]] = defaultdict(list)
    for top in ("scicot", "pages"):
        for path in sorted((REPOSITORY / top).rglob("*.py")):
            for line, group in groups_of(ast.parse(path.read_text(encoding="utf-8"))):
                places[group].append(f"{path.relative_to(REPOSITORY)}:{line}")
    assert len(places) >= 4  # those of words/records.py and of services/runs/lost.py
    assert [where for where in places.values() if len(where) > 1] == []
