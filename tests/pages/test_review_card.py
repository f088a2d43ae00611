"""The review card as the browser gets it: one script, and the keys as the docs tell them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pages.prepare.review.card import FOLDER, JS_PARTS, card_parts, join_scripts
from scicot.words.review_keys import REVIEW_KEYS

ROOT = Path(__file__).resolve().parents[2]


def test_modules_are_joined_into_one_scope_with_one_export() -> None:
    joined = join_scripts(
        [
            "export function one() {}\n",
            'import {\n  one,\n} from "./one.js";\nexport default function two() { one(); }\n',
        ]
    )
    assert "import" not in joined
    assert re.findall(r"^export.*?\(", joined, re.MULTILINE) == ["export default function two("]


def test_every_part_of_the_card_is_sent() -> None:
    assert sorted(JS_PARTS) == sorted(path.stem for path in FOLDER.glob("*.js"))


def test_the_parts_do_not_use_the_same_name_twice(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed: install your system's package 'nodejs'")
    script = tmp_path / "card.mjs"
    script.write_text(card_parts()[2], encoding="utf-8")
    done = subprocess.run([node, "--check", str(script)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_each_act_has_one_key_and_the_docs_name_it() -> None:
    keys = [binding.key for binding in REVIEW_KEYS]
    assert len(set(keys)) == len(keys)
    docs = (ROOT / "docs" / "review.md").read_text(encoding="utf-8")
    table = [line for line in docs.splitlines() if line.startswith("| `")]
    told = set(re.findall(r"`([A-Z])`", "".join(line.split("|")[1] for line in table)))
    assert told == {key.upper() for key in keys}
