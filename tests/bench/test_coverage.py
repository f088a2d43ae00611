"""Simulated answers: 95 % intervals hold the truth as often as they say."""

import pytest

from scicot.bench.coverage import SimulatedCell, simulate_coverage, to_markdown


@pytest.mark.parametrize("seeds", [2, 3, 5, 10])
@pytest.mark.parametrize("spread", [0.0, 3.0])
def test_95_percent_intervals_hold_the_truth_93_to_97_times_in_a_hundred(
    seeds: int, spread: float
) -> None:
    cell = SimulatedCell(seeds, spread)
    found = simulate_coverage(100, cell, cell, repeats=4000)
    most = 0.97 if seeds > 2 else 0.975  # two seeds each cannot tell that they spread alike
    assert 0.93 <= found.difference <= most
    assert 0.93 <= found.cell <= 0.97
    assert 0.93 <= found.untrained <= 0.97
    assert found.called_different == pytest.approx(1 - found.difference)


@pytest.mark.parametrize(
    ("seeds_a", "seeds_b"), [(3, 3), (3, 5), (5, 3), (3, 10), (10, 3), (10, 10)]
)
def test_so_they_do_where_the_seeds_of_one_cell_spread_and_the_others_do_not(
    seeds_a: int, seeds_b: int
) -> None:
    a, b = SimulatedCell(seeds_a, 4.0), SimulatedCell(seeds_b, 0.0)
    assert 0.93 <= simulate_coverage(100, a, b, repeats=4000).difference <= 0.97


@pytest.mark.parametrize("right", [0.25, 0.6])
def test_so_they_do_however_many_answers_are_right(right: float) -> None:
    a, b = SimulatedCell(3, 4.0), SimulatedCell(3, 0.0)
    assert 0.93 <= simulate_coverage(100, a, b, repeats=4000, right=right).difference <= 0.97


@pytest.mark.parametrize("seeds_b", [2, 3, 10])
@pytest.mark.parametrize(("spread_a", "spread_b"), [(4.0, 0.0), (0.0, 4.0)])
def test_a_cell_of_2_seeds_makes_an_interval_rather_too_wide_than_too_narrow(
    seeds_b: int, spread_a: float, spread_b: float
) -> None:
    a, b = SimulatedCell(2, spread_a), SimulatedCell(seeds_b, spread_b)
    assert 0.93 <= simulate_coverage(100, a, b, repeats=4000).difference <= 0.995


def test_a_line_of_the_table_names_both_cells_where_they_are_unlike() -> None:
    a, b = SimulatedCell(2, 4.0), SimulatedCell(3, 0.0)
    unlike = simulate_coverage(20, a, b, repeats=100)
    alike = simulate_coverage(20, a, a, repeats=100)
    lines = to_markdown([unlike, alike]).splitlines()
    assert lines[2].startswith("| 20 | 2 / 3 | 4 / 0 |")
    assert lines[3].startswith("| 20 | 2 | 4 |")
