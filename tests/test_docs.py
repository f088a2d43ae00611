"""The docs cannot lie: reference pages equal the code, links lead somewhere, commands exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer
from markdown_it import MarkdownIt

from scicot.cli.main import app
from scicot.words.settings import Settings
from tests.cli.runner import run_command
from tests.reference import DOCS, PAGES, walk

ROOT = DOCS.parent
TEXTS = sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md")])
COMMANDS = dict(walk(typer.main.get_command(app), "scicot"))


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("name", PAGES)
def test_a_reference_page_says_what_the_code_says(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "run `make docs`"


def test_every_command_and_option_says_what_it_is() -> None:
    silent = [
        f"{name} {parameter.opts[0]}"
        for name, command in COMMANDS.items()
        for parameter in command.params
        if not getattr(parameter, "help", None)
    ]
    silent += [name for name, command in COMMANDS.items() if not command.help]
    assert silent == []


def test_every_setting_says_what_it_is() -> None:
    silent = [name for name, field in Settings.model_fields.items() if not field.description]
    assert silent == []


def anchors(path: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def links(path: Path) -> list[str]:
    found = []
    for block in MarkdownIt().parse(path.read_text(encoding="utf-8")):
        for token in block.children or []:
            target = token.attrs.get("href") or token.attrs.get("src")
            if target:
                found.append(str(target))
    return found


@pytest.mark.parametrize("path", TEXTS, ids=short)
def test_a_link_inside_the_docs_leads_somewhere(path: Path) -> None:
    lost = []
    for link in links(path):
        if "://" in link or link.startswith("mailto:"):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(link)
    assert lost == []


@pytest.mark.parametrize("path", TEXTS, ids=short)
def test_a_test_that_the_docs_name_is_there(path: Path) -> None:
    named = re.findall(r"`([\w/]*test_\w+\.py|tests/[\w/.]+)`", path.read_text(encoding="utf-8"))
    known = {file.name for file in (ROOT / "tests").rglob("test_*.py")}
    gone = [name for name in named if not (ROOT / name).exists() and name not in known]
    assert gone == []


def commands_in(path: Path) -> list[str]:
    """Return the `scicot ...` lines of a page's code blocks, continued lines joined."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", path.read_text(encoding="utf-8"), re.M | re.S)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return [
        re.sub(r"^(?:\$ )?(?:python -m )?scicot ", "scicot ", line.strip())
        for line in lines
        if re.match(r"^(?:\$ )?(?:python -m )?scicot [a-z]", line.strip())
    ]


@pytest.mark.parametrize("path", [path for path in TEXTS if path.name not in PAGES], ids=short)
def test_a_command_in_the_docs_exists_with_its_options(path: Path) -> None:
    wrong = []
    for line in commands_in(path):
        words = shlex.split(line, comments=True)
        length = next((n for n in range(len(words), 0, -1) if " ".join(words[:n]) in COMMANDS), 0)
        command = COMMANDS.get(" ".join(words[:length]))
        if command is None or hasattr(command, "commands"):
            wrong.append(line)
            continue
        known = {
            name
            for parameter in command.params
            for name in [*parameter.opts, *parameter.secondary_opts]
        }
        options = {word.split("=")[0] for word in words if word.startswith("--")}
        if options - known - {"--help"}:
            wrong.append(line)
    assert wrong == []


# What needs a file or network of one's own, or minutes of training, is only looked up.
ELSEWHERE = ("path/to/", "hub:", "entailment_bank", "openai:", "scicot train")


def test_the_commands_of_the_readme_do_what_they_say(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the order written, on an empty home; what needs a file or a network of one's own aside."""
    lines = [
        line
        for line in commands_in(ROOT / "README.md")
        if not any(word in line for word in ELSEWHERE)
    ]
    assert len(lines) >= 6
    monkeypatch.chdir(tmp_path)
    for line in lines:
        done = run_command(*shlex.split(line)[1:])
        assert done.returncode == 0, f"{line}\n{done.stderr}"
