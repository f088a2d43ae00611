"""The reference pages of docs/, written from the code: `make docs`, or `python -m tests.reference`.

`tests/test_docs.py` holds them equal to what the code says now, so that they cannot go stale.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import typer

import db.models
from db.base import Base
from scicot.cli.main import app
from scicot.pure.checks.table import CHECKS
from scicot.pure.shares import say_share
from scicot.pure.statistics import Interval, wilson_interval
from scicot.words import errors
from scicot.words.settings import Settings
from tests.cluster.table import killed_table, read_figures
from tests.soak.figures import say_code

DOCS = Path(__file__).resolve().parents[1] / "docs"
DATA = DOCS.parent / "scicot" / "data"
# what stands between these two lines of a page written by hand is computed
BEGINS = "<!-- written from the code by `make docs`: {} -->\n"
ENDS = "<!-- until here -->\n"
WRITTEN = "<!-- Written from the code by `make docs`; change it there. -->\n"


def walk(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield every command of typer's tree with its whole name, groups before what they hold."""
    yield name, command
    for word, child in getattr(command, "commands", {}).items():
        if not child.hidden:
            yield from walk(child, f"{name} {word}")


def in_cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")


def describe_parameter(parameter: Any) -> str:
    names = ", ".join([*parameter.opts, *parameter.secondary_opts])
    if parameter.param_type_name == "argument":
        names = (parameter.name or "").upper()
    text = in_cell(getattr(parameter, "help", None) or "")
    default = parameter.default
    shown = not callable(default) and default not in (None, False, True, (), [], "")
    return f"| `{names}` | {text} | {f'`{default}`' if shown else ''} |"


def command_pages() -> str:
    """Return every command with its arguments and options."""
    parts = [
        "# The command line\n",
        WRITTEN,
        "`scicot ...` is the same as `python -m scicot ...`. Every command that returns something "
        "takes `--json` and\nprints one JSON object as the last line of stdout; messages go to "
        "stderr. Exit code 0: done; 1: it said what\nwent wrong; 2: called wrongly.\n",
    ]
    for name, command in walk(typer.main.get_command(app), "scicot"):
        if hasattr(command, "commands"):
            if name != "scicot":
                parts.append(f"## {name}\n\n{inspect.cleandoc(command.help or '')}\n")
            continue
        parts.append(f"### {name}\n\n{inspect.cleandoc(command.help or '')}\n")
        rows = [
            describe_parameter(parameter)
            for parameter in command.params
            if "--help" not in parameter.opts
        ]
        if rows:
            parts.append("\n".join(["| | what | default |", "| --- | --- | --- |", *rows]) + "\n")
    return "\n".join(parts)


def setting_pages() -> str:
    """Return every setting with its variable, default and meaning."""
    rows = []
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        variable = alias if isinstance(alias, str) else f"SCICOT_{name.upper()}"
        default = "" if field.default in (None, "") else f"`{field.default}`"
        rows.append(f"| `{variable}` | {in_cell(field.description or '')} | {default} |")
    return "\n".join(
        [
            "# Settings\n",
            WRITTEN,
            "Each is an environment variable, or a line `NAME=value` of a file `.env` in the "
            "folder the app is\nstarted from.\n",
            "| variable | what it sets | default |",
            "| --- | --- | --- |",
            *rows,
            "",
        ]
    )


def check_pages() -> str:
    """Return every check with its severity and meaning."""
    rows = [
        f"| `{check.id}` | {in_cell(check.name)} | {check.severity} "
        f"| {in_cell(check.explanation)} |"
        for check in CHECKS
    ]
    return "\n".join(
        [
            "# Checks\n",
            WRITTEN,
            "What each automatic test of a rationale looks for. How right each is on labelled "
            "texts stands on the\nClean page and in `scicot checks list`.\n",
            "| check | on screens | severity | what it finds |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


def error_pages() -> str:
    """Return every error with what it stands for, as the tree that errors.py draws."""
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.SciCotError)
    ]
    rows = [
        f"| `{kind.__name__}` | `{kind.__bases__[0].__name__}` | "
        f"{in_cell(inspect.getdoc(kind) or '')} |"
        for kind in kinds
    ]
    return "\n".join(
        [
            "# Errors\n",
            WRITTEN,
            "What Sci-CoT can tell a person went wrong. Each message is a sentence or two: what, "
            "where, and what to\ndo next; a command that ends in one exits with 1.\n",
            "| error | is a | what it stands for |",
            "| --- | --- | --- |",
            *rows,
            "",
        ]
    )


def table_pages() -> str:
    """Return every table with its columns."""
    parts = ["# The tables\n", WRITTEN]
    rows_of = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}
    assert db.models  # importing it is what fills the registry
    for name in sorted(rows_of):
        parts.append(f"## {name}\n\n{inspect.getdoc(rows_of[name]) or ''}\n")
        parts.append("| column | type | |\n| --- | --- | --- |")
        for column in rows_of[name].__table__.columns:
            marks = [
                *(["primary key"] if column.primary_key else []),
                *(f"-> `{key.target_fullname}`" for key in sorted(column.foreign_keys, key=str)),
                *(["may be empty"] if column.nullable else []),
            ]
            parts.append(f"| `{column.name}` | {column.type!s} | {', '.join(marks)} |")
        parts.append("")
    return "\n".join(parts)


def soak_pages() -> str:
    """Return what each soak found, from what it wrote."""
    parts = [
        "# The figures under faults, kills and attacks\n",
        WRITTEN,
        "`make soak` writes docs/soak/*.json and this page. What each soak does stands at the top "
        "of its file in\ntests/soak. A soak that was not whole was ended early: its figures are "
        "what it had until then. The code is\nnamed as a run's is: the version, a hash of the "
        "package's sources, and the number of the engine.\n",
    ]
    written = sorted((DOCS / "soak").glob("*.json"), key=lambda path: path.stem)
    if not written:
        parts.append("No soak has been run to be kept here yet.\n")
    for path in written:
        found = json.loads(path.read_text(encoding="utf-8"))
        machine = found["machine"]
        busy = max(machine["load"]) > machine["cores"]
        on_server = found.get("database", "sqlite") != "sqlite"
        parts.append(f"## {found['soak']}{', on PostgreSQL' if on_server else ''}\n")
        parts.append(
            f"Seed {found['seed']}, {found['date']}, {found['seconds']:,} s, "
            f"{'whole' if found['whole'] else 'ended early'}; {machine['cores']} cores, "
            f"{machine['processor']}, Python {machine['python']}"
            f"{'' if on_server else ', SQLite ' + machine['sqlite']}"
            f"{', under load (other work on the machine)' if busy else ''}; {say_code(machine)}.\n"
        )
        parts.append("| | figure |\n| --- | --- |")
        for name, counts in found["figures"].items():
            for key, value in counts.items():
                if key not in ("seed", "command"):
                    parts.append(f"| {name}: {key.replace('_', ' ')} | {in_figure(value)} |")
        parts.append("")
    return "\n".join(parts)


def in_figure(value: Any) -> str:
    """Return a figure as a cell: a list of what went wrong by its length, when there is none."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {in_figure(part)}" for name, part in value.items())
    if isinstance(value, list):
        return in_cell("; ".join(map(str, value))) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int | float) else in_cell(str(value))


def number_pages() -> str:
    """Return the page on what the numbers say, its example and half-widths computed anew."""
    return _with_computed("numbers.md", "an accuracy", _an_accuracy())


def scaling_pages() -> str:
    """Return the page on several machines, its table made of what docs/cluster holds."""
    return _with_computed("scaling.md", "what was killed", f"\n{killed_table(read_figures())}")


def _with_computed(page: str, what: str, text: str) -> str:
    begins = BEGINS.format(what)
    before, rest = (DOCS / page).read_text(encoding="utf-8").split(begins)
    return before + begins + text + ENDS + rest.split(ENDS, 1)[1]


def _an_accuracy() -> str:
    paper = json.loads((DATA / "paper_numbers.json").read_text(encoding="utf-8"))
    tests = paper["test_questions"]
    starter = (DATA / "starter" / "Starter-Test.jsonl").read_text(encoding="utf-8")
    shown = len(starter.splitlines())
    right = round(shown * 0.45)  # as an example
    found = _interval(right, shown)
    sizes = {
        f"{shown} (the demonstration)": shown,
        "100": 100,
        "300": 300,
        f"{tests['ARC-C']:,} (ARC-Challenge's test)": tests["ARC-C"],
        f"{tests['ARC-E']:,} (ARC-Easy's test)": tests["ARC-E"],
    }
    rows = []
    for said, questions in sizes.items():
        interval = _interval(questions // 2, questions)
        rows.append(f"| {said} | {(interval.high - interval.low) * 50:.0f} points |")
    share = say_share(right / shown)
    low, high = (say_share(bound, 0) for bound in (found.low, found.high))
    return "\n".join(
        [
            "",
            f'"{share} {found.in_brackets(".1f")} of {shown}" says: on these {shown} '
            f"questions, {right} were answered",
            f"rightly; of all questions like these, between {low} and {high} "
            "would be, with 95 % confidence",
            "(Wilson). It does not say how the student does on other kinds of questions, in other "
            "words, or on",
            "another dataset.",
            "",
            "| questions | half-width of the interval at 50 % |",
            "| --: | --: |",
            *rows,
            "",
        ]
    )


def _interval(right: int, questions: int) -> Interval:
    interval = wilson_interval(right, questions)
    assert interval is not None
    return interval


PAGES: Mapping[str, Callable[[], str]] = {
    "commands.md": command_pages,
    "settings.md": setting_pages,
    "checks.md": check_pages,
    "errors.md": error_pages,
    "tables.md": table_pages,
    "soak.md": soak_pages,
    "numbers.md": number_pages,
    "scaling.md": scaling_pages,
}


def main() -> None:
    """Write every page, and say which changed."""
    for name, write in PAGES.items():
        path, text = DOCS / name, write()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"wrote docs/{name}", file=sys.stderr)


if __name__ == "__main__":
    main()
