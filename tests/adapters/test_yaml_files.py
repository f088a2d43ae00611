"""Files that a person writes: small regular ones, and YAML that is plain data."""

from __future__ import annotations

from pathlib import Path

import pytest

from scicot.adapters.sources.files import MAX_TEXT_BYTES, read_text_file
from scicot.adapters.sources.yaml_files import read_yaml
from scicot.words.errors import InvalidInput

LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)
)


@pytest.mark.parametrize(
    "text",
    [
        LAUGHS,
        "a: 1\na: 2\n",
        "1: a\n",
        "? [a]\n: b\n",
        "a: 2026-13-45\n",
        f"a: {'9' * 5000}\n",
        "[" * 20_000,
        "a: !!python/object/apply:os.system [true]\n",
        "a: \x00\n",
    ],
    ids=lambda text: text[:8],
)
def test_what_is_no_plain_yaml_is_refused_with_the_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "grid.yaml"
    path.write_text(text)
    with pytest.raises(InvalidInput, match=r"grid\.yaml"):
        read_yaml(path)


def test_a_file_that_a_person_writes_is_small_and_regular(tmp_path: Path) -> None:
    path = tmp_path / "part.txt"
    path.write_text("\ufeffDer Mond.\n", encoding="utf-8")
    assert read_text_file(path) == "Der Mond.\n"
    path.write_bytes(b"x" * (MAX_TEXT_BYTES + 1))
    with pytest.raises(InvalidInput, match="larger"):
        read_text_file(path)
    for endless in (Path("/dev/zero"), tmp_path):
        with pytest.raises(InvalidInput, match="regular file"):
            read_text_file(endless)
