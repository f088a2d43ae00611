"""A try-out that was kept is read back, and a damaged one is as good as none."""

from pathlib import Path

import pytest

from scicot.adapters.students.tryout.kept_probes import keep_probe, read_probe
from scicot.adapters.students.tryout.probe import ProbeResult


def test_a_kept_try_out_is_read_back(tmp_path: Path) -> None:
    kept = tmp_path / "probes" / "probe.json"
    done = keep_probe(kept, ProbeResult(0.1, 2.0, 3.0, 10, "it has no converter"))
    assert read_probe(kept) == done


@pytest.mark.parametrize("content", ["", '{"per_token": 0.1', "[]", '{"steps": "ten"}'])
def test_a_damaged_memory_of_the_try_out_is_as_good_as_none(tmp_path: Path, content: str) -> None:
    kept = tmp_path / "probe.json"
    assert read_probe(kept) is None
    kept.write_text(content, encoding="utf-8")
    assert read_probe(kept) is None
