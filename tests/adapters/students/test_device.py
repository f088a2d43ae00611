"""Where students work: the setting is kept, and what a device cannot do is refused by name."""

from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from scicot.adapters.students import machine
from scicot.adapters.students.asking.convert import convert_student
from scicot.adapters.students.asking.fast import FastStudent
from scicot.adapters.students.machine import (
    choose_device,
    name_device,
    resolve_precision,
    run_memory_bytes,
)
from scicot.words.errors import StudentError
from scicot.words.records import Family
from scicot.words.settings import Settings
from tests.tiny_students import tiny_t5

__all__ = ["tiny_t5"]


@pytest.mark.parametrize(
    ("wanted", "gpu", "chosen"),
    [
        ("auto", True, "cuda"),
        ("auto", False, "cpu"),
        ("cpu", True, "cpu"),
        ("cuda", True, "cuda"),
    ],
)
def test_the_device_is_the_setting_or_the_gpu_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch, wanted: str, gpu: bool, chosen: str
) -> None:
    monkeypatch.setattr(machine, "has_gpu", lambda: gpu)
    assert choose_device(wanted) == chosen


@pytest.mark.parametrize(
    ("visible", "is_seen"), [(None, True), ("0", True), ("1,0", True), ("", False), ("-1", False)]
)
def test_a_gpu_that_is_hidden_is_none(
    monkeypatch: pytest.MonkeyPatch, visible: str | None, is_seen: bool
) -> None:
    monkeypatch.setattr(Path, "exists", lambda path: path == Path("/dev/nvidia0"))
    monkeypatch.setattr(metadata, "version", lambda _: "2.13.0+cu130")
    monkeypatch.delenv(machine.VISIBLE, raising=False)
    if visible is not None:
        monkeypatch.setenv(machine.VISIBLE, visible)
    assert machine.has_gpu() is is_seen
    assert choose_device() == ("cuda" if is_seen else "cpu")


def test_a_gpu_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "has_gpu", lambda: False)
    with pytest.raises(StudentError, match="SCICOT_DEVICE is cuda"):
        choose_device("cuda")


def test_the_processor_beside_a_gpu_has_its_own_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "has_gpu", lambda: True)
    monkeypatch.setattr(machine, "_processor", lambda: ["model name\t: A chip", "flags\t: avx2"])
    assert resolve_precision("auto", "cuda") == "bf16"
    assert resolve_precision("auto", "cpu") == "fp32"
    assert name_device("cpu") == "cpu: A chip"


def test_texts_are_written_on_the_device_that_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, tiny_t5: Path, tmp_path: Path
) -> None:
    import ctranslate2

    assert convert_student(tiny_t5, tmp_path / "ct2", Family.ENCODER_DECODER) is None
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(ctranslate2, "get_supported_compute_types", lambda _: {"float16"})
    monkeypatch.setattr(ctranslate2, "Translator", lambda _, **options: asked.append(options))
    FastStudent.open(tmp_path / "ct2", compute_type="float16", device="cuda", threads=1)
    assert (asked[0]["device"], asked[0]["compute_type"]) == ("cuda", "float16")
    with pytest.raises(StudentError, match="cannot compute int8 on this cuda; it can do float16"):
        FastStudent.open(tmp_path / "ct2", compute_type="int8", device="cuda", threads=1)


@pytest.mark.parametrize(
    ("limit", "most"),
    [("4000000000\n", 4_000_000_000), ("max\n", 8_000_000_000), ("9" * 18, 8_000_000_000)],
)
def test_a_run_has_its_share_of_the_machines_or_the_containers_memory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, limit: str, most: int
) -> None:
    monkeypatch.setattr(machine, "CONTAINER_LIMIT", tmp_path / "memory.max")
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=8 * 10**9))
    (tmp_path / "memory.max").write_text(limit)
    two = Settings(home=tmp_path, training_slots=2)
    assert run_memory_bytes(two) == pytest.approx(0.75 * most / 2)
    told = two.model_copy(update={"training_memory_mb": 3000})
    assert run_memory_bytes(told) == 3_000_000_000
