"""The student benches measure what they say: both sides on the same texts, peers by themselves."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scicot.adapters.students.memory import SPINS, SPUN, worker_environment
from scicot.bench.generate import bench_generate
from scicot.bench.students import Bench
from scicot.bench.table2 import bench_table2
from scicot.bench.train import bench_train
from scicot.bench.worth import bench_worth
from scicot.words.settings import Settings
from tests.tiny_students import tiny_causal, tiny_t5

__all__ = ["tiny_causal", "tiny_t5"]

SAID = """
import sys
from scicot.bench.students import open_bench
from scicot.words.settings import Settings
if __name__ == "__main__":
    with open_bench(sys.argv[1], Settings()) as bench:
        bench.peers.submit(int).result()
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="GNU's OpenMP")
def test_ours_wait_as_a_run_does_and_the_peers_as_usual(
    settings: Settings, tiny_t5: Path, tmp_path: Path
) -> None:
    script = tmp_path / "said.py"
    script.write_text(SAID)
    owned = {name: os.environ[name] for name in os.environ if "OMP" not in name}
    ran = subprocess.run(
        [sys.executable, script, tiny_t5],
        env=owned
        | settings.as_environment()
        | worker_environment()
        | {SPINS: str(SPUN), "OMP_DISPLAY_ENV": "verbose", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    said = re.findall(rf"{SPINS} = '(\d+)'", ran.stderr)
    assert said[0] == str(SPUN)
    assert said[-1] == "300000"  # GNU's own, where nothing is set


def test_bench_train_gives_every_ratio_of_one_process_run(
    settings: Settings, tiny_t5: Path
) -> None:
    found = bench_train(
        settings, student=str(tiny_t5), examples=16, rounds=1, tokens_per_batch=2048
    )
    rates = found["examples_per_second"]
    assert set(rates) >= {"ours", "dynamic", "padded", "trainer_our_batches"}
    assert found["vs_dynamic"] == pytest.approx(rates["ours"] / rates["dynamic"], abs=0.01)
    assert found["vs_padded"] == pytest.approx(rates["ours"] / rates["padded"], abs=0.01)
    assert 0 < found["share_of_peak"] < 1
    assert found["tokens_per_second"] > 0


@pytest.mark.parametrize("family", ["tiny_t5", "tiny_causal"])
def test_bench_generate_compares_the_same_texts(
    settings: Settings, family: str, request: pytest.FixtureRequest
) -> None:
    student = str(request.getfixturevalue(family))
    found = bench_generate(settings, student=student, questions=8, new_tokens=8, training=0)
    rates = found["texts_per_second"]
    ratio = pytest.approx(rates["fp32"] / rates["generate"], abs=0.01)
    assert found["fp32_vs_generate"] == ratio
    assert found["identical_text"] == 1


@pytest.mark.parametrize("family", ["tiny_t5", "tiny_causal"])
def test_bench_worth_measures_the_same_by_both_ways(
    settings: Settings, family: str, request: pytest.FixtureRequest
) -> None:
    student = str(request.getfixturevalue(family))
    found = bench_worth(settings, student=student, rationales=8)
    rates = found["rationales_per_second"]
    assert found["vs_naive"] == pytest.approx(rates["ours"] / rates["naive"], abs=0.01)
    assert found["largest_difference"] < 1e-3
    minutes = 1000 / rates["ours"] / 60 / found["threads"]
    assert found["minutes_for_1000"] == pytest.approx(minutes, rel=0.2, abs=0.02)


@pytest.mark.parametrize("beside", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_bench_table2_measures_the_peers_beside_ours_or_after(
    settings: Settings, tiny_t5: Path, monkeypatch: pytest.MonkeyPatch, beside: bool
) -> None:
    monkeypatch.setattr(Bench, "has_room_for_both", beside)
    found = bench_table2(settings, student=str(tiny_t5), train=8, test=4, epochs=1)
    assert found["at_once"] is beside
    assert found["seconds"]["peers"] > 0
    ratio = found["seconds"]["peers"] / found["seconds"]["ours"]
    assert found["vs_peers"] == pytest.approx(ratio, abs=0.01)
    assert 0 < found["vs_peers_who_ask_the_test_alone"] < found["vs_peers"]
    assert found["stages_trained"] == 8
    assert found["stages_trained_again"] == 0
