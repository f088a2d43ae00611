"""The layers of docs/structure.md, read off the imports themselves."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scicot.pure.methods.registry import list_methods
from scicot.words.people import MAY, PAGES, Action
from tests.rooms import ALLOWED, HOMES, NOT_ACTIONS, OPEN, ROOMS, WITHOUT_ACTOR

ROOT = Path(__file__).resolve().parents[1]
IMPURE_MODULES = {"os", "pathlib", "time", "secrets", "uuid", "socket", "shutil", "tempfile"}
FILE_CALLS = {
    *("read_text", "write_text", "read_bytes", "write_bytes", "stat", "lstat", "is_file", "is_dir"),
    *("mkdir", "rmdir", "unlink", "rename", "touch", "chmod", "glob", "rglob", "iterdir", "rmtree"),
}
IMPURE_CALLS = {"now", "today", "utcnow", "open", "print", "input"}


def our_files() -> list[Path]:
    folders = (ROOT / "pages", ROOT / "scicot", ROOT / "db")
    found = [ROOT / "app.py"]
    for folder in folders:
        found += [path for path in folder.rglob("*.py") if "versions" not in path.parts]
    return sorted(found)


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write the whole name instead of a relative import"
            yield str(node.module)


def lies_in(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def layer_of(module: str) -> str | None:
    return next((layer for layer in ALLOWED if lies_in(module, layer)), None)


def wrong_layers() -> Iterator[str]:
    for path in our_files():
        module = module_name(path)
        layer = layer_of(module)
        for imported in imports_of(path):
            target = layer_of(imported)
            if layer and target and target != layer and target not in ALLOWED[layer]:
                yield f"{module} ({layer}) imports {imported} ({target})"


def test_a_file_imports_only_what_lies_below_it() -> None:
    assert list(wrong_layers()) == []


def room_of(hall: str, path: Path) -> str:
    return path.relative_to(ROOT / hall).parent.as_posix()


def files_of(hall: str) -> list[Path]:
    return [path for path in sorted((ROOT / hall).rglob("*.py")) if path.name != "__init__.py"]


@pytest.mark.parametrize("hall", ROOMS)
def test_every_file_lies_in_a_room(hall: str) -> None:
    rooms = ROOMS[hall]
    homeless = [
        str(path.relative_to(ROOT))
        for path in files_of(hall)
        if room_of(hall, path) not in rooms
        and not (room_of(hall, path) == "." and path.stem in OPEN[hall])
    ]
    assert homeless == [], "put them into a room, or add the room to tests/rooms.py with its arrows"


def wrong_arrows(hall: str) -> Iterator[str]:
    package = hall.replace("/", ".")
    for path in files_of(hall):
        room = room_of(hall, path)
        for imported in imports_of(path):
            if not imported.startswith(f"{package}."):
                continue
            parts = imported.removeprefix(f"{package}.").split(".")
            named = "/".join(parts)
            target = named if named in ROOMS[hall] else "/".join(parts[:-1]) or "."
            own = target == room or (target == "." and parts[0] in OPEN[hall])
            if not own and target not in ROOMS[hall].get(room, ()):
                yield f"{path.relative_to(ROOT)} imports {imported}, which is not for {room}"


@pytest.mark.parametrize("hall", ROOMS)
def test_a_room_looks_only_into_rooms_it_may(hall: str) -> None:
    assert list(wrong_arrows(hall)) == []


def packages_away_from_home() -> Iterator[str]:
    for path in our_files():
        module = module_name(path)
        for imported in imports_of(path):
            homes = HOMES.get(imported.split(".")[0])
            if homes and not any(lies_in(module, home) for home in homes):
                yield f"{module} imports {imported}, whose home is {', '.join(homes)}"


def test_a_package_is_imported_only_in_its_home() -> None:
    assert list(packages_away_from_home()) == []


def impure_lines() -> Iterator[str]:
    for path in our_files():
        module = module_name(path)
        if not lies_in(module, "scicot.pure"):
            continue
        yield from (
            f"{module} imports {name}" for name in imports_of(path) if name in IMPURE_MODULES
        )
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func).split(".")
                # random.Random(seed) is as pure as its seed; the module's own functions are not
                unseeded = called[0] == "random" and called[-1] != "Random"
                if called[-1] in IMPURE_CALLS or unseeded:
                    yield f"{module}, line {node.lineno} calls {'.'.join(called)}"


def lines_that_touch_files() -> Iterator[str]:
    for path in sorted((ROOT / "scicot" / "services").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            *owner, name = ast.unparse(node.func).split(".")
            is_class = bool(owner) and owner[-1][:1].isupper()  # Codec.open reads no file here
            if (name == "open" and not is_class) or (owner and name in FILE_CALLS):
                yield f"{path.relative_to(ROOT)}, line {node.lineno} calls {name}"


def names_a_method(node: ast.AST) -> bool:
    """Return whether an expression is a method's name, or all of one in its own file."""
    names = {method.name for method in list_methods()}
    return any(
        (isinstance(part, ast.Constant) and part.value in names)
        or (isinstance(part, ast.Attribute) and part.attr == "METHOD")
        for part in ast.walk(node)
    )


def lines_that_ask_for_the_method() -> Iterator[str]:
    for path in our_files():
        if lies_in(module_name(path), "scicot.pure.methods"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare | ast.MatchValue) and names_a_method(node):
                yield f"{path.relative_to(ROOT)}, line {node.lineno}"


def test_no_code_but_the_methods_own_asks_which_method_it_has() -> None:
    assert list(lines_that_ask_for_the_method()) == [], "let the plan say it"


def test_services_leave_files_to_adapters() -> None:
    assert list(lines_that_touch_files()) == []


def test_pure_code_has_no_io_clock_or_randomness() -> None:
    assert list(impure_lines()) == []


def test_no_python_file_lies_directly_in_pages() -> None:
    # Streamlit would discover it by itself and run it without app.py
    assert list((ROOT / "pages").glob("*.py")) == []


def test_the_app_process_imports_neither_torch_nor_transformers() -> None:
    script = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("app.py", default_timeout=30).run()
assert not app.exception, app.exception
for page in sys.argv[1:]:
    app.switch_page(page).run()
    assert not app.exception, (page, app.exception)
heavy = {"torch", "transformers", "datasets", "openai"} & set(sys.modules)
assert not heavy, heavy
"""
    pages = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "pages").glob("*/*/page.py"))]
    done = subprocess.run(
        [sys.executable, "-c", script, *pages],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def functions_with_an_actor() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in sorted((ROOT / "scicot" / "services").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                names = [argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)]
                if "actor" in names and names[0] != "self":
                    yield path.relative_to(ROOT).as_posix(), node


def test_every_service_action_names_a_row_of_the_table() -> None:
    unguarded = [
        f"{path}: {node.name}"
        for path, node in functions_with_an_actor()
        if node.name not in NOT_ACTIONS
        and not any(
            ast.unparse(decorator).startswith("needs(Action.") for decorator in node.decorator_list
        )
    ]
    assert unguarded == [], "give it @needs(Action....), and the action a row in MAY"


def writers_without_an_actor() -> Iterator[str]:
    for path in sorted((ROOT / "scicot" / "services").rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            called = [
                ast.unparse(child.func) for child in ast.walk(node) if isinstance(child, ast.Call)
            ]
            if "write" in called and "actor" not in ast.unparse(node.args):
                yield node.name


def test_a_service_that_writes_asks_who_does_it() -> None:
    assert set(writers_without_an_actor()) == WITHOUT_ACTOR, "take an actor, with @needs(Action...)"


def test_every_action_and_every_page_has_a_row() -> None:
    assert set(MAY) == set(Action)
    folders = {
        path.parent.relative_to(ROOT / "pages").as_posix()
        for path in (ROOT / "pages").glob("*/*/page.py")
    }
    assert set(PAGES) == folders
