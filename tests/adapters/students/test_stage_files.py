"""A published stage is known by the digests of its files."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from scicot.adapters.students.stages.stage_files import (
    WRITTEN,
    is_complete,
    is_intact,
    keep_written,
    publish_stage,
    put_aside,
    read_texts,
    read_written,
)


@pytest.fixture
def stage(tmp_path: Path) -> Path:
    prepared = tmp_path / "prepared"
    for name in ("model/config.json", "model/model.safetensors", "ct2/model.bin"):
        path = prepared / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode() * 50)
    publish_stage(prepared, tmp_path / "stages" / "abc", {"family": "causal"})
    return tmp_path / "stages" / "abc"


def test_a_stage_as_it_was_published_is_intact(stage: Path) -> None:
    assert is_complete(stage)
    assert is_intact(stage)


@pytest.mark.parametrize("name", ["model/model.safetensors", "ct2/model.bin", "model/config.json"])
def test_one_flipped_bit_anywhere_is_noticed_and_the_stage_is_put_aside(
    stage: Path, name: str
) -> None:
    content = bytearray((stage / name).read_bytes())
    content[len(content) // 2] ^= 1
    (stage / name).write_bytes(content)
    assert not is_intact(stage)
    aside = put_aside(stage)
    assert not stage.exists()
    assert (aside / name).read_bytes() == bytes(content)


def test_a_file_that_is_gone_or_came_along_is_noticed(stage: Path) -> None:
    (stage / "ct2" / "extra.bin").write_bytes(b"x")
    assert not is_intact(stage)
    (stage / "ct2" / "extra.bin").unlink()
    (stage / "ct2" / "model.bin").unlink()
    assert not is_intact(stage)


@pytest.mark.parametrize("damage", ["", "[1, 2", '["one"]', "[1, 2]", '{"a": "b"}'])
def test_damaged_texts_of_a_stage_count_as_none(tmp_path: Path, damage: str) -> None:
    keep_written(tmp_path, "key", ["one", "two"])
    two = partial(read_texts, count=2)
    assert read_written(tmp_path, "key", two) == ["one", "two"]
    (tmp_path / WRITTEN / "key.json").write_text(damage)
    assert read_written(tmp_path, "key", two) is None
